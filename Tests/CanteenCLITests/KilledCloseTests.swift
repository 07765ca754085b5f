import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// Closings by the built command that are killed half way: what is there is whole, and the same
/// command again ends the work.
@Suite("a close that is killed", .database)
struct KilledCloseTests {
  private func canteen(_ line: String) throws -> CommandLineRun { try SampleBooks.canteen(line) }

  private func prepare(_ bench: borrowing Workbench) throws {
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let run = try canteen("check-in import \(folder)/sign-ins.csv")
    #expect(run.status == 0, "\(run.complaints)")
  }

  private func count(_ query: SQL) async throws -> Int {
    try await TestDatabase.current.database.query(query, as: Int.self)[0]
  }

  /// Starts a command, waits until it waits for a lock on `table`, and kills it there.
  private func kill(_ line: String, waitingFor table: String) async throws {
    let connection = try await Connection.open(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL),
      logger: TestDatabase.quietLogger)
    try await connection.script("begin; lock table \(table) in exclusive mode")
    let process = Process()
    process.executableURL = try CommandLineRun.binary()
    process.arguments =
      line.split(separator: " ").map(String.init) + ["--now", "2026-11-23T12:04:00"]
    var environment = SampleBooks.environment
    environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let waiting: SQL = """
      select count(*) from pg_locks as l join pg_class as c on c.oid = l.relation
      where not l.granted and c.relname = \(table)
      """
    while process.isRunning, try await count(waiting) == 0 {}
    #expect(process.isRunning)
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try await connection.script("rollback")
    await connection.close()
  }

  @Test("while it writes a day: nothing of the day is there, and the next run closes it whole")
  func dayClose() async throws {
    let bench = try Workbench()
    try prepare(bench)
    let before = try canteen("day close --canteen XFS-01 --through 2026-10-30")
    let line = "day close --canteen XFS-01 --through 2026-10-31 --till 现金=1.00 --reason 试算"
    let closed = try await count("select count(*) from day_closes")

    // The difference of the till is written before the day itself.
    try await kill(line, waitingFor: "day_closes")
    let half = try await count(
      "select (select count(*) from day_closes) + (select count(*) from till_differences)")
    let again = try canteen(line)
    let whole = try await count(
      "select (select count(*) from day_closes) + (select count(*) from till_differences)")
    let audit = try canteen("audit verify --canteen XFS-01")

    #expect(before.status == 0 && half == closed)
    #expect(again.status == 0, "\(again.complaints)")
    #expect(whole > closed + 1)
    #expect(audit.status == 0 && audit.output.contains("与封存时一致"), "\(audit.output)")
  }

  @Test("between two days: the closed ones stay, and the next run goes on after them")
  func betweenDays() async throws {
    let bench = try Workbench()
    try prepare(bench)

    let killed = try SampleBooks.canteen(
      "day close --canteen XFS-01 --through 2026-10-31", killedAt: "日结 ")
    let half = try await count("select count(*) from day_closes")
    let again = try canteen("day close --canteen XFS-01 --through 2026-10-31")
    let whole = try await count("select count(*) from day_closes")
    let audit = try canteen("audit verify --canteen XFS-01")

    #expect(killed.status == 9 && half > 0 && half < whole)
    #expect(again.status == 0 && again.output.contains("已日结 \(whole - half) 天"))
    #expect(audit.status == 0, "\(audit.output)")
  }

  @Test(
    "when a statement and its lines are written: nothing is there, and the next run makes it whole")
  func statementClose() async throws {
    let bench = try Workbench()
    try prepare(bench)
    _ = try canteen("day close --canteen XFS-01 --through 2026-10-31")
    _ = try canteen("reconcile --through 2026-10-31")

    try await kill(
      "statement close --canteen XFS-01 --month 2026-10", waitingFor: "statement_findings")
    let statements = try await count(
      "select (select count(*) from statements) + (select count(*) from statement_lines)")
    let again = try canteen("statement close --canteen XFS-01 --month 2026-10")
    let audit = try canteen("audit verify --canteen XFS-01")

    #expect(statements == 0)
    #expect(again.status == 0, "\(again.complaints)")
    #expect(audit.status == 0, "\(audit.output)")
  }

  @Test("a book that was tampered with ends the audit with status 3 and names the place")
  func tampered() async throws {
    let bench = try Workbench()
    try prepare(bench)
    _ = try canteen("day close --canteen XFS-01 --through 2026-10-31")
    let head = try bench.file("head.txt", try canteen("audit head").output)
    let sound = try canteen("audit verify --head \(head)")
    try await TestDatabase.current.asOwner(
      """
      update transfers set fen = fen + 1
      where ctid = (select min(ctid) from transfers where canteen_code = 'XFS-01')
          and canteen_code = 'XFS-01'
      """)
    let changed = try canteen("audit verify --canteen XFS-01 --format json")
    try await TestDatabase.current.asOwner(
      """
      update policies set document = document || E'# 改\\n';
      update policies set document_sha256 = sha256(convert_to(document, 'UTF8'))
      """)
    let policy = try canteen("audit verify --canteen DFL-01 --head \(head)")

    #expect(sound.status == 0, "\(sound.complaints)")
    #expect(changed.status == 3 && changed.output.contains("的明细与封存时不同：签到"))
    #expect(policy.status == 3 && policy.complaints.contains("政策 example-age-bands 2025 的文本"))
  }

  @Test("the ledger, a day's report and a sample print text and JSON")
  func commands() throws {
    let bench = try Workbench()
    try prepare(bench)
    let till = try canteen(
      "day close --canteen XFS-01 --through 2026-10-31 --till 现金=1.00")
    let closed = try canteen(
      "day close --canteen XFS-01 --through 2026-10-31 --till 现金=1.00 --reason 试算")
    _ = try canteen("reconcile --through 2026-10-31")
    let statement = try canteen("statement close --canteen XFS-01 --month 2026-09")
    let balance = try canteen("ledger balance --canteen XFS-01 --format json")
    let account = try canteen("ledger account 餐费收入 --canteen XFS-01 --from 2026-09-01")
    let ageing = try canteen("ledger ageing")
    let day = try canteen("day show --canteen XFS-01 --date 2026-10-31")
    let json = try canteen("day show --canteen XFS-01 --date 2026-10-31 --format json")
    let sample = try canteen("statement sample XFS-01-2026-09 --seed 7 --format json")

    #expect(till.status == 2 && till.complaints.contains("2026-10-31 收银与台账不符"))
    #expect(closed.status == 0, "\(closed.complaints)")
    #expect(statement.status == 0, "\(statement.complaints)")
    #expect(balance.output.contains("\"account\" : \"meal_revenue\""))
    #expect(balance.output.contains("\"zh\" : \"餐费收入\""))
    #expect(account.output.contains("期初余额") && account.output.contains("当日餐次"))
    let entries = try canteen(
      "ledger account 餐费收入 --canteen XFS-01 --from 2026-09-01 --format json --lang en")
    #expect(
      ["\"opening\"", "\"meals\""].allSatisfy { entries.output.contains("\"cause\" : \($0)") })
    #expect(ageing.output.contains("31—60天"))
    #expect(day.output.contains("已日结，封条") && day.output.contains("试算"))
    #expect(json.output.contains("\"reason\" : \"试算\""))
    #expect(sample.status == 0 && sample.output.contains("\"seed\" : 7"))
  }

  @Test("a service report prints bars and JSON, and writes a workbook and a page with charts")
  func report() throws {
    let bench = try Workbench()
    try prepare(bench)
    let (book, page) = (bench.folder.path + "/统计.xlsx", bench.folder.path + "/统计.html")

    let text = try canteen("report --per canteen --to 2026-10-31 --chart --write \(book)")
    let json = try canteen("report --per age --to 2026-10-31 --format json --write \(page)")
    let wrong = try canteen("report --write 统计.pdf")

    #expect(text.status == 0, "\(text.complaints)")
    #expect(text.output.contains("累计服务") && text.output.contains("████"))
    #expect(json.status == 0 && json.output.contains("\"persons\""), "\(json.complaints)")
    #expect(wrong.status == 64)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<svg class=\"bars\"") && html.contains("<svg class=\"heat\""))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: book))
    // Names of parts stand in the clear in a zip archive.
    #expect(bytes.range(of: Data("xl/charts/chart2.xml".utf8)) != nil)
  }
}
