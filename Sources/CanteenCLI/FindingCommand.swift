import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen finding`: what reconciliation found.
struct FindingCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "finding", abstract: said("异常：查看和说明", "findings: show and explain"),
      subcommands: [List.self, Explain.self, Decide.self, Threshold.self])
  }

  static func listing(_ findings: [Finding]) -> Listing {
    var listing = Listing([
      ListingColumn("check", "检查", "check"), ListingColumn("severity", "轻重", "severity"),
      ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("day", "日期", "day"),
      ListingColumn("title", "异常类型", "what"), ListingColumn("sentence", "说明", "detail"),
      ListingColumn("step", "处理", "step"), ListingColumn("explanation", "原因", "reason"),
      ListingColumn("decision", "处理理由", "why decided so"),
      ListingColumn("subject", "对象", "subject"),
    ])
    for finding in findings {
      listing.append([
        .text(finding.check), .word(finding.severity),
        .text(finding.canteen), .text(finding.day.description),
        .sentence(finding.title), .sentence(finding.sentence),
        finding.step.map { .word($0) } ?? .none,
        finding.explanation.map(Cell.text) ?? .none, finding.decision.map(Cell.text) ?? .none,
        .word(finding.subject, finding.subjectName),
      ])
    }
    return listing
  }

  private static func say(
    _ sentence: String, _ check: String, _ subject: String, _ canteen: Canteen.Code, _ day: Day,
    _ step: Finding.Step, _ format: OutputFormat
  ) throws {
    try Outcome.print(
      format, sentence,
      [
        (ListingColumn("check", "检查", "check"), .text(check)),
        (ListingColumn("canteen", "助餐点", "canteen"), .text(canteen)),
        (ListingColumn("day", "日期", "day"), .text(day.description)),
        (ListingColumn("subject", "对象", "subject"), .text(subject)),
        (ListingColumn("step", "处理", "step"), .word(step)),
      ])
  }

  /// Findings of a canteen, or of all.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出异常", "list the findings"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码；不给则列出全部", "canteen; all if not given")))
    var canteen: String?
    @Option(help: .day("起始日期", "first day")) var from: Day?
    @Option(name: .to, help: .day("截止日期，默认今天", "last day; today")) var to: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let canteens = CanteenService(workspace.database)
        let codes =
          if let canteen { [try await canteens.canteen(canteen).code] } else {
            try await canteens.all().map(\.code)
          }
        var findings: [Finding] = []
        for code in codes {
          findings += try await workspace.reconciliation.findings(
            code, from: from ?? Day(number: 0), to: to ?? workspace.today)
        }
        try FindingCommand.listing(findings).print(output.format)
      }
    }
  }

  /// Says why.
  struct Explain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("说明一条异常的原因", "say why"))
    }
    @Argument(help: ArgumentHelp(said("检查编号，如 R13", "check, e.g. R13"))) var check: String
    @Argument(
      help: ArgumentHelp(
        said(
          "对象（见 finding list；有空格的加引号）；该日只有一条时可不写",
          "subject, as finding list shows it, in quotes; not needed for the only one of a day")))
    var subject: String?
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(name: .day, help: .day("日期", "day")) var day: Day
    @Option(help: ArgumentHelp(said("原因", "reason"))) var reason: String
    @Option(help: ArgumentHelp(said("原因类别", "kind of reason"))) var kind: Finding.Reason = .other
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let subject = try await workspace.reconciliation.explain(
          check: check, canteen: canteen, day: day, subject: subject, explanation: reason,
          reason: kind, by: workspace.attribution)
        try FindingCommand.say(
          said("已记录说明", "explained"), check, subject, canteen, day, .explained, output.format)
      }
    }
  }

  /// Accepts, disallows or recovers what was explained.
  struct Decide: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "对他人已说明的异常作出处理：认可、核减、追回",
          "decide on what somebody else explained: accepted, disallowed, recovered"))
    }
    @Argument(help: ArgumentHelp(said("检查编号，如 R13", "check, e.g. R13"))) var check: String
    @Argument(
      help: ArgumentHelp(
        said(
          "对象（见 finding list；有空格的加引号）；该日只有一条时可不写",
          "subject, as finding list shows it, in quotes; not needed for the only one of a day")))
    var subject: String?
    @Option(help: ArgumentHelp(said("处理结果", "the decision"))) var step: Finding.Step
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(name: .day, help: .day("日期", "day")) var day: Day
    @Option(help: ArgumentHelp(said("理由", "why"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let subject = try await workspace.reconciliation.explain(
          check: check, canteen: canteen, day: day, subject: subject, explanation: reason,
          step: step, by: workspace.attribution)
        try FindingCommand.say(
          said("已记录：\(step.name.zh)", "recorded: \(step.name.en)"), check, subject, canteen, day,
          step, output.format)
      }
    }
  }

  /// Sets a parameter of a check.
  struct Threshold: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "设置检查的阈值，如 R12 grace '20 minutes'", "set a check's parameter, e.g. R12 grace '20 minutes'"
        ))
    }
    @Argument(help: ArgumentHelp(said("检查编号", "check"))) var check: String
    @Argument(help: ArgumentHelp(said("参数名", "parameter"))) var parameter: String
    @Argument(help: ArgumentHelp(said("值", "value"))) var value: String
    @Option(help: ArgumentHelp(said("只对这个助餐点；默认全部", "only for this canteen; all"))) var canteen:
      String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        if let canteen { _ = try await CanteenService(workspace.database).canteen(canteen) }
        try await workspace.reconciliation.setThreshold(
          check: check, parameter: parameter, value: value, canteen: canteen,
          by: workspace.attribution)
        print(said("已设置，此后核对的日期按新值", "set; days reconciled from now on use it"))
      }
    }
  }
}

extension Finding.Step: NamedCode {}
extension Finding.Reason: NamedCode {}
