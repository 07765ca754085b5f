import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import CanteenTestSupport
import Testing

/// Holidays by the yearly notice, and what a later correction does.
@Suite("the legal calendar", .database)
struct CalendarServiceTests {
  private func rows(_ text: String) throws -> [RowReading<CalendarRow>] {
    CalendarRow.read(
      try Table(
        DecodedText(bytes: Array(text.utf8), fileName: "节假日.csv"), columns: CalendarRow.columns))
  }

  private let notice = """
    日期,至,类型,名称
    2026-10-01,2026-10-07,节假日,国庆节
    2026-10-10,,调休上班,
    """

  @Test("a notice is taken once; a correction is a new revision and the old one stays")
  func taken() async throws {
    let database = TestDatabase.current.database
    let service = CalendarService(database)
    let days = try rows(notice).compactMap(\.value).flatMap(\.days)

    let first = try await service.add(days, today: day("2026-10-05"), by: aClerk)
    let again = try await service.add(days, today: day("2026-10-05"), by: aClerk)
    let mended = try await service.add(
      [CalendarDay(day: day("2026-10-07"), kind: .ordinary, name: "国庆节")],
      today: day("2026-10-05"), by: aClerk)

    #expect(first.added == 8 && first.past == 4)
    #expect(again.added == 0 && again.changed == 0 && again.unchanged == 8)
    #expect(mended.changed == 1)
    let calendar = ServiceCalendar(try await service.all())
    #expect(calendar.holidays.count == 6 && calendar.isWorkday(day("2026-10-07")))
    #expect(calendar.isWorkday(day("2026-10-10")) && !calendar.isWorkday(day("2026-10-02")))
    let kept = try await database.query("select count(*) from calendar_days", as: Int.self)
    #expect(kept == [9])
  }

  @Test("check-ins follow the calendar as soon as it is entered")
  func checkInsFollow() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let text = try #require(ExamplePolicies.text(named: "example-age-bands"))
      .replacing("policy: example-age-bands", with: "policy: feast")
      .replacing("code: meal", with: "code: feast\n    days: holiday")
    _ = try await PolicyService(community.database).activate(text, name: "feast", by: aClerk)
    let before = try await community.checkIn(community.request(1, on: "2026-11-16"))
    _ = try await CalendarService(community.database).add(
      [CalendarDay(day: day("2026-11-17"), kind: .holiday)], today: day("2026-11-16"), by: aClerk)

    let after = try await community.checkIn(community.request(2, on: "2026-11-17"))

    #expect(before[0].dinerPays == 1000 && after[0].dinerPays == 800)
  }

  @Test("a holiday that is entered late changes no line, and the audit knows what was known then")
  func audit() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let text = try #require(ExamplePolicies.text(named: "example-age-bands"))
      .replacing("policy: example-age-bands", with: "policy: feast")
      .replacing("code: meal", with: "code: feast\n    days: holiday")
    _ = try await PolicyService(community.database).activate(text, name: "feast", by: aClerk)
    let meal = try await community.checkIn(community.request(1, on: "2026-11-16"))
    _ = try await DayCloseService(community.database)
      .close("DFL-01", through: day("2026-11-16"), by: aClerk)

    _ = try await CalendarService(community.database).add(
      [CalendarDay(day: day("2026-11-16"), kind: .holiday)], today: day("2026-11-24"),
      by: Attribution(by: "测试员", at: aClerk.at.adding(seconds: 86_400)))

    #expect(meal[0].dinerPays == 1000)
    #expect(try await AuditService(community.database).verify("DFL-01").broken == nil)
    // Money that is not what was due then is found as before.
    try await TestDatabase.current.asOwner("update check_ins set diner_fen = 800")
    #expect(try await AuditService(community.database).verify("DFL-01").broken != nil)
  }

  @Test("rows that cannot be are named by line and column, and a made-up weekday is refused")
  func faults() async throws {
    let readings = try rows(
      "日期,至,类型,名称\n2026-02-30,,节假日,\n2026-10-05,2026-10-01,节假日,\n2026-10-08,,放羊,\n")
    #expect(readings.flatMap(\.faults).map(\.address.line) == [2, 3, 4])
    #expect(readings.flatMap(\.faults).map(\.address.column) == ["日期", "至", "类型"])
    await #expect(throws: CalendarRefusal.notAWeekend(day("2026-10-12"))) {
      try await CalendarService(TestDatabase.current.database).add(
        [CalendarDay(day: day("2026-10-12"), kind: .workday)], today: day("2026-10-01"),
        by: aClerk)
    }
  }
}
