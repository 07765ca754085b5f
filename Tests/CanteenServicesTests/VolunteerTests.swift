import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// Points are earned by hours, pay a meal to the fen, and never go below zero.
@Suite("volunteers", .database)
struct VolunteerTests {
  private var database: Database { TestDatabase.current.database }
  private var volunteers: VolunteerService { VolunteerService(database) }
  private let monday = day("2026-11-16")

  /// One who earned points, under the published scheme: 2.5 h in the kitchen 15, a lunch 2, here
  /// worth 4 yuan.
  private func helper(points: Int = 0) async throws -> Volunteer.ID {
    try await volunteers.set(PointRules.Earning(points: 15, minutes: 150), for: "帮厨", by: aClerk)
    try await volunteers.set(PointRules.Spending(points: 2, fen: 400), for: .lunch, by: aClerk)
    let id = try await volunteers.add("周某", joinedOn: monday, by: aClerk)
    if points != 0 {
      _ = try await volunteers.adjust(id, by: points, reason: "迁入", recorded: aClerk)
    }
    return id
  }

  private func balance(_ id: Volunteer.ID) async throws -> Int {
    try await volunteers.entries(of: id).last?.entry.balance ?? 0
  }

  private func paid(
    _ community: SmallCommunity, _ key: Int, by volunteer: Volunteer.ID, card: String = "A1",
    at clock: String = "12:04", list: Fen = 1200, fullPrice: Bool = false
  ) -> CheckInRequest {
    var request = community.request(
      key, card: card, at: clock, list: list, fullPrice: fullPrice)
    request.pointsOf = volunteer
    return request
  }

  @Test
  func `two and a half hours in the kitchen earn fifteen points, once`() async throws {
    _ = try await SmallCommunity(database)
    let id = try await helper()
    let shift = try await volunteers.plan(
      id, at: "DFL-01", on: monday, task: "帮厨", minutes: 180, by: aClerk)

    let earned = try await volunteers.confirm(shift, of: id, minutes: 150, by: aClerk)

    #expect(earned.points == 15 && earned.balance == 15)
    await #expect(throws: PointRefusal.confirmedBefore(shift)) {
      _ = try await volunteers.confirm(shift, of: id, minutes: 150, by: aClerk)
    }
    let odd = try await volunteers.plan(
      id, at: "DFL-01", on: monday, task: "帮厨", minutes: 60, by: aClerk)
    #expect(try await volunteers.confirm(odd, of: id, minutes: 59, by: aClerk).points == 5)
    #expect(try await volunteers.list().map(\.minutes) == [209])
  }

  @Test
  func `points pay of what the diner would pay, and every line balances`() async throws {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 5)
    let plain = try await community.checkIn(community.request(1, card: "B1"))[0].get()

    let receipt = try await community.checkIn(paid(community, 2, by: id))[0].get()

    let line = receipt.line
    #expect(line.pointsFen == 400)
    #expect(try await balance(id) == 3)
    #expect(line.listFen == line.dinerFen + line.sharesFen)
    #expect(plain.line.pointsFen == 0)
    let transfers = try await database.query(
      """
      select concat_ws(' ', debit_account, credit_account, fen) as line
      from transfers where check_in_id = \(receipt.checkIn.id) order by transfer_no
      """
    ).map { try $0.decode("line", as: String.self) }
    #expect(transfers.contains("receivable:points meal_revenue 400"))
    #expect(
      try await ReconciliationService(database).look("R01", "DFL-01", from: monday, to: monday)
        .isEmpty)
    #expect(
      try await ReconciliationService(database).look("R24", "DFL-01", from: monday, to: monday)
        .isEmpty)
  }

  @Test
  func `a meal that costs less than the points are worth costs nothing, and no change is given`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 2)

    let receipt = try await community.checkIn(paid(community, 1, by: id, list: 500))[0].get()

    #expect(receipt.checkIn.dinerPays == 0 && receipt.line.pointsFen <= 400)
    #expect(receipt.line.listFen == receipt.line.sharesFen)
    #expect(try await balance(id) == 0)
  }

  @Test
  func `too few points pay nothing and no meal is written`() async throws {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 1)

    let outcome = try await community.checkIn(paid(community, 1, by: id))[0]

    #expect(outcome.refusal == .points(.notEnough(balance: 1, needed: 2)))
    #expect(try await database.query("select count(*) from check_ins", as: Int.self) == [0])
    #expect(try await balance(id) == 1)
  }

  @Test
  func `two terminals that spend at once never go below zero`() async throws {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 5)
    let cards = try await community.neighbours(8)
    let engines = (0..<2).map { _ in CheckInEngine(CheckInService(database)) }

    let refusals = try await withThrowingTaskGroup(of: CheckInRefusal?.self) { group in
      for index in cards.indices {
        let request = paid(community, 100 + index, by: id, card: "N\(index + 1)")
        group.addTask { try await engines[index % 2].checkIn(request, by: aClerk).refusal }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }

    #expect(refusals.count { $0 == nil } == 2)
    #expect(refusals.count { $0 == .points(.notEnough(balance: 1, needed: 2)) } == 6)
    #expect(try await balance(id) == 1)
    #expect(
      try await volunteers.entries(of: id).map(\.entry.balance) == [5, 3, 1])
  }

  @Test
  func `the same request again takes no points again, and a reversal gives them back once`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 4)
    let request = paid(community, 1, by: id)
    let checkIns = CheckInService(database)

    let first = try await checkIns.checkIn([request], by: aClerk)[0].get()
    let again = try await checkIns.checkIn([request], by: aClerk)[0].get()
    #expect(!first.isRepeated && again.isRepeated)
    #expect(try await balance(id) == 2)
    _ = try await checkIns.reverse(request.id, reason: "重复", by: aClerk)
    await #expect(throws: CheckInRefusal.alreadyReversed(request.id)) {
      _ = try await checkIns.reverse(request.id, reason: "重复", by: aClerk)
    }

    #expect(try await balance(id) == 4)
    #expect(
      try await volunteers.entries(of: id).map(\.entry.kind) == [.adjusted, .spent, .returned])
  }

  @Test
  func `the database itself lets nobody go below zero, skip an entry or start from elsewhere`()
    async throws
  {
    _ = try await SmallCommunity(database)
    let id = try await helper(points: 5)
    let wrong = [
      (2, "1", -6, 5, -1), (2, "1", -1, 9, 8), (3, "2", -1, 5, 4), (2, "1", -1, 5, 5),
      (1, "null", 3, 0, 3), (2, "null", 3, 0, 3),
    ]

    for (number, previous, points, before, after) in wrong {
      await #expect(throws: (any Error).self) {
        try await TestDatabase.current.asOwner(
          """
          insert into point_entries
          values (\(id), \(number), \(previous), 'adjusted', \(points), \(before), \(after), null,
              null, '', 'x', now())
          """)
      }
    }

    #expect(try await balance(id) == 5)
  }

  @Test
  func `points are no subsidy: the statement names them as a source and the checks stay silent`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 10)
    _ = try await community.register(
      "姓名,性别,身份证号,户籍地,居住社区,居民小组,卡号\n"
        + "丙某,女,\(SmallCommunity.number("51132319900308152")),蓬安县,东风路社区,1组,Y1\n")

    let young = try await community.checkIn(paid(community, 1, by: id, card: "Y1"))[0].get()
    let first = try await community.checkIn(community.request(2))[0].get()
    let second = try await community.checkIn(
      paid(community, 3, by: id, at: "12:30", fullPrice: true))[0].get()

    #expect(young.checkIn.dinerPays == 800 && young.checkIn.category == nil)
    #expect(!young.line.isSubsidised && first.line.isSubsidised && !second.line.isSubsidised)
    for check in ["R01", "R03", "R05", "R07", "R24", "R27"] {
      let found = try await ReconciliationService(database)
        .look(check, "DFL-01", from: monday, to: monday)
      #expect(found.isEmpty, "\(check)")
    }
  }

  @Test
  func `a late credit is what the subsidy grew by, and the points stay what they paid`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 4)
    func pause(_ revision: Int, from first: String) async throws {
      try await TestDatabase.current.asOwner(
        """
        insert into diner_statuses (
            diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from, valid_to
        )
        select diner_id, 1, \(revision), now(), 'x', 'paused', '\(first)', '2026-11-17'
        from cards where card_no = 'A1'
        """)
    }
    try await pause(1, from: "2026-11-16")
    let lunch = try await community.checkIn(paid(community, 1, by: id))[0].get()
    try await pause(2, from: "2026-11-17")

    let found = try await AdjustmentService(database)
      .reprice(since: day("2026-11-01"), isDryRun: false, by: aClerk)

    #expect(lunch.checkIn.dinerPays == 800 && lunch.line.pointsFen == 400)
    #expect(found.map(\.adjustment.fen) == [200] && found.map(\.adjustment.kind) == [.credit])
    #expect(found.map(\.adjustment.new.pointsFen) == [400])
    #expect(found.map(\.adjustment.new.dinerFen) == [600])
    #expect(found.flatMap(\.adjustment.differences).allSatisfy { $0.source != .points })
  }

  @Test
  func `R05: a volunteer of whom something is recorded later got no subsidy by points`()
    async throws
  {
    let community = try await SmallCommunity(database)
    let id = try await helper(points: 4)
    _ = try await community.checkIn(paid(community, 1, by: id))
    try await TestDatabase.current.asOwner(
      """
      insert into diner_statuses (
          diner_id, status_no, revision, recorded_at, recorded_by, status, valid_from, valid_to
      )
      select diner_id, 1, 1, '2026-12-01', 'x', 'paused', '2027-01-01', '2027-01-31'
      from cards where card_no = 'A1'
      """)

    let found = try await ReconciliationService(database)
      .look("R05", "DFL-01", from: monday, to: monday)

    #expect(found.isEmpty)
  }
}
