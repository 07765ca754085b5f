import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// The nightly job as a scheduler runs it: the built binary.
@Suite("reconcile by its command", .database)
struct ReconcileCommandTests {
  private static let lastNights = ["2026-10-29", "2026-10-30", "2026-10-31"]

  private func night(_ day: String) async throws -> CommandLineRun {
    try SampleBooks.canteen("reconcile --to \(day)")
  }

  private func rows(_ query: String) async throws -> [String] {
    try await TestDatabase.current.database.query("\(unescaped: query)", as: String.self)
  }

  /// How often each of the last three days was covered, and all findings.
  private func state() async throws -> (days: [String], findings: [String]) {
    (
      try await rows(
        """
        select canteen_code || ' ' || service_date || ' ' || count(*) || ' ' || sum(findings)
        from reconciled_days where service_date >= '2026-10-29'
        group by canteen_code, service_date order by canteen_code, service_date
        """),
      try await rows(
        """
        select concat_ws(' ', check_id, canteen_code, service_date, subject, zh) from findings
        order by 1
        """)
    )
  }

  @Test("three missed nights, killed on the way, then two schedulers at once: as three good nights")
  func missedNights() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    _ = try SampleBooks.canteen("check-in import \(folder)/sign-ins.csv")
    _ = try await night("2026-10-28")
    for day in Self.lastNights { _ = try await night(day) }
    let good = try await state()
    try await TestDatabase.current.asOwner(
      "truncate findings, finding_explanations, finding_revisions, reconciled_days")

    _ = try await night("2026-10-28")
    let missed = try SampleBooks.canteen("reconcile --status --to 2026-10-31 --format json")
    let killed = try SampleBooks.canteen("reconcile --to 2026-10-31", killedAt: "核对 1/")
    async let one = night("2026-10-31")
    async let other = night("2026-10-31")
    let runs = try await [one, other]
    let status = try SampleBooks.canteen("reconcile --status --to 2026-10-31")

    #expect(missed.status == 3 && missed.output.contains("2026-10-28"))
    #expect(killed.status == 9)
    #expect(runs.allSatisfy { [0, 3].contains($0.status) }, "\(runs.map(\.complaints))")
    #expect(status.status == 0)
    let state = try await state()
    #expect(state.days.count == 6 && state.days == good.days)
    #expect(state.findings == good.findings)
  }

  @Test("counts come from a table; a wrong row is named, and the till's difference blocks")
  func counts() async throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    try SampleBooks.setUp(folder)
    let bad = try bench.file(
      "bad.csv", "助餐点,日期,来源,餐次或支付方式,数量\nXFS-01,2026-10-12,收银,午餐,1.00\n")
    let till = try bench.file(
      "till.csv", "助餐点,日期,来源,餐次或支付方式,数量\nXFS-01,2026-10-12,收银,现金,5.00\n")

    let refused = try SampleBooks.canteen("count import \(bad)")
    let taken = try SampleBooks.canteen("count import \(till)")
    let again = try SampleBooks.canteen("count import \(till)")
    let later = try SampleBooks.canteen(
      "count import "
        + bench.file("later.csv", "助餐点,日期,来源,餐次或支付方式,数量\nXFS-01,2062-10-12,收银,现金,5.00\n"))
    let day = try SampleBooks.canteen("reconcile --day 2026-10-12 --canteen XFS-01 --format json")

    #expect(refused.status == 2 && refused.complaints.contains("支付方式"))
    #expect(later.status == 2 && later.complaints.contains("later.csv 第 2 行「日期」：2062-10-12 尚未到来"))
    #expect(taken.output.contains("新增或更正 1 行") && again.output.contains("新增或更正 0 行"))
    #expect(day.status == 3 && day.output.contains("R18") && day.output.contains("未同步"))
    #expect(day.output.contains(#""zh" :"#) && day.output.contains(#""en" :"#))

    let elsewhere = try SampleBooks.canteen(
      "reconcile --day 2026-10-13 --canteen XFS-01 --counts \(folder)/nowhere")
    let status = try await rows(
      "select count(*)::text from reconciled_days where service_date = '2026-10-13'")
    #expect(elsewhere.status == 2 && elsewhere.complaints.contains("nowhere"))
    #expect(status == ["1"])
  }

  @Test("eligible persons come from a table and are listed; a wrong row is named")
  func eligible() async throws {
    let bench = try Workbench()
    try SampleBooks.setUp(bench.folder.path)
    let good = try bench.file(
      "eligible.csv", "助餐点,补贴类别,起始日期,人数\nXFS-01,,2026-10-01,120\nXFS-01,A,2026-10-01,40\n")
    let bad = try bench.file("bad.csv", "助餐点,起始日期,人数\nXFS-01,2026-10-01,许多\n")

    let refused = try SampleBooks.canteen("count eligible \(bad)")
    let taken = try SampleBooks.canteen("count eligible \(good) --format json")
    let again = try SampleBooks.canteen("count eligible \(good) --format csv")
    let list = try SampleBooks.canteen("count eligible --canteen XFS-01 --format json")

    #expect(refused.status == 2 && refused.complaints.contains("人数"))
    #expect(taken.status == 0 && taken.output.contains(#""new""#) && taken.output.contains("2"))
    #expect(again.output.contains("2,0"))
    #expect(list.output.contains("120") && list.output.contains(#""A""#))
  }
}
