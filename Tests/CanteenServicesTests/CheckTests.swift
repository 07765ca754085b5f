import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// Each check of `sql/checks/` fires on a case and not on its nearest neighbour. R01, R06 and R12
/// are tested on lines that the services wrote, in `ReconciliationServiceTests`.
@Suite("checks of lines and persons", .database)
struct CheckTests {
  @Test("R03: the second subsidised meal of a day fires where it was given, a full-price one not")
  func dayCap() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...1)
    try await scene.meals(
      "2026-03-02", persons: 1...1, at: "17:30", period: "dinner", diner: 1200)
    try await scene.meals("2026-03-03", persons: 1...1)
    try await scene.meals(
      "2026-03-03", persons: 1...1, canteen: "DFL-02", at: "17:30", period: "dinner")

    #expect(try await scene.days("R03") == [])
    #expect(try await scene.days("R03", canteen: "DFL-02") == ["2026-03-03"])
  }

  @Test("R04: where no policy says anything, an eighth meal from Monday to Sunday fires")
  func weekCap() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-02-23", "2026-03-08", persons: 1...1)
    #expect(try await scene.days("R04") == [])

    try await scene.meals("2026-03-08", persons: 1...1, at: "17:30", period: "dinner")
    #expect(try await scene.days("R04") == ["2026-03-08"])
  }

  @Test("R05: the day before the sixtieth birthday fires, the birthday not; a pause while it lasts")
  func notEntitled() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      update diner_records set birth_date = '1966-03-03' where diner_id = 1;
      insert into diner_statuses
      values (2, 1, 1, '2020-01-01', 'test', 'paused', '2026-03-04', '2026-03-04')
      """)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...1)
    try await scene.meals("2026-03-04", "2026-03-05", persons: 2...2)

    #expect(try await scene.days("R05") == ["2026-03-02", "2026-03-04"])
  }

  @Test("R07: 150 of 150 on the roster do not fire; 150 of 149 do")
  func rosterCeiling() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...150)
    try await scene.run(
      "insert into diner_statuses values (9, 1, 1, now(), 'test', 'moved', '2026-03-02', null)")

    #expect(try await scene.days("R07") == ["2026-03-03"])
  }

  @Test("R08: of 115, 36 and 80 meals only 115 is above 112.56, 37.52 and 84.42")
  func attendanceFactor() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.eligible("free", 120)
    try await scene.eligible("reduced", 40)
    try await scene.eligible("paid", 90)
    try await scene.meals("2026-03-02", persons: 1...115, category: "free")
    try await scene.meals("2026-03-02", persons: 116...150, category: "reduced")
    try await scene.meals("2026-03-02", persons: 1...1, category: "reduced", no: 2)
    try await scene.meals("2026-03-02", persons: 2...81, category: "paid", no: 2)
    try await scene.meals("2026-03-03", persons: 1...112, category: "free")

    let findings = try await scene.findings("R08")

    #expect(findings.map(\.subject) == ["lunch free"])
    #expect(findings.first?.sentence.en.contains("112.56") == true)
    #expect(findings.first?.sentence.en.contains("+2.44") == true)
  }

  @Test("R09: 882 claims of 42 enrolled on 21 days do not fire, 901 do, and a breakfast")
  func approvedMeals() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.eligible("", 42)
    for date in 1...21 {
      let two = (date < 10 ? "0" : "") + "\(date)"
      try await scene.meals("2026-04-\(two)", "2026-05-\(two)", persons: 1...42)
    }
    try await scene.meals("2026-05-21", persons: 43...61)
    try await scene.meals("2026-06-02", persons: 1...1, at: "07:30", period: "breakfast")

    let findings = try await scene.findings("R09")

    #expect(findings.map(\.day.description) == ["2026-05-31", "2026-06-02"])
    #expect(
      findings.first?.sentence.en == "901 claimed, at most 882 (42 persons x 21 days), 19 over")
    #expect(findings.last?.subject == "approved breakfast")
  }

  @Test("R11: 100 check-ins in five minutes do not fire, 101 do; 90 on 30 seats not, 91 do")
  func capacityAndSpeed() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...150, step: 3)
    #expect(try await scene.days("R11") == [])
    try await scene.meals("2026-03-03", persons: 1...101, step: 2.99)
    #expect(try await scene.days("R11") == ["2026-03-03"])

    try await scene.run("update canteens set seats = 30")
    try await scene.meals("2026-03-04", persons: 1...90)
    try await scene.meals("2026-03-05", persons: 1...91)
    #expect(
      try await scene.findings("R11").map { "\($0.day) \($0.subject)" } == [
        "2026-03-02 capacity lunch", "2026-03-03 capacity lunch", "2026-03-03 speed W1",
        "2026-03-05 capacity lunch",
      ])
  }

  @Test("R13: the identical second at two canteens fires once, and 30 minutes do not")
  func identicalSecond() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-03-03", persons: 1...1, at: "11:00")
    try await scene.meals(
      "2026-03-02", persons: 1...1, canteen: "DFL-02", at: "11:30", no: 2)
    try await scene.meals(
      "2026-03-03", persons: 1...1, canteen: "DFL-02", at: "11:00", no: 2)

    let found = try await scene.days("R13") + scene.days("R13", canteen: "DFL-02")
    #expect(found == ["2026-03-03"])
  }

  @Test("R14: 10 of 100 by hand do not fire, 11 do; thrice the share of the others does")
  func manualShare() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...90)
    try await scene.meals("2026-03-02", persons: 91...100, auth: "manual")
    try await scene.meals("2026-04-02", persons: 1...89)
    try await scene.meals("2026-04-02", persons: 90...100, auth: "manual")
    try await scene.meals("2026-05-02", persons: 1...95)
    try await scene.meals("2026-05-02", persons: 96...100, auth: "manual")
    try await scene.meals("2026-05-02", persons: 101...117, by: "other")
    try await scene.meals("2026-05-02", persons: 118...120, auth: "manual", by: "other")

    #expect(
      try await scene.findings("R14").map { "\($0.day) \($0.subject)" } == [
        "2026-04-30 manual", "2026-05-31 operator 795f3202b17c",
      ])
  }

  @Test("R15: one phone for five persons does not fire, for six it does; nor 30 %, but 31 %")
  func proxyConcentration() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      insert into proxies
      select n, 1, 1, now(), 'test', 'Q', '志愿者', '\\x00', case when n <= 6 then 7 else n + 100 end,
          '2026-01-01', null, ''
      from generate_series(1, 31) as n
      """)
    try await scene.meals("2026-03-02", persons: 1...5, mode: "pickup")
    try await scene.meals("2026-03-03", persons: 1...6, mode: "pickup")
    try await scene.meals("2026-03-02", persons: 32...150)
    try await scene.meals("2026-04-02", persons: 2...31, mode: "pickup")
    try await scene.meals("2026-04-02", persons: 32...101)
    try await scene.meals("2026-05-02", persons: 1...31, mode: "pickup")
    try await scene.meals("2026-05-02", persons: 32...100)

    #expect(
      try await scene.findings("R15").map { "\($0.day) \($0.subject)" } == [
        "2026-03-03 proxy 1", "2026-05-02 proxy 1", "2026-05-31 proxies",
      ])
  }

  @Test("R16: the 90th day without an absence fires once; who missed one of them does not")
  func alwaysPresent() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-01-01", "2026-01-10", persons: 3...30)
    try await scene.daily("2026-01-11", "2026-06-30", persons: 1...1)
    try await scene.daily("2026-01-11", "2026-03-01", persons: 2...2)
    try await scene.daily("2026-03-03", "2026-05-30", persons: 2...2)

    let nightly = try await scene.findings("R16")
    #expect(nightly.map { "\($0.day) \($0.subject)" } == ["2026-04-10 diner 1"])
    let night = try await scene.service
      .look("R16", "DFL-01", from: day("2026-04-10"), to: day("2026-04-10"))
    #expect(night == nightly)
    let later = try await scene.service
      .look("R16", "DFL-01", from: day("2026-04-11"), to: day("2026-04-30"))
    #expect(later == [])
  }

  @Test(
    "R17: a regular not seen for 90 days asks for a visit; one on the 90th day or a death does not")
  func dormant() async throws {
    let scene = try await Scene(TestDatabase.current)
    // 5 does not fire: four meals are no habit. 40 keeps the canteen open.
    try await scene.daily("2026-02-26", "2026-03-01", persons: 1...4)
    try await scene.meals("2026-03-02", persons: 1...4)
    try await scene.daily("2026-02-27", "2026-03-02", persons: 5...5)
    try await scene.daily("2026-03-03", "2026-06-30", persons: 40...40)
    try await scene.meals("2026-05-31", persons: 2...2, canteen: "DFL-02")
    try await scene.run(
      "insert into diner_statuses values (3, 1, 1, now(), 'test', 'deceased', '2026-04-01', null)")

    let findings = try await scene.findings("R17")

    #expect(findings.map(\.subject) == ["diner 1", "diner 4"])
    #expect(findings.map(\.day) == [day("2026-05-31"), day("2026-05-31")])
    #expect(findings.allSatisfy { $0.severity == .notice })
    #expect(findings.first?.sentence.zh == "已 90 天没有来就餐，建议走访看望")
    #expect(findings.first?.title.zh == "久未就餐，建议关怀走访")
  }

  @Test("R17: nobody is missed while the canteen itself was closed")
  func closedCanteen() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-02-01", "2026-03-02", persons: 1...20)
    try await scene.meals("2026-07-01", persons: 21...21)

    #expect(try await scene.findings("R17").isEmpty)
  }

  @Test("R22: same name, sex, birth date and place fire; another birth date does not")
  func duplicates() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      update diner_records set name = '丙某' where diner_id in (1, 2);
      update diner_records set name = '丁某', birth_date = '1950-06-01' where diner_id in (3, 4)
      """)
    try await scene.meals("2026-03-02", persons: 1...3)

    #expect(try await scene.findings("R22").map(\.subject) == ["diner 3"])
  }

  @Test("R15: who fetches for six in every month is named once, and again after a month without")
  func knownProxy() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      insert into proxies
      select n, 1, 1, now(), 'test', 'Q', '志愿者', '\\x00', 7, '2026-01-01', null, ''
      from generate_series(1, 6) as n
      """)
    try await scene.meals(
      "2026-02-03", "2026-03-03", "2026-04-03", "2026-06-03", persons: 1...6, mode: "pickup")

    #expect(try await scene.days("R15") == ["2026-02-03", "2026-06-03"])
  }

  @Test("R15: five persons under one phone do not fire, six do when one of them comes again")
  func sharedPhone() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      update diner_records
      set phone_tail = 1, phone_key = case when diner_id <= 6 then 1 else 2 end
      where diner_id <= 11
      """)
    try await scene.meals("2026-03-02", "2026-03-03", "2026-03-30", "2026-05-02", persons: 1...11)

    #expect(
      try await scene.findings("R15").map { "\($0.day) \($0.subject)" } == [
        "2026-03-02 phone 1", "2026-05-02 phone 1",
      ])
  }

  @Test("R22: namesakes are named once, not with every meal; one telephone is enough")
  func namesakes() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      update diner_records
      set name = '丙某', birth_date = '1950-06-01', sex = case diner_id when 1 then 'male' else 'female' end,
          phone_tail = 1, phone_key = 9
      where diner_id in (1, 2)
      """)
    try await scene.daily("2026-03-02", "2026-03-20", persons: 1...1)

    let findings = try await scene.findings("R22")
    #expect(findings.map { "\($0.day) \($0.subject)" } == ["2026-03-02 diner 1"])
    #expect(findings.first?.sentence.zh.contains("电话相同") == true)
  }

  @Test("R26: 60 + 45 + 30 are 135 person-sites and 119 persons; none shared, none found")
  func unduplicated() async throws {
    let scene = try await Scene(TestDatabase.current)
    // 2 use all three, 12 just two: 8 of A and B, 4 of A and C.
    try await scene.meals("2026-03-02", persons: 1...60)
    try await scene.meals("2026-03-03", persons: 1...10, canteen: "DFL-02")
    try await scene.meals("2026-03-03", persons: 61...95, canteen: "DFL-02")
    try await scene.meals("2026-03-04", persons: 1...2, canteen: "DFL-03")
    try await scene.meals("2026-03-04", persons: 11...14, canteen: "DFL-03")
    try await scene.meals("2026-03-04", persons: 96...119, canteen: "DFL-03")
    try await scene.meals("2026-04-02", persons: 1...60)
    try await scene.meals("2026-04-02", persons: 61...105, canteen: "DFL-02")

    let findings = try await scene.findings("R26")

    #expect(findings.map(\.day) == [day("2026-03-31")])
    #expect(findings.first?.sentence.en == "135 person-sites, 119 distinct persons")
    #expect(try await scene.findings("R26", canteen: "DFL-02").isEmpty)
  }

  @Test("R28: 10 spot checks among 100 beneficiaries do not fire, 9 do")
  func spotChecks() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", "2026-04-02", persons: 1...100)
    try await scene.run(
      """
      insert into spot_checks
      select n, 'DFL-01', date '2026-03-09', 4711, 'ok', 'test', now() from generate_series(1, 10) as n
      union all
      select n, 'DFL-01', date '2026-04-09', 4712, 'ok', 'test', now() from generate_series(1, 9) as n
      """)

    #expect(try await scene.days("R28") == ["2026-04-30"])
  }
}
