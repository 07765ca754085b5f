import Testing

/// Help is part of the contract: a newcomer finds the commands by who uses them.
@Suite("help")
struct HelpTests {
  @Test("the first page groups the commands by who uses them, in Chinese by default")
  func chinese() throws {
    let run = try CommandLineRun.canteen(["--help"])

    #expect(run.status == 0)
    let groups = ["柜台 子命令：", "社区 子命令：", "街道办 子命令：", "系统管理员 子命令："]
    let places = groups.map { run.output.range(of: $0)?.lowerBound }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(run.output.contains("退出码：0 完成，1 故障，2 不予执行"))
    #expect(!run.output.contains("USAGE"))
  }

  @Test(
    "English comes by option and by LANG; a C locale stays Chinese",
    arguments: [
      (["--help", "--lang", "en"], [:], true), (["--help"], ["LANG": "en_GB.UTF-8"], true),
      (["--help"], ["LANG": "C.UTF-8"], false), (["--lang", "en"], [:], true),
      (["--lang=en", "help"], [:], true), (["--lang", "zh", "--help", "--lang=en"], [:], true),
      (["--help", "--lang=zh"], ["LANG": "en_GB"], false),
    ] as [([String], [String: String], Bool)])
  func language(arguments: [String], environment: [String: String], isEnglish: Bool) throws {
    let run = try CommandLineRun.canteen(arguments, environment: environment)

    #expect(run.output.contains("every meal counted once") == isEnglish)
    #expect(run.output.contains("每一分钱都有据可查") != isEnglish)
  }

  @Test(
    "every command explains itself",
    arguments: [
      "check-in exceptions list", "check-in exceptions decide", "staff add", "staff list",
      "staff disable", "staff enable", "staff pin", "terminal enrol", "terminal list",
      "terminal revoke", "tls", "check-in one", "check-in import", "check-in list",
      "check-in reverse",
      "dish import", "dish list", "dish price", "dish retire", "menu plan import",
      "menu plan show", "menu plan copy", "menu plan check", "menu publish", "menu show",
      "menu day", "menu poster", "menu feed", "order add", "order cancel", "order import",
      "order list", "order serve", "order no-shows", "order generate", "order standing add",
      "order standing change", "order standing list", "order rules", "kitchen count",
      "kitchen specials", "kitchen forecast", "kitchen labels", "kitchen record",
      "food-sample take", "food-sample destroy", "food-sample list", "delivery plan",
      "delivery show", "delivery print", "delivery receive", "delivery count",
      "volunteer add", "volunteer list", "volunteer shift", "volunteer worked",
      "volunteer shifts", "volunteer points", "volunteer adjust", "volunteer rules",
      "roster import", "roster end", "roster export", "roster changes", "diner find",
      "diner list",
      "diner show", "diner expiring", "diner twins", "diner merge", "diner separate",
      "diner status", "diner card", "entitlement apply", "entitlement advance",
      "entitlement revise",
      "entitlement list", "credential issue", "credential lost", "credential found",
      "credential end", "credential replace", "credential list", "proxy add", "proxy end",
      "proxy list", "right grant", "right revoke", "right list", "key status", "key rotate",
      "policy check", "policy try",
      "policy activate",
      "policy list", "policy show", "policy retire", "policy explain", "policy simulate",
      "policy reprice", "policy examples", "calendar import", "calendar list", "day close",
      "day list",
      "statement close", "statement list", "statement show", "statement export",
      "statement submit", "statement return", "statement approve", "statement disallow",
      "statement explain", "statement form add", "statement form check", "statement form list",
      "statement form show", "statement pay", "statement repay", "statement payments",
      "statement history", "statement owed", "advance receive", "advance return", "advance list",
      "advance held", "advance correct",
      "statement sample", "statement spot-check", "ledger balance", "ledger account",
      "ledger ageing", "day show", "report", "audit head",
      "finding list",
      "finding explain", "finding decide", "finding threshold", "count import", "count eligible",
      "region add",
      "region import", "region list", "canteen add",
      "canteen import", "canteen list", "reconcile run", "reconcile report", "audit verify",
      "serve",
      "db start", "db stop",
      "db status", "db migrate", "sample write",
    ])
  func everyCommand(command: String) throws {
    let run = try CommandLineRun.canteen(
      command.split(separator: " ").map(String.init) + ["--help"])

    #expect(run.status == 0)
    #expect(run.output.contains("简介：") && run.output.contains("canteen \(command)"))
    #expect(run.output.contains("--format") != Self.dataless.contains(command))
  }

  /// What only says that it is done, prints a document as it stands, or runs.
  private static let dataless: Set = [
    "staff disable", "staff enable", "staff pin", "terminal revoke", "tls", "dish retire",
    "menu feed", "order standing change", "diner separate", "entitlement apply",
    "entitlement revise", "credential lost", "credential found", "credential end",
    "credential replace", "proxy add", "proxy end", "right grant", "right revoke",
    "statement form show", "statement spot-check", "finding threshold", "serve", "db start",
    "db stop", "db migrate", "sample write",
  ]

  @Test("a wrong call ends with 64 and one sentence of what is wrong")
  func usage() throws {
    let missing = try CommandLineRun.canteen(["check-in", "one"])
    let unknown = try CommandLineRun.canteen(["lunch"])
    let mode = try CommandLineRun.canteen(
      ["check-in", "one", "X", "--canteen", "Y", "--mode", "flying"])

    #expect([missing.status, unknown.status, mode.status] == [64, 64, 64])
    #expect(missing.complaints.contains("缺少参数"))
    #expect(unknown.complaints.contains("多余的参数 'lunch'"))
    #expect(mode.complaints.contains("dine_in"))
  }

  @Test(
    "a value of the wrong form is told the form",
    arguments: [
      ("day show --canteen X --day tomorrow", "年-月-日"), ("day list --canteen X --month 10", "年-月"),
      ("order serve X --time noon", "时:分"), ("dish price X ten --canteen Y", "元.角分"),
      ("ledger balance --to yesterday", "年-月-日"), ("day show --canteen X --date x", "年-月-日"),
    ])
  func form(line: String, form: String) throws {
    let run = try CommandLineRun.canteen(line.split(separator: " ").map(String.init))

    #expect(run.status == 64 && run.complaints.contains("<\(form)>"), "\(run.complaints)")
  }
}
