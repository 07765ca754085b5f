import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Synchronization
import Testing

/// The whole job on a whole community: register, price, close, reconcile, state, and compare with
/// sums that another program would have made.
@Suite("the main job", .database)
struct MainJobTests {
  private var database: Database { TestDatabase.current.database }

  @Test("the sample community's statements equal independent sums, to the fen")
  func sample() async throws {
    let community = try Community.sample()
    try await wholeJob(community)
  }

  @Test("so do those of the files that others made, where they stand beside the repository")
  func shared() async throws {
    // The sample's test above always runs; these files are not part of the repository.
    guard let community = try Community.shared() else { return }
    let sums = try await wholeJob(community)
    #expect(sums.people == 2600)
    #expect(sums.meals == 20_749)
  }

  @discardableResult
  private func wholeJob(_ community: Community) async throws -> IndependentSums {
    let sums = IndependentSums(roster: community.roster.text, signIns: community.signIns.text)
    try await community.prepare(database)

    let people = try await community.importRoster(database)
    let peopleAgain = try await community.importRoster(database)
    let meals = try await community.importSignIns(database)
    let mealsAgain = try await community.importSignIns(database)

    #expect(people.refused.isEmpty && people.added == sums.people)
    #expect(peopleAgain.added == 0 && peopleAgain.changed == 0)
    #expect(peopleAgain.unchanged == sums.people)
    #expect(meals.refused.isEmpty && meals.added == sums.meals)
    #expect(mealsAgain.added == 0 && mealsAgain.known == sums.meals)
    try await everyCheckInAddsUp()
    try await everyMonth(of: community, equals: sums)
    return sums
  }

  private func everyCheckInAddsUp() async throws {
    let wrong = try await database.query(
      """
      select count(*) as wrong
      from check_ins as c
      where c.list_fen <> (
          select sum(t.fen)
          from transfers as t
          where t.diner_id = c.diner_id
              and t.service_date = c.service_date
              and t.check_in_id = c.check_in_id
              and t.credit_account = 'meal_revenue'
      )
      """)
    #expect(try wrong.first?.decode("wrong", as: Int.self) == 0)
  }

  private func everyMonth(of community: Community, equals sums: IndependentSums) async throws {
    let reconciliation = ReconciliationService(database)
    let statements = StatementService(database, vault: theVault)
    let lastDay = day("2026-10-31")
    for canteen in community.canteens.map(\.code) {
      _ = try await DayCloseService(database).close(canteen, through: lastDay, by: aClerk)
      let report = try await reconciliation.run([canteen], through: lastDay, by: aClerk)
      #expect(report.open.allSatisfy { $0.severity != .blocking })
      for (number, month) in sums.months.sorted(by: { $0.key < $1.key })
      where number.hasPrefix(canteen) {
        let first = day(number.suffix(7) + "-01")
        let closed = try await statements.closeAndRead(canteen, month: first, by: aClerk)
        #expect(closed.statement.number == number)
        #expect(figures(of: closed) == month, "\(number)")
        #expect(closed.statement.list == closed.lines.map(\.list).sum())
        #expect(try await statements.closed(number) == closed)
        try await export(closed, equals: month)
        await #expect(throws: StatementRefusal.alreadyClosed(number)) {
          try await statements.close(canteen, month: first, by: aClerk)
        }
      }
      let audit = try await AuditService(database).verify(canteen)
      #expect(audit.broken == nil)
      #expect(audit.statements == sums.months.keys.filter { $0.hasPrefix(canteen) }.count)
    }
  }

  /// What leaves the house adds up to the independent sums as well.
  private func export(
    _ closed: StatementService.Closed, equals month: IndependentSums.Month
  ) async throws {
    let number = closed.statement.number
    let files = try await StatementFiles(database, number)
    for path in files.paths { #expect(try StatementFileCheck(path: path).faults.isEmpty) }
    for path in ["\(number).xlsx", "\(number).html", "\(number)-明细表.csv"] {
      let details = try ReadTable(files.path(path), "明细表")
      #expect(details.rows.count == month.meals, "\(path)")
      #expect(try details.fen("餐费标价").count == month.list, "\(path)")
      #expect(try details.fen("个人自付").count == month.diner, "\(path)")
      #expect(try details.fen("区县").count == month.district, "\(path)")
      #expect(try details.fen("街道").count == month.street, "\(path)")
    }
  }

  /// The figures of a statement in the shape of the independent ones.
  private func figures(of closed: StatementService.Closed) -> IndependentSums.Month {
    func source(_ source: FundingSource) -> Int {
      closed.statement.sources.first { $0.source == source }?.fen.count ?? 0
    }
    let byBenefit = Dictionary(grouping: closed.lines) { ($0.list - $0.dinerPays).count }
    return IndependentSums.Month(
      meals: closed.statement.meals, list: closed.statement.list.count,
      diner: closed.statement.diner.count, district: source(.district), street: source(.street),
      mealsByBenefit: byBenefit.mapValues(\.count))
  }

  @Test("an import stopped half way and run again ends where one whole run ends")
  func interrupted() async throws {
    let community = try Community.sample()
    try await community.prepare(database)
    _ = try await community.importRoster(database)
    let database = database

    let steps = Mutex(0)
    let first = Task {
      try await community.importSignIns(database) { _ in
        // Cancelled from within its own third step: what is committed stays.
        let step = steps.withLock {
          $0 += 1
          return $0
        }
        if step == 3 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: (any Error).self) { try await first.value }
    let half = try await contents()
    let rest = try await community.importSignIns(database)
    let resumed = try await contents()

    #expect(half.count > 0 && half.count < resumed.count)
    #expect(rest.known == 1500)
    #expect(rest.known + rest.added == resumed.count)
    let clean = try await cleanRun(of: community)
    #expect(resumed == clean)
  }

  /// Every check-in with its price and transfers, without the moment of its writing.
  private func contents() async throws -> [String] {
    try await Self.contents(of: database)
  }

  private static func contents(of database: Database) async throws -> [String] {
    try await database.query(
      """
      select concat_ws(
          '|', c.service_date, c.check_in_id, c.period, c.meal_no, c.posted_on, c.list_fen,
          c.diner_fen, c.category, i.card_no, c.pricing ->> 'line',
          (
              select string_agg(concat_ws(':', debit_account, credit_account, fen), ',' order by transfer_no)
              from transfers as t
              where t.diner_id = c.diner_id
                  and t.service_date = c.service_date
                  and t.check_in_id = c.check_in_id
          )
      ) as line
      from check_ins as c
      join cards as i on i.diner_id = c.diner_id
      order by 1
      """
    ).map { try $0.decode("line") }
  }

  /// The same community in a database that nobody interrupted.
  private func cleanRun(of community: Community) async throws -> [String] {
    try await TestDatabase.withAnother { another in
      try await community.prepare(another)
      _ = try await community.importRoster(another)
      _ = try await community.importSignIns(another)
      return try await Self.contents(of: another)
    }
  }
}
