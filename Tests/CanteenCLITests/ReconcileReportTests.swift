import CanteenFiles
import CanteenTestSupport
import Foundation
import FoundationNetworking
import Postgres
import Testing

/// The drop folder of counts and the report, by the built binary.
@Suite("reconcile with counts and a report", .database)
struct ReconcileReportTests {
  private static let header = "助餐点,日期,来源,餐次或支付方式,数量\n"

  private func files(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("a table is taken once and moved; a bad one is named and kept apart with the reason")
  func dropFolder() async throws {
    let bench = try Workbench()
    let folder = bench.folder
    try SampleBooks.setUp(folder.path)
    let drop = folder.appendingPathComponent("counts")
    try FileManager.default.createDirectory(at: drop, withIntermediateDirectories: true)
    func put(_ name: String, _ text: String) throws {
      try text.write(to: drop.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    let till = Self.header + "XFS-01,2026-10-12,收银,现金,5.00\n"
    try put("till.csv", till)
    try put("bad.csv", Self.header + "XFS-01,2026-10-12,收银,午餐,1.00\n")
    try put(
      "twice.csv", Self.header + "XFS-01,2026-10-12,制作,午餐,1\nXFS-01,2026-10-12,制作,午餐,2\n")
    try put("nowhere.csv", Self.header + "NIX-09,2026-10-12,制作,午餐,1\n")
    try put("half.csv.part", "助餐点")
    let night = "reconcile --canteen XFS-01 --day 2026-10-12 --counts \(drop.path)"

    let first = try SampleBooks.canteen(night)
    #expect(first.status == 3)
    #expect(first.complaints.contains("清点表 till.csv：1 行，新增或更正 1 行"))
    #expect(first.complaints.contains("清点表 bad.csv 未收") && first.complaints.contains("支付方式"))
    #expect(first.complaints.contains("与第 2 行是同一清点"))
    #expect(try files(drop) == ["half.csv.part", "rejected", "taken"])
    #expect(try files(drop.appendingPathComponent("taken")) == ["till.csv"])
    #expect(
      try files(drop.appendingPathComponent("rejected")) == [
        "bad.csv", "bad.csv.txt", "nowhere.csv", "nowhere.csv.txt", "twice.csv", "twice.csv.txt",
      ])
    let note = try String(
      contentsOf: drop.appendingPathComponent("rejected/nowhere.csv.txt"), encoding: .utf8)
    #expect(note.contains("NIX-09"))

    try put("correction.csv", Self.header + "XFS-01,2026-10-12,收银,现金,6.00\n")
    _ = try SampleBooks.canteen(night)
    try put("till.csv", till)
    let again = try SampleBooks.canteen(night)
    #expect(again.complaints.contains("清点表 till.csv：此前已收"))
    #expect(
      try files(drop.appendingPathComponent("taken")) == [
        "2-till.csv", "correction.csv", "till.csv",
      ])
    let amounts = try await TestDatabase.current.database.query(
      "select amount from current_independent_counts", as: Int.self)
    #expect(amounts == [600])
  }

  @Test("a folder that is not there is a refusal in one sentence")
  func noFolder() throws {
    let run = try SampleBooks.canteen("reconcile --counts /nowhere/at/all")

    #expect(run.status == 2 && run.complaints.contains("/nowhere/at/all"))
  }

  @Test(
    "the report is one page: what is new first, what returns, as text, HTML, a workbook and JSON")
  func report() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let till = try bench.file(
      "till.csv",
      Self.header
        + ["09-29", "10-06", "10-12", "10-20", "10-28"].map {
          "XFS-01,2026-\($0),收银,现金,5.00\n"
        }.joined())
    _ = try SampleBooks.canteen("count import \(till)")
    _ = try SampleBooks.canteen("reconcile --to 2026-10-20", at: "2026-10-30T02:30:00")
    _ = try SampleBooks.canteen("reconcile --to 2026-10-31", at: "2026-11-01T02:30:00")
    let call = "reconcile report --through 2026-10-31"

    let text = try SampleBooks.canteen(call, at: "2026-11-01T08:00:00")
    let (page, list) = ("\(folder)/page.html", "\(folder)/list.xlsx")
    let written = try SampleBooks.canteen(
      "\(call) --canteen XFS-01 --file \(page) --file \(list)", at: "2026-11-01T08:00:00")
    let json = try SampleBooks.canteen("\(call) --format json", at: "2026-11-01T08:00:00")

    #expect(text.status == 0 && written.status == 0, "\(text.complaints)\(written.complaints)")
    let new = try #require(text.output.range(of: "昨日以来新增  1"))
    let old = try #require(text.output.range(of: "此前未说明  4"))
    #expect(new.lowerBound < old.lowerBound)
    #expect(text.output.contains("反复出现") && text.output.contains("R18"))
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("XFS-01 幸福社区食堂") && html.contains("昨日以来新增（1）"))
    #expect(!html.contains("DFL-01"))
    let earlier = try SampleBooks.canteen(
      "reconcile report --canteen DFL-01 --through 2026-10-20", at: "2026-11-01T08:00:00")
    #expect(earlier.output.contains("2026-10-20") && !earlier.output.contains("XFS-01"))
    let table = try Table(contentsOf: list, columns: [Column("异常类型", required: true)])
    #expect(table.rows.count == 5)
    #expect(
      Array(table.header.prefix(13)) == [
        "核销ID", "订单ID", "老人ID", "姓名", "年龄", "所属社区", "核销时间", "核销方式", "操作人", "异常类型",
        "异常说明", "下单日期", "餐次",
      ])
    #expect(json.output.contains("\"is_new\" : true") && json.output.contains("\"returns\" : true"))
  }

  @Test("it is pushed to a command, never with a name; without any place it is refused")
  func push() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    _ = try SampleBooks.canteen("check-in import \(folder)/sign-ins.csv")
    try await TestDatabase.current.asOwner(
      "update transfers set fen = fen + 1 where service_date = '2026-10-12'")
    _ = try SampleBooks.canteen("reconcile --day 2026-10-12")

    let refused = try SampleBooks.canteen("reconcile report --push")
    let bad = try SampleBooks.canteen(
      "reconcile report --push", with: ["CANTEEN_REPORT_WEBHOOK": "ftp://x"])
    let mailed = try SampleBooks.canteen(
      "reconcile report --push --through 2026-10-31",
      with: ["CANTEEN_REPORT_MAIL": "cat > \(folder)/mail.txt"])
    let failed = try SampleBooks.canteen(
      "reconcile report --push", with: ["CANTEEN_REPORT_MAIL": "exit 7"])

    #expect(refused.status == 2 && refused.complaints.contains("CANTEEN_REPORT_WEBHOOK"))
    #expect(bad.status == 2 && bad.complaints.contains("不是 http 或 https"))
    #expect(mailed.status == 0, "\(mailed.complaints)")
    #expect(failed.status == 2 && failed.complaints.contains("以 7 结束"))
    let mail = try String(contentsOfFile: "\(folder)/mail.txt", encoding: .utf8)
    #expect(mail.contains("R01") && mail.contains("核对报告"))
    let names = try await TestDatabase.current.database.query(
      "select distinct name from diner_records", as: String.self)
    #expect(!names.isEmpty && names.allSatisfy { !mail.contains($0) })
  }

  @Test("it is posted to a webhook; one that refuses or is not there is a refusal in one sentence")
  func webhook() async throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    func post(to port: Int) throws -> CommandLineRun {
      try SampleBooks.canteen(
        "reconcile report --push --through 2026-10-31",
        with: ["CANTEEN_REPORT_WEBHOOK": "http://127.0.0.1:\(port)/hook?key=geheim"])
    }
    let kind = try WebhookReceiver()
    let strict = try WebhookReceiver()
    let (taken, refused) = (kind.receive(answering: 204), strict.receive(answering: 403))

    let posted = try post(to: kind.port)
    let rejected = try post(to: strict.port)
    let nobody = try post(to: FreePort.find())

    let request = await taken.value
    _ = await refused.value
    #expect(posted.status == 0, "\(posted.complaints)")
    #expect(request.hasPrefix("POST /hook?key=geheim HTTP/1.1"))
    #expect(request.contains(#""text" : "核对报告"#) && request.contains(#""report" : {"#))
    #expect(rejected.status == 2 && rejected.complaints.contains("回答 403"))
    #expect(nobody.status == 2 && nobody.complaints.contains("连不上"))
    #expect([rejected, nobody].allSatisfy { !$0.complaints.contains("geheim") })
  }

  @Test("the metrics say how many days a canteen lags behind")
  func metrics() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let till = try bench.file("till.csv", Self.header + "XFS-01,2026-10-12,收银,现金,5.00\n")
    _ = try SampleBooks.canteen("check-in import \(folder)/sign-ins.csv")
    _ = try SampleBooks.canteen("count import \(till)")
    _ = try SampleBooks.canteen("reconcile --to 2026-10-27")
    // Its clock says 2026-10-30.
    let server = try await CounterServer()
    defer { server.cut() }

    let place = try #require(URL(string: "\(server.address)/metrics"))
    let text = String(
      decoding: try await URLSession.shared.data(from: place).0, as: UTF8.self)

    #expect(text.contains("canteen_reconcile_readable 1"))
    #expect(text.contains(#"canteen_reconcile_days_behind{canteen="XFS-01"} 2"#))
    #expect(text.contains(#"canteen_findings_open{severity="blocking"}"#))
  }
}
