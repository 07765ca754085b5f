import CanteenDomain
import CanteenPolicyFiles
import Testing

@Suite("Edge cases and the defaults that the documentation states")
struct EdgeCaseTests {
  static let head = """
    policy: edge
    version: "1"
    title: edge
    valid_from: 2020-01-01
    region: 511323

    """

  func set(_ rules: String, calendar: ServiceCalendar = ServiceCalendar()) throws -> PolicySet {
    try PolicySet([policy(Self.head + rules)], calendar: calendar)
  }

  static let flat = """
    exclude: [in_institution]
    stages:
      - {stage: subsidy, source: district, groups: [{code: a, who: {age: 60+}, fixed: 3.00}]}

    """

  func lunch(_ date: String, _ fen: Fen = 1200, canteen: String = "C1") -> Meal {
    aMeal(date, fen, at: "511323102001", canteen: canteen)
  }

  @Test("a birthday in mid-month counts from the birthday; born on 29 February, from 1 March")
  func birthdays() throws {
    let policies = try set(Self.flat)
    let may = aDiner(born: "1966-05-15")
    #expect(policies.price(lunch("2026-05-14"), for: may).dinerFen == 1200)
    #expect(policies.price(lunch("2026-05-15"), for: may).dinerFen == 900)
    let leap = aDiner(born: "1964-02-29")
    #expect(AttainRule.birthday.age(born: day("1964-02-29"), on: day("2025-02-28")) == 60)
    #expect(AttainRule.birthday.age(born: day("1964-02-29"), on: day("2025-03-01")) == 61)
    #expect(policies.price(lunch("2024-02-29"), for: leap).dinerFen == 900)
  }

  @Test("the register's birth date decides; without one no age band applies")
  func unknownBirthDate() throws {
    var diner = aDiner()
    diner.birthDate = nil
    #expect(try set(Self.flat).price(lunch("2026-05-15"), for: diner).dinerFen == 1200)
  }

  @Test("a category that ends on the 15th holds on the 15th and no longer on the 16th")
  func categoryEnds() throws {
    let policies = try set(
      "stages: [{stage: subsidy, source: city, groups: [{category: 低保, fixed: 4.00}]}]\n")
    let diner = aDiner(categories: [holding("DIBAO", to: "2026-05-15")])
    let paid = ["2026-05-15", "2026-05-16"].map {
      policies.price(lunch($0), for: diner).dinerFen
    }
    #expect(paid == [800, 1200])
  }

  @Test("a category that is taken back is waived by default, and clawed back if the policy says so")
  func revoked() throws {
    let rules = "stages: [{stage: subsidy, source: city, groups: [{category: 低保, fixed: 4.00}]}]\n"
    for (terms, kind) in [
      ("", Adjustment.Kind.waived), ("settlement: {clawback: canteen}\n", .clawback),
    ] {
      let policies = try set(rules + terms)
      let past = policies.priceAll(
        [lunch("2026-05-10")], for: aDiner(categories: [holding("DIBAO")]))
      let found = policies.reprice(past, with: aDiner(), openMonth: { _ in day("2026-05-01") })
      #expect(found.map(\.kind) == [kind])
    }
  }

  @Test("what lies before the retro window is found and not adjusted")
  func retroWindow() throws {
    let policies = try set(Self.flat + "settlement: {retro_months: 1}\n")
    let past = policies.priceAll(
      [lunch("2026-02-10"), lunch("2026-04-10")], for: aDiner(born: "1980-01-01"))
    let found = policies.reprice(past, with: aDiner(), openMonth: { _ in day("2026-05-01") })
    #expect(found.map(\.kind) == [.outsideWindow, .credit])
  }

  @Test("admission to a care home excludes from its first day and is reversed like a death")
  func admission() throws {
    let policies = try set(Self.flat)
    var diner = aDiner()
    let past = policies.priceAll([lunch("2026-05-09"), lunch("2026-05-10")], for: diner)
    diner.institutionStays = [DaySpan(from: day("2026-05-10"), to: day("2026-05-20"))]
    let found = policies.reprice(past, with: diner, openMonth: { _ in day("2026-05-01") })
    #expect(found.map(\.day) == [day("2026-05-10")])
    #expect(found.map(\.cause) == [.inInstitution])
    #expect(found.map(\.kind) == [.clawback])
    #expect(policies.price(lunch("2026-05-21"), for: diner).dinerFen == 900)
  }

  @Test(
    "a share with a region condition falls away in another street; the policy names who bears it")
  func crossStreet() throws {
    let rule: (String) -> String = { bearer in
      """
      stages:
        - stage: subsidy
          unfunded_to: \(bearer)
          split:
            - {source: city, percent: 50%}
            - {source: street, percent: 50%, when: {residence_same_as_canteen: street}}
          groups: [{fixed: 3.00}]

      """
    }
    let away = aMeal("2026-05-10", 1200, at: "511323103001")
    let diner = aDiner()
    #expect(try set(rule("diner")).price(away, for: diner).dinerFen == 1050)
    #expect(try set(rule("diner")).price(lunch("2026-05-10"), for: diner).dinerFen == 900)
    let borne = try set(rule("operator")).price(away, for: diner)
    #expect(borne.dinerFen == 900)
    #expect(borne.paid(by: .operator) == 150)
  }

  @Test("two canteens on one day: the earlier service time is paid, whichever is priced first")
  func twoCanteens() throws {
    let policies = try set(Self.flat + "caps: [{per: day, times: 1}]\n")
    let priced = policies.priceAll(
      [lunch("2026-05-10"), lunch("2026-05-10", canteen: "C2")], for: aDiner())
    #expect(priced.map(\.line.dinerFen) == [900, 1200])
  }

  @Test("a worked Saturday is a legal workday and no Monday-to-Friday; an extra for a holiday adds")
  func calendar() throws {
    let calendar = ServiceCalendar(
      holidays: [day("2026-10-01")], makeUpWorkdays: [day("2026-10-10")])
    let rules = """
      stages:
        - {stage: subsidy, code: work, source: city, days: legal_workday, groups: [{fixed: 3.00}]}
        - {stage: subsidy, code: week, source: district, days: mon_fri, groups: [{fixed: 1.00}]}
        - {stage: subsidy, code: feast, source: street, days: holiday, groups: [{fixed: 2.00}]}

      """
    let policies = try set(rules, calendar: calendar)
    let given = ["2026-10-01", "2026-10-10", "2026-10-12"].map {
      policies.price(lunch($0), for: aDiner()).sharesFen
    }
    #expect(given == [300, 300, 400])
  }

  @Test("a natural week runs over the end of a month and starts anew on Monday")
  func weekAcrossMonths() throws {
    let policies = try set(Self.flat + "caps: [{per: week, times: 2}]\n")
    let days = ["2026-09-28", "2026-09-30", "2026-10-02", "2026-10-05"]
    let priced = policies.priceAll(days.map { lunch($0) }, for: aDiner())
    #expect(priced.map(\.line.sharesFen) == [300, 300, 0, 300])
    #expect(policies.capsWindow(for: day("2026-10-02")) == day("2026-09-28"))
    #expect(policies.capsWindowEnd(for: day("2026-10-02")) == day("2026-10-04"))
    // Monday's meal that comes in last is the third of the week, not the first.
    let accepted = priced.dropFirst().prefix(2).map { AcceptedMeal($0.meal, $0.line) }
    let late = policies.price(
      lunch("2026-09-28"), for: aDiner(),
      accepted: accepted
        + policies.priceAll([lunch("2026-10-01")], for: aDiner()).map {
          AcceptedMeal($0.meal, $0.line)
        })
    #expect(late.sharesFen == 0)
  }

  @Test(
    "a cap's window ends where the next one begins",
    arguments: [Cap.Window.day, .week, .month, .quarter, .year])
  func windowEnds(_ window: Cap.Window) {
    for date in ["2026-01-01", "2026-02-28", "2026-06-30", "2026-10-02", "2026-12-31"] {
      let end = window.end(of: day(date))
      #expect(window.start(of: end) == window.start(of: day(date)))
      #expect(window.start(of: end + 1) == end + 1)
    }
  }

  @Test("a price below the subsidy is clipped to 0 and never paid out")
  func clipped() throws {
    let line = try set(Self.flat).price(lunch("2026-05-10", 200), for: aDiner())
    #expect(line.dinerFen == 0)
    #expect(line.sharesFen == 200)
  }

  @Test("2.47 divided by halves is 1.24 and 1.23 on every line, so 100 lines are 124.00 and 123.00")
  func splitRounding() throws {
    let rules = """
      stages:
        - stage: subsidy
          split: {city: 50%, district: 50%}
          groups: [{percent: 25%}]

      """
    let policies = try set(rules)
    let lines = (0..<100).map { _ in policies.price(lunch("2026-05-10", 990), for: aDiner()) }
    #expect(lines.map { $0.paid(by: .city) }.sum() == 12400)
    #expect(lines.map { $0.paid(by: .district) }.sum() == 12300)
  }

  @Test("rounding put off to the statement makes good what the lines dropped")
  func statementRounding() throws {
    let rules = """
      rounding: {at: statement, mode: half_up}
      stages: [{stage: subsidy, source: city, groups: [{percent: 25%}]}]

      """
    let policies = try set(rules)
    let meals = (1...4).map { lunch("2026-05-0\($0)", 990) }
    let priced = policies.priceAll(meals, for: aDiner())
    #expect(priced.map(\.line.sharesFen).sum() == 988)
    #expect(policies.statementRounding(of: priced).map(\.fen) == [2])
  }

  @Test(
    "by wish a meal has its list price, and a meal after midnight belongs to the day it is given")
  func wishAndMidnight() throws {
    let policies = try set(Self.flat + "caps: [{per: day, times: 1}]\n")
    var wish = lunch("2026-05-10")
    wish.wantsFullPrice = true
    #expect(policies.price(wish, for: aDiner()).dinerFen == 1200)
    let late = CanteenCalendar.shanghai.instant(day("2026-05-11"), try #require(TimeOfDay("00:10")))
    #expect(CanteenCalendar.shanghai.day(of: late) == day("2026-05-11"))
  }

  @Test(
    "hukou is what the register says, never the first digits of a number; unknown is not inside")
  func unknownHukou() throws {
    var diner = aDiner()
    diner.hukou = nil
    let rules =
      "stages: [{stage: subsidy, source: city, who: {hukou: 511323}, groups: [{fixed: 2.00}]}]\n"
    #expect(try set(rules).price(lunch("2026-05-10"), for: diner).dinerFen == 1200)
  }
}
