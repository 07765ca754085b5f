import CanteenDomain
import CanteenFiles
import CanteenSample
import Testing

@Suite("The sample community")
struct SampleCommunityTests {
  private static let files = Dictionary(
    uniqueKeysWithValues: SampleCommunity().files().map { ($0.name, $0.bytes) })

  private func table(_ name: String, _ columns: [Column]) throws -> Table {
    let bytes = try #require(Self.files[name])
    return try Table(DecodedText(bytes: bytes, fileName: name), columns: columns)
  }

  private func values<Value>(_ readings: [RowReading<Value>]) throws -> [Value] {
    #expect(readings.flatMap(\.faults).isEmpty)
    #expect(readings.flatMap(\.warnings).isEmpty)
    #expect(readings.compactMap(\.duplicate).isEmpty)
    return readings.compactMap(\.value)
  }

  @Test("The same seed gives the same bytes, another seed other people")
  func deterministic() {
    let one = SampleCommunity(seed: 7).files()
    let same = SampleCommunity(seed: 7).files()
    let other = SampleCommunity(seed: 8).files()

    #expect(
      one.map(\.name) == ["regions.csv", "canteens.csv", "roster.csv", "sign-ins.csv", "menu.csv"])
    #expect(one.map(\.bytes) == same.map(\.bytes))
    #expect(one[2].bytes != other[2].bytes)
    #expect(one[3].bytes != other[3].bytes)
  }

  @Test("The bytes are the ones that this seed gave when it was released")
  func stable() {
    let sums = SampleCommunity(seed: 7).files().map { file in
      file.bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
      }
    }

    #expect(
      sums == [
        6_545_558_423_319_823_817, 4_798_133_384_412_679_072, 16_577_701_918_131_898_543,
        260_047_729_358_441_415, 1_606_287_964_650_974_004,
      ])
  }

  @Test("Every region but the province has its parent in the table")
  func regions() throws {
    let regions = try values(RegionRow.read(table("regions.csv", RegionRow.columns))).map(\.region)

    let codes = Set(regions.map(\.code))
    #expect(regions.count == 5 + 2 + 6 + 4)
    #expect(codes.count == regions.count)
    #expect(regions.filter { $0.parent == nil }.map(\.name) == ["四川省"])
    #expect(regions.allSatisfy { $0.parent.map(codes.contains) ?? true })
  }

  @Test("Both canteens stand in a community of the region table")
  func canteens() throws {
    let codes = Set(
      try values(RegionRow.read(table("regions.csv", RegionRow.columns))).map(\.region.code))

    let canteens = try values(CanteenRow.read(table("canteens.csv", CanteenRow.columns)))

    #expect(canteens.map(\.code) == ["DFL-01", "XFS-01"])
    #expect(canteens.allSatisfy { codes.contains($0.region) && $0.windows.count >= 2 })
  }

  @Test(
    "Everybody on the roster is 60 or older, with a number of their own and a card of their own")
  func roster() throws {
    let firstMeal = try #require(Day(2026, 8, 1))

    let people = try values(
      RosterRow.read(table("roster.csv", RosterRow.columns), asOf: firstMeal))

    #expect(people.count == 1_200)
    #expect(Set(people.map(\.idNumber)).count == people.count)
    #expect(Set(people.flatMap(\.cards)).count == people.count)
    #expect(people.allSatisfy { ($0.birthDate ?? firstMeal).addingMonths(720) <= firstMeal })
    let inCategories = people.count { !$0.categories.isEmpty }
    #expect((180...320).contains(inCategories), "\(inCategories) have a category")
    #expect(people.allSatisfy { $0.terms.allSatisfy { $0.from != nil } })
    #expect((100...240).contains(people.count { $0.phone == nil }))
    #expect(Set(people.map { "\($0.community ?? "") \($0.group ?? "")" }).count == 10)
  }

  @Test("Nobody takes the same meal twice, all are on the roster, and the holiday is kept")
  func signIns() throws {
    let today = try #require(Day(2026, 11, 1))
    let cards = Set(
      try values(RosterRow.read(table("roster.csv", RosterRow.columns), asOf: today))
        .flatMap(\.cards))
    let holiday = try #require(Day(2026, 10, 1))...#require(Day(2026, 10, 7))

    let meals = try values(SignInRow.read(table("sign-ins.csv", SignInRow.columns)))

    #expect((8_000...10_000).contains(meals.count), "\(meals.count) meals")
    #expect(Set(meals.map { "\($0.card) \($0.day) \($0.period)" }).count == meals.count)
    #expect(meals.allSatisfy { cards.contains($0.card) })
    #expect(!meals.contains { holiday.contains($0.day) })
    #expect(meals.map(\.day).min() == Day(2026, 8, 1))
    #expect(meals.map(\.day).max() == Day(2026, 10, 31))
    #expect(Set(meals.map(\.serial)).count == meals.count)
    #expect(meals.first { $0.canteen == "XFS-01" }?.serial == "XFS-01-000001")
  }

  @Test("Some people take lunch and dinner on one day, a few of them at both canteens")
  func personDays() throws {
    let meals = try values(SignInRow.read(table("sign-ins.csv", SignInRow.columns)))

    let personDays = Dictionary(grouping: meals) { "\($0.card) \($0.day)" }.values
    let twice = personDays.count { $0.count == 2 }
    let atBoth = personDays.count { Set($0.map(\.canteen)).count == 2 }

    #expect((100...1_500).contains(twice), "\(twice) person-days with two meals")
    #expect((5...100).contains(atBoth), "\(atBoth) person-days at both canteens")
  }

  @Test("Every meal of the week has a menu that may be published")
  func menu() throws {
    let dishes = try values(MenuRow.read(table("menu.csv", MenuRow.columns)))

    let menus = Dictionary(grouping: dishes) { "\($0.canteen ?? "") \($0.day) \($0.period)" }
    #expect(menus.count == 2 * 7 * 2)
    for rows in menus.values {
      let first = rows[0]
      let menu = Menu(
        canteen: first.canteen ?? "", day: first.day, period: first.period, dishes: rows.map(\.dish)
      )
      try menu.checkPublishable()
    }
    #expect(dishes.map(\.day).min() == Day(2026, 11, 2))
    #expect(dishes.map(\.day).max() == Day(2026, 11, 8))
  }
}
