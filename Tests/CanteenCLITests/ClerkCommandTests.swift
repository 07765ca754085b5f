import CanteenDomain
import CanteenTestSupport
import Foundation
import Testing

/// What a command owes the clerk who runs it: where a change lands, who made it, and what it cannot do.
@Suite("what commands tell the clerk", .database)
struct ClerkCommandTests {
  private func canteen(_ line: String, at now: String = "2026-11-24T09:00:00") throws
    -> CommandLineRun
  {
    try SampleBooks.canteen(line, at: now)
  }

  private func object(_ run: CommandLineRun) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    return try #require(value as? [String: Any], "\(run.output)\(run.complaints)")
  }

  @Test("a meal of a past day needs its time, is a late entry, and says in which books it stands")
  func lateEntry() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let ask = "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00"
    let untimed = try canteen("\(ask) --day 2026-11-20")
    let breakfast = try canteen(ask.replacing("lunch", with: "breakfast"))
    #expect(breakfast.status == 2 && breakfast.complaints.contains("不供应早餐"))
    let before = try canteen(
      ask.replacing("SMP000001", with: "SMP000002") + " --day 2026-11-19 --time 12:00")
    let closed = try canteen("day close --canteen XFS-01 --through 2026-11-22 --format json")
    let late = try canteen("\(ask) --day 2026-11-20 --time 12:04 --format json")
    let key = try #require(try object(late)["check_in"] as? String)
    let reversed = try canteen("check-in reverse \(key) --reason 记错 --format json")
    let list = try canteen(
      "check-in list --canteen XFS-01 --from 2026-11-20 --format json")

    #expect(untimed.status == 64 && untimed.complaints.contains("--time"))
    #expect(untimed.complaints.contains("用法：canteen check-in one "), "\(untimed.complaints)")
    #expect(untimed.complaints.contains("'canteen check-in one --help'"))
    let unpriced = try canteen(
      "check-in one SMP000001 --canteen XFS-01 --period lunch --pay cash")
    #expect(unpriced.status == 2 && unpriced.complaints.contains("套餐价"), "\(unpriced.complaints)")
    #expect(before.status == 0 && closed.status == 0, "\(before.complaints)")
    #expect(late.status == 0, "\(closed.complaints)\(late.complaints)")
    #expect(late.complaints.contains("2026-11-20 已日结，记入 2026-11-23 的账"), "\(late.complaints)")
    #expect(reversed.complaints.contains("记入 2026-11-23 的账"))
    #expect(try object(reversed)["posted_on"] as? String == "2026-11-23")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    #expect(rows.map { $0["entry"] as? String } == ["late"])
    #expect(rows.map { $0["reversed_by"] as? String } == [SampleBooks.environment["CANTEEN_BY"]])
    #expect(rows.map { $0["reversal_reason"] as? String } == ["记错"])
  }

  @Test("a policy that cannot apply here is activated with a warning; one that can, without")
  func policyElsewhere() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let here = try canteen("policy activate \(bench.folder.path)/example-age-bands.yaml")
    let elsewhere = try canteen(
      "policy activate \(bench.folder.path)/putuo-2025.yaml --format json")

    #expect(here.status == 0 && here.complaints.isEmpty, "\(here.complaints)")
    #expect(elsewhere.status == 0 && elsewhere.complaints.contains("不会补贴任何一餐"))
    #expect(try object(elsewhere)["new"] as? Bool == true)
  }

  @Test(
    "a second policy for the same people says that both pay, unless they are not enjoyed together")
  func policyBeside() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let text = try String(contentsOfFile: "\(folder)/example-age-bands.yaml", encoding: .utf8)
      .replacing("policy: example-age-bands", with: "policy: second")
    let ended = text.replacing(
      "valid_from: 2025-01-01", with: "valid_from: 2024-01-01\nvalid_to: 2024-12-31"
    )
    .replacing("policy: second", with: "policy: ended")
    /// In a street of its own; the example is the whole county's.
    func inStreet(_ code: String, _ id: String, by rule: String) throws -> CommandLineRun {
      let document = text.replacing("region: 511323", with: "region: \(code)")
        .replacing("policy: second", with: "policy: \(id)")
        .replacing("applies_by: residence", with: "applies_by: \(rule)")
      return try canteen("policy activate \(bench.file("\(id).yaml", document))")
    }

    let before = try canteen("policy activate \(bench.file("ended.yaml", ended))")
    let tried = try canteen("policy activate \(bench.file("second.yaml", text)) --dry-run")
    let triedAsData = try canteen(
      "policy activate \(bench.file("second.yaml", text)) --dry-run --format json")
    let triedList = try canteen("policy list")
    let beside = try canteen("policy activate \(bench.file("second.yaml", text))")
    let english = try canteen("policy activate \(bench.file("second.yaml", text)) --lang en")
    for (id, name) in [("third", "third.yaml"), ("fourth", "fourth.yaml")] {
      let rival = text.replacing("policy: second", with: "policy: \(id)\nnot_together: 就餐")
      let run = try canteen("policy activate \(bench.file(name, rival))")
      #expect(
        run.complaints.contains("同时有效的还有 example-age-bands 2025、second 2025："), "\(run.complaints)")
    }

    #expect(before.status == 0 && before.complaints.isEmpty, "\(before.complaints)")
    for (code, id, rule, others) in [
      (
        "511323001", "street-1", "residence",
        "example-age-bands 2025、fourth 2025、second 2025、third 2025："
      ),
      (
        "511323002", "street-2", "residence",
        "example-age-bands 2025、fourth 2025、second 2025、third 2025："
      ),
      (
        "511323002", "tables-2", "canteen",
        "fourth 2025、second 2025、street-1 2025、street-2 2025、third 2025："
      ),
    ] {
      let run = try inStreet(code, id, by: rule)
      #expect(run.status == 0 && run.complaints.contains(others), "\(run.complaints)")
    }
    #expect(tried.status == 0 && tried.output.contains("可以启用（试运行，未启用）"))
    #expect(try object(triedAsData)["dry_run"] as? Bool == true)
    #expect(try object(triedAsData)["new"] as? Bool == true)
    #expect(tried.complaints.contains("同时有效的还有 example-age-bands 2025：两边都符合的人"))
    #expect(tried.complaints.contains("请在这份草案里写上 not_together"), "\(tried.complaints)")
    #expect(beside.complaints.contains("policy retire 代号 版本 --last-day"))
    #expect(!triedList.output.contains("second"))
    #expect(beside.status == 0 && beside.output.contains("已启用："))
    #expect(
      beside.complaints.contains("同时有效的还有 example-age-bands 2025：两边都符合的人，两份补贴都会支付"),
      "\(beside.complaints)")
    #expect(english.complaints.contains("also in force at the same time: example-age-bands 2025"))
  }

  @Test("closing today before its last meal says where later meals go; an empty list says so")
  func dayThatGoesOn() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)

    let meal = try canteen(
      "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00 --day 2026-11-20 --time 12:04"
    )
    let yesterday = try canteen("day close --canteen XFS-01")
    let none = try canteen("day list --canteen XFS-01 --month 2026-12")
    let noneAsData = try canteen("day list --canteen XFS-01 --month 2026-12 --format json")
    let lunch = try canteen(
      "check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00")
    let advance = "advance receive --canteen XFS-01 --source 街道 --amount"
    let inTime = try canteen("--by 王五 --lang=en \(advance) 5.00 --voucher V1")
    let today = try canteen("day close --canteen XFS-01 --through 2026-11-24")
    let late = try canteen("--by=王五 \(advance) 7.00 --voucher V2 --by 李四")
    let advances = try canteen("--lang en advance list --format csv")
    let badOption = try canteen("--lang xx advance list")
    let group = try CommandLineRun.canteen(["--lang", "en", "advance"])
    let last = try canteen("--lang en advance list --lang zh")
    let balance = try canteen("ledger balance --canteen XFS-01 --format csv")
    let balanceOfToday = try canteen(
      "ledger balance --canteen XFS-01 --through 2026-11-24 --format csv")

    let dinner = try canteen(
      "check-in one SMP000002 --canteen XFS-01 --period dinner --price 12.00",
      at: "2026-11-25T18:00:00")
    let evening = try canteen(
      "day close --canteen XFS-01 --through 2026-11-25", at: "2026-11-25T21:00:00")

    #expect(meal.status == 0 && lunch.status == 0, "\(meal.complaints)\(lunch.complaints)")
    #expect(dinner.status == 0 && evening.status == 0, "\(dinner.complaints)\(evening.complaints)")
    #expect(evening.output.contains("已日结 1 天") && !evening.complaints.contains("注意"))
    #expect(yesterday.status == 0 && !yesterday.complaints.contains("注意"))
    #expect(today.status == 0 && today.complaints.contains("注意：今天的"), "\(today.complaints)")
    #expect(today.complaints.contains("此后签到的餐记入 2026-11-25 的账"))
    #expect(inTime.status == 0 && inTime.complaints.isEmpty, "\(inTime.complaints)")
    #expect(group.status == 0 && group.output.contains("USAGE: canteen advance"))
    #expect(last.status == 0 && last.output.contains("凭证号"))
    #expect(inTime.output.contains("held (yuan)") && badOption.status == 64)
    #expect(advances.output.contains(",5.00,V1,,,王五") && advances.output.contains(",7.00,V2,,,李四"))
    #expect(late.complaints.contains("2026-11-24 已日结，这笔记入 2026-11-25 的账"))
    #expect(balance.output.contains("贷方余额（元）"))
    #expect(balance.output.contains("XFS-01,advance:street,预收补贴·街道,0.00,12.00"))
    #expect(balanceOfToday.output.contains("XFS-01,advance:street,预收补贴·街道,0.00,5.00"))
    #expect(none.output.contains("（2026-12-01 至 2026-12-31 没有）"))
    #expect(noneAsData.output.filter { !$0.isWhitespace } == "[]")
  }

  @Test("a file that cannot be read or written is told in the reader's language")
  func fileFaults() throws {
    let bench = try Workbench()
    let file = try bench.file("plain.txt", "x")

    let below = try canteen("policy examples --to \(file)/policies")
    let missing = try canteen("policy check \(bench.folder.path)/none.yaml")
    let english = try canteen("policy examples --to \(file)/policies --lang en")

    try SampleBooks.setUp(bench.folder.path)
    let people = try canteen("diner list --format json --limit 5000")
    let roster = try bench.file(
      "more.csv", "姓名,居住社区\n新来人,没有这个社区\n新来人,东风路社区\n")
    let rejected = try canteen("roster import \(roster) --rejected \(bench.folder.path)/no/退.xlsx")
    let folder = try canteen("roster import \(roster) --rejected \(bench.folder.path)")
    let after = try canteen("diner list --format json --limit 5000")

    #expect(rejected.status == 2 && rejected.complaints.contains("退.xlsx：没有这个文件或文件夹"))
    #expect(folder.status == 2 && folder.complaints.contains("这是一个文件夹"))
    #expect(people.output == after.output && people.output.contains("SMP000001"))
    for run in [below, missing] {
      #expect(run.status != 0 && !run.complaints.isEmpty, "\(run.output)")
      #expect(!run.complaints.contains("The ") && !run.complaints.contains("NSCocoa"))
    }
    #expect(english.status == 1 && english.complaints.hasPrefix("fault: file: "))
  }

  @Test("who is on a list of deaths and not in the register is named")
  func unknownDead() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let list = """
      姓名,身份证号,死亡日期
      赵无此,511323194001010033,2026-11-17

      """

    let run = try canteen("roster end \(bench.file("dead.csv", list))")

    #expect(run.status == 0 && run.complaints.contains("不在登记册 1 人：第 2 行 赵无此"), "\(run.complaints)")
  }

  @Test("findings are listed for every canteen where none is named, and acts give data too")
  func formats() throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let folder = bench.folder.path
    let again = try canteen("region import \(folder)/regions.csv --format json")
    let holidays = try canteen(
      "calendar import \(bench.file("h.csv", "日期,至,类型,名称\n2026-10-01,2026-10-07,节假日,国庆\n")) --format json"
    )
    let findings = try canteen("finding list --format json")

    #expect(try object(again)["added"] as? Int == 0)
    #expect(try object(holidays)["added"] as? Int == 7)
    #expect(findings.status == 0 && findings.output.hasPrefix("["))
  }

  @Test("the key is not changed beside a running server, and the server says where it listens")
  func rotateBesideServer() async throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let server = try await CounterServer()

    let beside = try canteen("key rotate")
    let taken = try canteen("serve --port \(server.port)")
    server.cut()
    var alone = try canteen("key rotate")
    // The database server notices a little later that the line was cut.
    for _ in 0..<50 where alone.status == 2 { alone = try canteen("key rotate") }

    #expect(beside.status == 2 && beside.complaints.contains("请先停止它"), "\(beside.complaints)")
    #expect(taken.status != 0 && !taken.complaints.contains("网页服务：http"))
    #expect(alone.status == 0, "\(alone.complaints)")
  }

  @Test(
    "what is wrong with a call is said in Chinese throughout",
    arguments: [
      ("finding list --canteem X", "没有这个选项 '--canteem'，是否想用 '--canteen'？"),
      ("check-in one A1 --canteen X --full-price=yes", "选项 '--full-price' 不带取值，却写了 'yes'"),
      ("diner list a b c", "多余的"),
      ("check-in list --canteen X --format pdf", "可用的有 'text'、'json'、'csv'"),
      ("check-in one A1 --canteen X --day 昨天", "取值 '昨天' 不适用于 '--day"),
    ])
  func wrongCalls(line: String, sentence: String) throws {
    let run = try canteen(line)
    let said = run.complaints.split(separator: "\n").first.map(String.init) ?? ""

    #expect(run.status == 64 && said.contains(sentence), "\(said)")
    let words = said.replacing(/'[^']*'|--[a-z-]+|<[^>]*>/, with: "")
    #expect(words.firstMatch(of: /[A-Za-z]{3,}/) == nil, "\(said)")
  }
}
