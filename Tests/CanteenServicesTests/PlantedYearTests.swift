import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Postgres
import Testing

/// The checks over a year of somebody's canteens: they find what was planted, and are calm about what is
/// only life.
@Suite("a planted year", .database)
struct PlantedYearTests {
  private func tamper(
    _ plants: [PlantedYear.Plant], _ meals: [HonestYear.Meal], _ test: TestDatabase
  ) async throws {
    for (place, meal) in meals.enumerated() {
      guard let mark = meal.mark else { continue }
      let id = YearBooks.id(place).text
      switch plants[mark].check {
      case "R01":
        try await test.asOwner(
          """
          update transfers set fen = fen + 1
          where check_in_id = '\(id)' and debit_account like 'received:%'
          """)
      case "R25":
        try await test.asOwner(
          """
          insert into transfers
          select diner_id, service_date, check_in_id, 99, posted_on, canteen_code,
              'receivable:district', 'received:cash', 100
          from check_ins where check_in_id = '\(id)'
          """)
      case "R03":
        // The same meal once more, as its dinner, by somebody who writes into the books himself.
        let copy = YearBooks.id(place, retry: true).text
        try await test.asOwner(
          """
          insert into check_ins (
              diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on,
              canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
              terminal, recorded_by, recorded_at, pricing
          )
          select diner_id, service_date, '\(copy)', 'dinner', 1, served_at + interval '6 hours',
              posted_on, canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen,
              category, terminal, recorded_by, recorded_at + interval '6 hours',
              replace(replace(pricing::text, '\(id)', '\(copy)'), '"lunch"', '"dinner"')::jsonb
          from check_ins where check_in_id = '\(id)';
          insert into transfers
          select diner_id, service_date, '\(copy)', transfer_no, posted_on, canteen_code,
              debit_account, credit_account, fen
          from transfers where check_in_id = '\(id)'
          """)
      default: break
      }
    }
  }

  /// Another number than the true one for the days that were drawn.
  private func miscount(
    _ plants: [PlantedYear.Plant], _ test: TestDatabase
  ) async throws {
    for plant in plants where ["R18", "R19"].contains(plant.check) {
      let date = plant.days.lowerBound
      let (source, by) =
        plant.check == "R18"
        ? ("till", 1200) : plant.canteen == "DFL-02" ? ("gate", 12) : ("produced", 14)
      try await test.asOwner(
        """
        insert into independent_counts
        select canteen_code, service_date, source, key, revision + 1, amount + \(by), 'x', now()
        from current_independent_counts
        where canteen_code = '\(plant.canteen)' and service_date = '\(date)'
            and source = '\(source)' and key in ('lunch', 'cash')
        """)
    }
  }

  /// Sets at three prices for every meal that was served, and what the canteens registered as closed.
  private func publish(_ planted: PlantedYear, _ test: TestDatabase) async throws {
    try await test.asOwner(
      """
      insert into menus
      select canteen_code, service_date, period, 1, now(), 'test', '\\x00'
      from check_ins group by 1, 2, 3;
      insert into menu_dishes (
          canteen_code, service_date, period, revision, dish_no, name, category, price_fen, allergens
      )
      select canteen_code, service_date, period, 1, n, '套餐' || n, 'set', (array[1000, 1200, 1500])[n], '{}'
      from menus, generate_series(1, 3) as n
      """)
    for closing in planted.closings {
      try await test.asOwner(
        """
        insert into canteen_days
        values ('\(closing.canteen)', '\(closing.day)', 1, 'closed', '停业', 'test', now())
        """)
    }
  }

  @Test(
    "all of 40 anomalies of 18 kinds are found, and no more than one in 1,000 meals is a false one",
    arguments: [(11, 12), (31, 32)] as [(UInt64, UInt64)])
  func planted(year: UInt64, anomalies: UInt64) async throws {
    let test = TestDatabase.current
    let planted = PlantedYear(HonestYear(seed: year, persons: 150), seed: anomalies)
    #expect(planted.plants.count == 40)
    #expect(Set(planted.plants.map(\.check)).count == 18)
    let books = try await YearBooks(test, planted.persons)
    let diners = try await books.diners()
    for proxy in planted.proxies {
      try await ProxyService(test.database, vault: theVault).add(
        to: #require(diners[proxy.card]), name: "代领", relation: "邻居", phone: proxy.phone,
        from: proxy.from, to: nil, reason: "", by: aClerk)
    }
    try await books.write(planted.meals, of: planted.persons)
    let voided = planted.meals.indices.filter { place in
      planted.meals[place].mark.map { planted.plants[$0].check == "R20" } ?? false
    }
    try await books.void(voided, of: planted.meals)
    try await books.void(planted.lateVoids, of: planted.meals, daysLater: 1)
    try await publish(planted, test)
    try await books.count()
    for one in planted.late {
      try await DinerStatusService(test.database).set(
        one.status, of: #require(diners[one.card]), from: one.from, to: one.to, reason: "迟报",
        by: aClerk)
    }
    for one in planted.ended {
      try await EntitlementService(test.database).revise(
        Category("DIBAO"), of: #require(diners[one.card]), to: one.last, renewBy: nil,
        evidence: nil,
        by: Attribution(
          by: "社区", at: CanteenCalendar.shanghai.instant(one.last + 20, time("09:00"))))
    }
    try await tamper(planted.plants, planted.meals, test)
    try await miscount(planted.plants, test)

    let report = try await ReconciliationService(test.database)
      .run(HonestYear.canteens, through: HonestYear.last, by: aClerk)

    let missed = planted.plants.filter { plant in
      !report.open.contains { plant.explains($0, diners) }
    }
    let others = report.open.filter { finding in
      !planted.plants.contains { $0.explains(finding, diners) }
    }
    #expect(missed.isEmpty, "\(missed)")
    #expect(planted.meals.count > 20_000, "\(planted.meals.count)")
    #expect(
      others.count * 1000 <= planted.meals.count,
      "\(others.count) of \(planted.meals.count): \(others.map { "\($0.check) \($0.canteen) \($0.day) \($0.sentence.zh)" })"
    )
  }
}
