import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// Three published policies, one after the other, on a whole community.
@Suite("statements under published policies", .database)
struct PublishedPolicyStatementTests {
  private var database: Database { TestDatabase.current.database }

  @Test(
    "under Guangzhou's, Tianjin's and Beijing's rules each total equals independent sums, to the fen"
  )
  func equalIndependentSums() async throws {
    // The shared files where they stand beside the repository, the sample's elsewhere.
    let shared = try Community.shared()
    let community = try shared ?? .sample()
    let sums = IndependentPolicySums(
      roster: community.roster.text, signIns: community.signIns.text)
    try await community.prepare(database, policies: IndependentPolicySums.documents())
    _ = try await community.importRoster(database)
    let meals = try await community.importSignIns(database)
    try #require(meals.refused.isEmpty)

    let reconciliation = ReconciliationService(database)
    let statements = StatementService(database, vault: theVault)
    let lastDay = day("2026-10-31")
    var tiers: Set<String> = []
    for canteen in community.canteens.map(\.code) {
      _ = try await DayCloseService(database).close(canteen, through: lastDay, by: aClerk)
      for finding in try await reconciliation.run([canteen], through: lastDay, by: aClerk).open
      where finding.severity == .blocking {
        Issue.record("\(finding.check) \(finding.day) \(finding.sentence.zh)")
      }
      for (number, month) in sums.months.sorted(by: { $0.key < $1.key })
      where number.hasPrefix(canteen) {
        let closed = try await statements.closeAndRead(
          canteen, month: day(number.suffix(7) + "-01"), by: aClerk)
        #expect(figures(of: closed.statement) == month, "\(number)")
        #expect(totals(closed.statement.owed) == month.owed, "\(number)")
        #expect(try figures(ofDetails: closed) == month.tiers, "\(number)")
        tiers.formUnion(month.tiers.keys)
      }
      let balances = try await LedgerService(database).balance(canteen, through: day("2026-12-31"))
      let owed = sums.months.filter { $0.key.hasPrefix(canteen) }.values
        .reduce(into: [String: Int]()) { $0.merge($1.owed, uniquingKeysWith: +) }
      #expect(
        Dictionary(
          uniqueKeysWithValues: balances.compactMap { balance in
            balance.account.debtor.map { ($0.rawValue, balance.fen.count) }
          }) == owed)
    }
    // Each policy did pay; the sample's months know the last one only.
    #expect(tiers == (shared == nil ? ["", "basic"] : ["", "60+", "80+", "basic"]))
  }

  /// A statement's figures in the shape of the independent ones.
  private func figures(of statement: Statement) -> IndependentPolicySums.Month {
    var month = IndependentPolicySums.Month()
    for tier in statement.tiers {
      month.tiers[tier.code] = IndependentPolicySums.Tier(
        meals: tier.meals, list: tier.list.count, diner: tier.diner.count,
        sources: totals(tier.sources))
    }
    month.operating = totals((statement.subsidies ?? []).flatMap(\.sources))
    return month
  }

  private func totals(_ sources: [Statement.SourceTotal]) -> [String: Int] {
    Dictionary(sources.map { ($0.source.rawValue, $0.fen.count) }, uniquingKeysWith: +)
  }

  /// The same added up from the lines.
  private func figures(
    ofDetails closed: StatementService.Closed
  ) throws -> [String: IndependentPolicySums.Tier] {
    var tiers: [String: IndependentPolicySums.Tier] = [:]
    for line in closed.lines {
      var tier = tiers[line.tier] ?? IndependentPolicySums.Tier()
      tier.meals += line.sign
      tier.list += line.list.count
      tier.diner += line.dinerPays.count
      tier.sources.merge(totals(line.sources), uniquingKeysWith: +)
      tiers[line.tier] = tier
    }
    return tiers
  }
}
