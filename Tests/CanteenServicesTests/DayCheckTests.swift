import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// Checks that go by which days and meals a canteen serves, by its street and by its register, each on
/// a case that fires and its nearest neighbour that does not.
@Suite("checks of days, claims and the street", .database)
struct DayCheckTests {
  @Test("R10: the same count for 14 days does not fire, on the 15th it does, once")
  func blockClaim() async throws {
    let scene = try await Scene(TestDatabase.current)
    for date in 1...14 {
      try await scene.meals("2026-03-\(date < 10 ? "0" : "")\(date)", persons: 1...20)
    }
    try await scene.meals("2026-03-15", persons: 1...21)
    for date in 16...31 { try await scene.meals("2026-03-\(date)", persons: 1...20) }

    #expect(try await scene.days("R10") == ["2026-03-30"])
  }

  @Test("R12: two check-ins on a day that is otherwise closed fire; a slow weekday does not")
  func closedDay() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-03-02", "2026-04-30", persons: 1...40, weekdays: 1...5)
    try await scene.daily("2026-03-02", "2026-04-30", persons: 1...5, weekdays: 6...6)
    try await scene.meals("2026-04-19", persons: 1...2)

    #expect(
      try await scene.findings("R12").map { "\($0.day) \($0.subject)" } == [
        "2026-04-19 closed"
      ])
  }

  @Test("R12: a day that was registered as closed fires once, whatever few or many came")
  func registeredAsClosed() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-03-02", "2026-04-30", persons: 1...40)
    try await scene.run(
      """
      insert into canteen_days
      values ('DFL-01', '2026-04-13', 1, 'closed', '厨房检修', 'test', now()),
          ('DFL-01', '2026-04-14', 1, 'closed', '误登', 'test', now()),
          ('DFL-01', '2026-04-14', 2, 'ordinary', '', 'test', now()),
          ('DFL-01', '2026-05-04', 1, 'closed', '放假', 'test', now()),
          ('DFL-01', '2026-05-05', 1, 'closed', '放假', 'test', now())
      """)
    try await scene.meals("2026-05-04", persons: 1...1)

    let findings = try await scene.findings("R12")
    #expect(
      findings.map { "\($0.day) \($0.subject)" } == ["2026-04-13 closed", "2026-05-04 closed"])
    #expect(findings.first?.sentence.zh == "当日登记为停餐（厨房检修），却有 40 笔签到")
  }

  @Test("R16: one stray check-in on a closed day does not make everybody else absent")
  func strayDay() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-01-01", "2026-01-10", persons: 100...127)
    // From Monday the 12th: 90 days are over on a Saturday, and it shows on the Monday after it.
    try await scene.daily("2026-01-11", "2026-05-30", persons: 1...20, weekdays: 1...5)
    try await scene.meals("2026-02-15", persons: 30...31)
    try await scene.run(
      "insert into canteen_days values ('DFL-01', '2026-02-22', 1, 'closed', '', 'test', now())")
    try await scene.meals("2026-02-22", persons: 30...39)
    // Who misses one open day is no member of the twenty.
    try await scene.run("delete from check_ins where diner_id = 20 and service_date = '2026-03-02'")

    let findings = try await scene.findings("R16")
    #expect(Set(findings.map(\.subject)) == Set((1...19).map { "diner \($0)" }))
    #expect(Set(findings.map(\.day.description)) == ["2026-04-13"])
    let night = try await scene.service
      .look("R16", "DFL-01", from: day("2026-04-13"), to: day("2026-04-13"))
    #expect(night.count == 19)
    let next = try await scene.service
      .look("R16", "DFL-01", from: day("2026-04-14"), to: day("2026-04-14"))
    #expect(next.isEmpty)
  }

  @Test("R16: why somebody is to be looked at first is not said")
  func silentReason() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-01-01", "2026-01-10", persons: 3...30)
    try await scene.daily("2026-01-11", "2026-05-30", persons: 1...2)
    try await scene.run("update diner_records set birth_date = '1930-01-01' where diner_id = 1")

    let sentences = try await scene.findings("R16").map(\.sentence.zh)
    #expect(sentences == ["连续三个月、每个供餐日都到场，优先核实", "连续三个月、每个供餐日都到场"])
  }

  @Test("R10: a period that rests at weekends and has guests is seen by its subsidised meals")
  func blockClaimOnWorkdays() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.daily("2026-03-03", "2026-03-23", persons: 1...20, weekdays: 1...5)
    for date in 2...23 {
      let day = "2026-03-\(date < 10 ? "0" : "")\(date)"
      try await scene.meals(
        day, persons: 40...(60 + date % 4), at: "17:30", period: "dinner")
      if date % 7 != 0, date % 7 != 1 {
        // Others at full price: another number each day.
        try await scene.meals(
          day, persons: 100...(101 + date), diner: 1200, category: "none")
      }
    }
    try await scene.run("update check_ins set category = null where category = 'none'")
    let found = try await scene.findings("R10")
    #expect(found.map { "\($0.day) \($0.subject)" } == ["2026-03-23 block lunch"])
    // A Monday: the days just before it had dinners alone.
    let night = try await scene.service
      .look("R10", "DFL-01", from: day("2026-03-23"), to: day("2026-03-23"))
    #expect(night == found)
    #expect(found.first?.sentence.zh == "连续 15 个供餐日都是 20 份补贴餐")
  }

  @Test("R22: one birth date and end of the ID number under two names fire; another end does not")
  func otherName() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.run(
      """
      update diner_records
      set birth_date = '1950-06-01', id_tail = case when diner_id <= 2 then 4711 else diner_id end
      where diner_id <= 4
      """)
    try await scene.meals("2026-03-02", persons: 1...4)

    #expect(try await scene.findings("R22").map(\.subject) == ["diner 1", "diner 2"])
  }

  @Test("R09: without a number of enrolled persons the register of the area is the ceiling")
  func registerCeiling() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-04-02", "2026-04-03", persons: 1...150)
    #expect(try await scene.findings("R09").isEmpty)

    try await scene.run(
      "insert into diner_statuses values (9, 1, 1, now(), 'test', 'moved', '2026-03-02', null)")
    #expect(
      try await scene.findings("R09").map(\.sentence.en) == [
        "300 claimed, at most 298 (149 persons x 2 days), 2 over"
      ])
  }

  @Test("R26: a guest at two canteens is no person of the street")
  func guestsOfTheStreet() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...2, diner: 1200)
    try await scene.meals("2026-03-03", persons: 1...2, canteen: "DFL-02", diner: 1200)
    try await scene.run(
      "update check_ins set category = null, guest_kind = 'family' where diner_id = 2")
    #expect(
      try await scene.findings("R26").map(\.sentence.en) == ["2 person-sites, 1 distinct persons"])
  }

  @Test("R03: two lunches of one day are named as what they are")
  func twoLunches() async throws {
    let scene = try await Scene(TestDatabase.current)
    try await scene.meals("2026-03-02", persons: 1...1)
    try await scene.meals("2026-03-02", persons: 1...1, canteen: "DFL-02", at: "12:40", no: 2)

    let findings = try await scene.findings("R03", canteen: "DFL-02")
    #expect(findings.map(\.sentence.zh) == ["同一餐次第 2 次享受补贴"])
  }
}
