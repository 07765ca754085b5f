import CanteenDomain
import CanteenTestSupport
import Postgres
import Testing

@testable import CanteenServices

/// What a statement pays beside its lines is computed again from what was known when it was closed.
@Suite("subsidies and releases looked at again", .database)
struct AuditSubsidyTests {
  private static let october = "DFL-01-2026-10"
  private static let november = "DFL-01-2026-11"

  private var database: Database { TestDatabase.current.database }
  private var life: StatementLifeService { StatementLifeService(database) }

  private static func policy(_ rest: String) -> String {
    """
    policy: sub
    version: "1"
    title: 示例
    valid_from: 2025-01-01
    region: 511323
    periods: [lunch]
    stages:
      - {stage: subsidy, code: meal, source: district, groups: [{code: 60+, title: 60周岁及以上, who: {age: 60+}, fixed: 2.00}]}
    \(rest)

    """
  }

  private func broken() async throws -> Sentence? {
    try await AuditService(database).verify("DFL-01").broken
  }

  private func tamper(_ sql: String) async throws {
    try await TestDatabase.current.asOwner(sql)
  }

  /// What a forger does who knows how statements are hashed.
  private func hashAgain(_ number: String) async throws {
    let seal = try await database.transaction(readOnly: true) { transaction in
      guard let (statement, _) = try StatementStore.statement(number, transaction) else {
        throw StatementRefusal.unknown(number)
      }
      return try StatementHash.seal(statement, transaction)
    }
    try await tamper(
      "update statements set sha256 = '\\x\(seal.hex)' where statement_no = '\(number)'")
  }

  private func officer(_ date: String) -> Attribution {
    Attribution(by: "街道甲", at: moment(date).at)
  }

  /// October with three lunches, two of them brought on one day.
  private func closeOctober() async throws -> (SmallCommunity, Statement) {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating: [{code: op, per: subsidised, amount: 1.50, source: city}]
        delivery: [{code: trip, per: trip, amount: 3.00, toward: courier, payee: 志愿队, source: charity}]
        """))
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"),
      community.request(2, on: "2026-10-13", mode: .homeDelivery),
      community.request(3, card: "B1", on: "2026-10-13", mode: .homeDelivery))
    try #require(outcomes.allSatisfy { $0.refusal == nil })
    return (community, try await community.state("2026-10", at: "2026-11-23").statement)
  }

  /// October, whose first lunch is disallowed, and reversed before November is closed, which has one
  /// lunch of its own.
  private func close(
    disallowedOn date: String = "2026-11-23"
  ) async throws -> (SmallCommunity, october: Statement, november: Statement) {
    let (community, october) = try await closeOctober()
    _ = try await life.take(.submitted, Self.october, by: aClerk)
    _ = try await life.disallow(
      line: 1, of: Self.october, reason: "未就餐", by: officer(date))
    _ = try await CheckInService(database)
      .reverse(community.request(1).id, reason: "重复录入", by: aClerk)
    _ = try await community.checkIn(community.request(4, on: "2026-11-16"))
    let november = try await community.state("2026-11", at: "2026-12-02")
    try #require(try await broken() == nil)
    return (community, october, november.statement)
  }

  @Test
  func `what was paid holds when it is computed again, whatever came later`() async throws {
    let (community, october, november) = try await close()

    #expect(october.subsidies?.map(\.fen) == [450, 600] && october.releases == nil)
    #expect(november.subsidies?.map(\.fen) == [150, Fen(-150)])
    #expect(november.releases?.flatMap(\.sources).map(\.fen) == [200])

    let later = moment("2026-12-03")
    _ = try await CheckInService(database)
      .reverse(community.request(2).id, reason: "重复录入", by: later)
    _ = try await life.take(.submitted, Self.november, by: later)
    _ = try await life.disallow(
      line: 2, of: Self.november, reason: "未就餐", by: officer("2026-12-03"))
    // Both lunches of one round: it would have been one trip.
    try await tamper(
      """
      insert into delivery_rounds
      select 'DFL-01', date '2026-10-13', 'lunch', 1, 1, '小李', array_agg(diner_id), 'x',
          timestamptz '2026-12-03 10:00+08'
      from cards
      where card_no in ('A1', 'B1')
      """)
    #expect(try await broken() == nil)

    let december = try await community.state("2026-12", at: "2027-01-03")
    #expect(december.statement.subsidies?.map(\.fen) == [Fen(-300), Fen(-150), Fen(-150)])
    #expect(
      december.statement.subsidies?.map(\.corrects) == [
        Self.october, Self.october, Self.november,
      ])
    #expect(try await broken() == nil)

    // It would pay 500.00 for each month, had it been known.
    _ = try await PolicyService(database).activate(
      Self.policy("operating: [{code: lump, per: settlement, amount: 500.00, source: city}]")
        .replacing("policy: sub", with: "policy: dinners")
        .replacing("periods: [lunch]", with: "periods: [dinner]"),
      name: "dinners", by: moment("2027-01-04"))
    #expect(try await broken() == nil)
  }

  @Test(
    "a subsidy that was forged everywhere is named with both amounts",
    arguments: [
      (0, "operating", "运营补贴 sub 1 op（付给运营单位）记为 9.00 元，重算为 4.50 元"),
      (1, "delivery", "送餐补贴 sub 1 trip（付给志愿队）记为 9.00 元，重算为 6.00 元"),
    ])
  func forgedSubsidy(place: Int, kind: String, difference: String) async throws {
    // No day has sealed yet what it moved.
    _ = try await closeOctober()
    try await tamper(
      """
      update statements
      set summary = jsonb_set(summary, '{subsidies,\(place),sources,0,fen}', '900')
      where statement_no = '\(Self.october)';
      update statement_transfers set fen = 900
      where statement_no = '\(Self.october)' and kind = '\(kind)'
      """)
    try await hashAgain(Self.october)

    #expect(try await broken()?.zh == "结算单 \(Self.october) 的\(difference)")
  }

  @Test
  func `a correction of an earlier period that was forged everywhere is named`() async throws {
    _ = try await close()
    try await tamper(
      """
      update statements set summary = jsonb_set(summary, '{subsidies,1,sources,0,fen}', '-50')
      where statement_no = '\(Self.november)';
      update statement_transfers set fen = 50
      where statement_no = '\(Self.november)' and reference = '\(Self.october) op'
      """)
    try await hashAgain(Self.november)

    #expect(
      try await broken()?.zh
        == "结算单 \(Self.november) 的更正 \(Self.october) 的运营补贴 sub 1 op（付给运营单位）"
        + "记为 -0.50 元，重算为 -1.50 元")
  }

  /// The second just before November is closed: no clock is an excuse for what it does not know.
  @Test(
    "a release that was raised or taken away everywhere is named by its line",
    arguments: ["2026-11-23", "2026-12-02"])
  func forgedRelease(disallowedOn date: String) async throws {
    _ = try await close(disallowedOn: date)
    try await tamper(
      """
      update statements set summary = jsonb_set(summary, '{releases,0,sources,0,fen}', '300')
      where statement_no = '\(Self.november)';
      update statement_transfers set fen = 300 where kind = 'released'
      """)
    try await hashAgain(Self.november)
    let raised = try await broken()
    try await tamper(
      """
      update statements set summary = summary - 'releases'
      where statement_no = '\(Self.november)';
      delete from statement_transfers where kind = 'released'
      """)
    try await hashAgain(Self.november)
    let gone = try await broken()

    let line = "结算单 \(Self.november) 的核减冲回 \(Self.october) 第 1 行"
    for (found, amounts) in [
      (raised, "记为 3.00 元，重算为 2.00 元"), (gone, "记为 0.00 元，重算为 2.00 元"),
    ] {
      #expect(found?.zh.hasPrefix(line) == true && found?.zh.hasSuffix(amounts) == true)
    }
  }

  @Test
  func `a subsidy that its budget had stopped shows in the budget`() async throws {
    let community = try await SmallCommunity(
      database,
      policy: Self.policy(
        """
        operating:
          - {code: a, per: subsidised, amount: 1.00, source: district}
          - {code: b, per: subsidised, amount: 1.00, source: district}
        budgets: [{source: district, year: 2026, amount: 3.00, when_exhausted: stop}]
        """))
    _ = try await community.checkIn(community.request(1, on: "2026-10-12"))
    let october = try await community.state("2026-10", at: "2026-11-23")
    #expect(october.statement.subsidies?.map(\.code) == ["a"])
    #expect(try await broken() == nil)

    // What is said to be spent with it leaves room for both, if nobody asks what was counted.
    try await tamper(
      """
      update statements
      set summary = jsonb_set(
          summary, '{subsidies,1}', jsonb_set(summary #> '{subsidies,0}', '{code}', '"b"')
      );
      insert into statement_transfers
      select statement_no, transfer_no + 1, canteen_code, posted_on, kind, 'b', debit_account,
          credit_account, fen, recorded_at, recorded_by
      from statement_transfers
      """)
    try await hashAgain(Self.october)

    #expect(try await broken()?.zh == "结算单 \(Self.october) 的预算占用与预算账不符")
  }
}
