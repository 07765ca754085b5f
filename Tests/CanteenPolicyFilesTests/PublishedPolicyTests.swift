import CanteenDomain
import CanteenPolicyFiles
import Foundation
import Testing

@Suite("Published policies, to the fen")
struct PublishedPolicyTests {
  @Test("every example reads without an error or an open question, and checks clean")
  func examplesAreClean() {
    let readings = ExamplePolicies.all.map { PolicyFile.read($0.text, name: $0.name) }
    #expect(readings.count == 10)
    let findings = PolicyCheck.findings(in: readings)
    #expect(findings.filter { $0.severity != .warning }.map { $0.text(in: .en) } == [])
  }

  @Test("every example but the invented one marks what it assumes, and the documentation lists it")
  func assumptionsAreMarked() throws {
    let page = try String(
      contentsOf: DocumentedExampleTests.page("policy-examples"), encoding: .utf8)
    for example in ExamplePolicies.all {
      #expect(page.contains("| `\(example.name)` |"), "\(example.name)")
      guard example.name != "example-age-bands" else { continue }
      #expect(example.text.contains("假设："), "\(example.name)")
    }
  }

  @Test(
    "Guangzhou pays a quarter, rounded down, at most 3.00",
    arguments: [(990, 743), (1500, 1200), (1000, 750)])
  func guangzhou(list: Int, diner: Int) throws {
    let set = try PolicySet([example("guangzhou-2025")])
    let line = set.price(
      aMeal("2026-03-02", Fen(list), at: "440103"), for: aDiner(born: "1956-01-01", hukou: "440103")
    )
    #expect(line.dinerFen == Fen(diner))
    #expect(line.paid(by: .city) == Fen(list - diner))
  }

  @Test("Putuo: 15 % off, then the subsidy if 15.00 is spent after the discount")
  func putuo() throws {
    let set = try PolicySet([example("putuo-2024"), example("putuo-2025")])
    let elder = aDiner(born: "1943-05-01", hukou: "310107")
    let line = set.price(aMeal("2026-01-05", 1800, at: "310107"), for: elder)
    #expect(line.dinerFen == 1230)
    #expect(line.paid(by: .operator) == 270)
    #expect(line.paid(by: .district) == 300)
    #expect(set.price(aMeal("2026-01-05", 1700, at: "310107"), for: elder).dinerFen == 1445)
    let poor = aDiner(born: "1943-05-01", hukou: "310107", categories: [holding("DIBAO")])
    let cheap = set.price(aMeal("2026-01-05", 1000, at: "310107"), for: poor)
    #expect(cheap.dinerFen == 350)
    #expect(cheap.paid(by: .operator) == 150)
    #expect(cheap.paid(by: .district) == 500)
    #expect(cheap.tier == "A")
  }

  @Test("Putuo: with the threshold on the list price, 17.00 costs 11.45")
  func putuoThresholdOnList() throws {
    let set = try PolicySet([example("putuo-2025", "of: after_discount", "of: list")])
    let line = set.price(
      aMeal("2026-01-05", 1700, at: "310107"), for: aDiner(born: "1943-05-01", hukou: "310107"))
    #expect(line.dinerFen == 1145)
  }

  @Test("Putuo 2024: the version of the day prices the day, and care level 2 has its delivery paid")
  func putuo2024() throws {
    let set = try PolicySet([example("putuo-2024"), example("putuo-2025")])
    let elder = aDiner(
      born: "1943-05-01", hukou: "310107",
      categories: [holding("DISABLED_CARE", care: CareLevel(rawValue: "2"))])
    let before = set.price(aMeal("2025-12-21", 1800, at: "310107"), for: elder)
    #expect(before.dinerFen == 1500)
    #expect(before.shares.first?.version == "2024")
    #expect(set.price(aMeal("2025-12-22", 1800, at: "310107"), for: elder).dinerFen == 1230)
    var delivered = aMeal("2025-12-20", 1800, mode: .homeDelivery, at: "310107")
    delivered.deliveryFeeFen = 500
    let line = set.price(delivered, for: elder)
    #expect(line.dinerFen == 1800)
    #expect(line.delivery?.dinerFen == 100)
    #expect(line.delivery?.shares.first?.fen == 400)
  }

  @Test("Tianjin: five subsidised meals a natural week, the operator 2.00 for each since 2024")
  func tianjin() throws {
    let set = try PolicySet([
      example("tianjin-2019"), example("tianjin-2022"), example("tianjin-2024"),
    ])
    let elder = aDiner(born: "1942-01-01", hukou: "120101")
    for (monday, operating) in [("2023-03-06", 0), ("2025-03-03", 1000)] {
      let meals = (0..<7).map { aMeal((day(monday) + $0).description, 1300, at: "120101") }
      let priced = set.priceAll(meals, for: elder)
      #expect(priced.map(\.line.dinerFen).sum() == 7600)
      #expect(priced.map(\.line.sharesFen).sum() == 1500)
      let period = OperatingPeriod(
        from: day(monday), to: day(monday) + 6, canteen: meals[0].canteen, openDays: 7)
      #expect(set.operating(for: period, meals: priced).map(\.fen).sum() == Fen(operating))
    }
    let monday = set.priceAll(
      [
        aMeal("2023-03-06", 1300, at: "120101"),
        aMeal("2023-03-06", 1300, period: .dinner, at: "120101"),
      ], for: elder)
    #expect(monday.map(\.line.sharesFen) == [300, 0])
  }

  @Test("Tianjin 2019 pays on legal workdays only, a worked Saturday included")
  func tianjinWorkdays() throws {
    let calendar = ServiceCalendar(
      holidays: [day("2021-10-01")], makeUpWorkdays: [day("2021-10-09")])
    let set = try PolicySet([example("tianjin-2019")], calendar: calendar)
    let elder = aDiner(born: "1935-01-01", hukou: "120101")
    let shares = ["2021-10-01", "2021-10-09", "2021-10-16", "2021-10-11"].map { date in
      var meal = aMeal(date, 1300, at: "120101")
      meal.isStandardSet = true
      return set.price(meal, for: elder).sharesFen
    }
    #expect(shares == [0, 300, 0, 300])
  }

  @Test("Beijing: more than 5.00 must be spent; the operator has 3.00 a person-day")
  func beijing() throws {
    let set = try PolicySet([example("beijing-2022")])
    let elder = aDiner(born: "1940-01-01", hukou: "110105")
    let diners = [1600, 500, 550].map {
      set.price(aMeal("2026-03-02", $0, at: "110105"), for: elder).dinerFen
    }
    #expect(diners == [1100, 500, 50])
    let priced = set.priceAll([aMeal("2026-03-02", 1600, at: "110105")], for: elder)
    let period = OperatingPeriod(
      from: day("2026-03-01"), to: day("2026-03-31"), canteen: priced[0].meal.canteen, openDays: 22)
    let operating = set.operating(for: period, meals: priced).map(\.fen).sum()
    #expect(operating == 300)
    #expect(priced[0].line.listFen + operating == 1900)
  }

  @Test(
    "Wuhu: who turns 70 on 16 March has 70, 69, 80 or 60 yuan by the attain rule",
    arguments: [
      ("birthday", 7000), ("day_after", 6900), ("month_of", 8000), ("month_after", 6000),
    ])
  func wuhu(rule: String, sum: Int) throws {
    let set = try PolicySet([
      example("wuhu-2022", "age_counts_from: birthday", "age_counts_from: \(rule)")
    ])
    let meals = wuhuLunches
    let priced = set.priceAll(meals, for: aDiner(born: "1956-03-16", hukou: "340202"))
    #expect(meals.count == 20)
    #expect(priced.map(\.line.sharesFen).sum() == Fen(sum))
    let poor = aDiner(born: "1956-03-16", hukou: "340202", categories: [holding("DIBAO")])
    #expect(set.priceAll(meals, for: poor).map(\.line.sharesFen).sum() == 10000)
  }

  private var wuhuLunches: [Meal] {
    (0..<26).map { day("2026-03-02") + $0 }.filter { $0.weekday <= 5 }
      .map { aMeal($0.description, 1500, at: "340202") }
  }

  @Test(
    "Luzhou: the diner pays the price of the age",
    arguments: [("1952-01-01", 1050), ("1934-01-01", 0), ("1967-06-01", 1500)])
  func luzhou(born: String, pays: Int) throws {
    let set = try PolicySet([example("luzhou-longmatan-2024")])
    let line = set.price(aMeal("2026-03-02", 1500, at: "510504"), for: aDiner(born: born))
    #expect(line.dinerFen == Fen(pays))
    #expect(line.paid(by: .district) == Fen(1500 - pays))
  }

  @Test("Wuhu: a late approval credits the diner 2.00 for each of six lunches")
  func lateApproval() throws {
    let set = try PolicySet([example("wuhu-2022")])
    let days = ["01", "02", "03", "07", "08", "09"].map { "2026-04-\($0)" }
    let meals = days.map { aMeal($0, 1200, at: "340202") }
    let past = set.priceAll(meals, for: aDiner(born: "1960-01-01", hukou: "340202"))
    #expect(past.map(\.line.sharesFen).sum() == 1800)
    let known = aDiner(
      born: "1960-01-01", hukou: "340202", categories: [holding("DIBAO", from: "2026-04-01")])
    let adjustments = set.reprice(past, with: known, openMonth: { _ in day("2026-04-01") })
    #expect(adjustments.count == 6)
    #expect(adjustments.map(\.fen).sum() == 1200)
    #expect(adjustments.allSatisfy { $0.kind == .credit && $0.payee == .diner })
  }

  @Test("Wuhu: seven lunches after a death that was reported late are taken back from the canteen")
  func lateDeath() throws {
    let set = try PolicySet([example("wuhu-2022")])
    let meals = [7, 8, 11, 12, 13, 14, 20].map {
      aMeal((day("2026-05-01") + ($0 - 1)).description, 1200, at: "340202")
    }
    var elder = aDiner(born: "1940-01-01", hukou: "340202")
    let past = set.priceAll(meals, for: elder)
    elder.deceasedOn = day("2026-05-06")
    let adjustments = set.reprice(past, with: elder, openMonth: { _ in day("2026-06-01") })
    #expect(adjustments.count == 7)
    #expect(adjustments.map(\.fen).sum() == -3500)
    #expect(
      adjustments.allSatisfy {
        $0.kind == .clawback && $0.payee == .canteen && $0.cause == .deceased
      })
  }
}
