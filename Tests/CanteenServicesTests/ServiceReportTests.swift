import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// 服务统计: person-times and persons, never mixed.
@Suite("service reports", .database)
struct ServiceReportTests {
  @Test(
    "R26's example: A 60, B 45, C 30, twelve at two canteens and two at all three are 119 persons")
  func unduplicated() async throws {
    let scene = try await Scene(TestDatabase.current)
    // 1–12 eat at A and B, 13–14 everywhere; the others at one.
    try await scene.meals("2026-03-02", persons: 1...60)
    try await scene.meals(
      "2026-03-03", persons: 1...14, canteen: "DFL-02", at: "11:40", period: "dinner")
    try await scene.meals("2026-03-03", persons: 61...91, canteen: "DFL-02")
    try await scene.meals(
      "2026-03-04", persons: 13...14, canteen: "DFL-03", at: "11:40", period: "dinner")
    try await scene.meals("2026-03-04", persons: 92...119, canteen: "DFL-03")
    let service = ServiceReportService(TestDatabase.current.database)

    let report = try await service.report(
      by: .canteen, from: day("2026-03-01"), to: day("2026-03-31"))
    let street = try await service.report(
      by: .period, region: Region.Code("511323001"), from: day("2026-03-03"),
      to: day("2026-03-31"))

    #expect(report.rows.map(\.key) == ["DFL-01", "DFL-02", "DFL-03"])
    #expect(report.rows.map(\.count.persons) == [60, 45, 30])
    #expect(report.total == ServiceReport.Count(personTimes: 135, persons: 119))
    #expect(street.place == "周口街道" && street.total.personTimes == 75)
    #expect(street.rows.map(\.key) == ["dinner", "lunch"])
    #expect(street.cumulative == ServiceReport.Count(personTimes: 135, persons: 119))
    #expect(street.since == day("2026-03-02"))
    #expect(report.bars(width: 10).map(\.bar.count) == [10, 8, 5])
  }

  @Test(
    "ages turn on the birthday; months and heat cells add up; a voided meal and a guest do not count"
  )
  func ages() async throws {
    let scene = try await Scene(TestDatabase.current)
    // Person 1 was born on 1950-01-02.
    try await scene.meals("2019-12-31", "2029-12-31", "2030-01-01", "2030-01-02", persons: 1...1)
    try await scene.meals("2030-01-03", persons: 2...3)
    try await scene.run(
      """
      insert into check_in_reversals
      select diner_id, service_date, check_in_id, service_date, now(), 'boss', 'x'
      from check_ins where diner_id = 2;
      update check_ins set guest_kind = 'family', diner_fen = list_fen, category = null
      where diner_id = 3
      """)
    let service = ServiceReportService(TestDatabase.current.database)

    let ages = try await service.report(
      by: .age, from: day("2019-01-01"), to: day("2030-12-31"))
    let months = try await service.report(
      by: .month, canteen: "DFL-01", from: day("2019-01-01"), to: day("2030-12-31"))

    #expect(
      ages.rows.map { "\($0.key) \($0.count.personTimes)" } == ["60-69 1", "70-79 2", "80-89 1"])
    #expect(ages.total == ServiceReport.Count(personTimes: 4, persons: 1))
    #expect(months.rows.map(\.key) == ["2019-12", "2029-12", "2030-01"])
    #expect(months.cells.map(\.personTimes).reduce(0, +) == months.total.personTimes)
    await #expect(throws: ServiceReportRefusal.self) {
      try await service.report(
        by: .age, region: Region.Code("511323002"), from: day("2026-01-01"), to: day("2026-01-31"))
    }
  }
}
