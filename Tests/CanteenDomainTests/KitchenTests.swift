import CanteenDomain
import Testing

/// The kitchen's count and its forecast, as arithmetic.
@Suite("the kitchen's numbers")
struct KitchenTests {
  private let day = Day(2026, 12, 1)!

  private let dishes = [
    Dish(name: "套餐", category: .set, price: 1200, allergens: []),
    Dish(name: "宫保鸡丁", category: .meat, price: nil, allergens: ["花生"], textures: [.minced]),
    Dish(name: "炒青菜", category: .vegetable, price: nil, allergens: []),
    Dish(name: "米饭", category: .staple, price: nil, allergens: []),
    Dish(name: "清蒸鱼", category: .meat, price: 1500, allergens: ["鱼类"], isSingle: true),
  ]

  private var menu: Menu { Menu(canteen: "C", day: day, period: .lunch, dishes: dishes) }

  private func guest(
    _ id: Diner.ID, diets: [String] = [], gaps: [KitchenCount.Gap] = [],
    size: Order.Size = .regular, mode: ServiceMode = .dineIn, dishes: [String] = []
  ) -> KitchenCount.Guest {
    KitchenCount.Guest(
      order: Order(
        diner: id, day: day,
        wish: Order.Wish(canteen: "C", period: .lunch, mode: mode, size: size, dishes: dishes)),
      name: "P\(id)", group: "1组", diets: diets, gaps: gaps)
  }

  private func count(_ guests: [KitchenCount.Guest], _ known: [DishRecord] = []) -> KitchenCount {
    KitchenCount(
      canteen: "C", day: day, period: .lunch, menu: menu, guests: guests, known: known)
  }

  @Test
  func `portions add up by dish, size and mode`() {
    let count = count(
      [guest(1), guest(2, size: .large), guest(3, mode: .homeDelivery), guest(4, dishes: ["清蒸鱼"])])

    #expect(count.count(of: "米饭") == 3 && count.count(of: "清蒸鱼") == 1)
    #expect(
      count.portions.filter { $0.dish == "宫保鸡丁" }.map { "\($0.size) \($0.mode) \($0.count)" } == [
        "large dineIn 1", "regular dineIn 1", "regular homeDelivery 1",
      ])
    #expect(count.persons(mode: .homeDelivery) == 1 && count.persons(size: .large) == 1)
    #expect(count.specials.isEmpty)
  }

  @Test
  func `only a dish that is really on the menu makes a special line, with what to cook instead`()
    throws
  {
    let count = count([guest(1, diets: ["peanut_allergy"]), guest(2, diets: ["忌葱"])])

    let special = try #require(count.specials.first)
    #expect(count.specials.count == 1)
    #expect(special.swaps.map(\.clash.dish) == ["宫保鸡丁"])
    #expect(special.swaps.map(\.instead) == ["清蒸鱼"])
    #expect(special.dishes == ["清蒸鱼", "炒青菜", "米饭"])
    #expect(count.count(of: "宫保鸡丁") == 1 && count.count(of: "清蒸鱼") == 1)
  }

  @Test
  func `where the menu has nothing that would do the canteen's list is asked, then the cook`() {
    let person = guest(1, diets: ["花生过敏", "忌鱼"])
    let pork = DishRecord(canteen: "C", name: "红烧肉", category: .meat)
    let gone = DishRecord(canteen: "C", name: "回锅肉", category: .meat, isServed: false)

    #expect(count([person], [gone, pork]).specials.first?.swaps.map(\.instead) == ["红烧肉"])
    #expect(count([person], [gone]).specials.first?.swaps.map(\.instead) == [nil])
  }

  @Test
  func `who eats soft food gets another dish where today's cannot be made soft`() throws {
    let soft = DishRecord(canteen: "C", name: "肉末蒸蛋", category: .meat, textures: [.soft])

    let special = try #require(count([guest(1, diets: ["软食", "低盐"])], [soft]).specials.first)

    #expect(special.swaps.map { "\($0.clash.dish) → \($0.instead ?? "")" } == ["宫保鸡丁 → 清蒸鱼"])
    #expect(special.preparations == ["软食", "低盐"])
  }

  @Test
  func `four persons of whom three are incomplete are all counted, three flagged, one special`() {
    let count = count([
      guest(1, diets: ["花生过敏"]), guest(2, gaps: [.address], mode: .homeDelivery),
      guest(3, gaps: [.emergencyContact]),
      guest(4, gaps: [.phone, .birthDate], mode: .homeDelivery),
    ])

    #expect(count.guests.count == 4 && count.count(of: "米饭") == 4)
    #expect(count.incomplete.map(\.order.diner) == [2, 3, 4])
    #expect(count.specials.map(\.guest.order.diner) == [1])
  }

  @Test
  func `without a menu the persons are still there`() {
    let count = KitchenCount(
      canteen: "C", day: day, period: .lunch, menu: nil, guests: [guest(1), guest(2)])

    #expect(count.guests.count == 2 && count.portions.isEmpty)
  }

  @Test
  func `the forecast is the same weekday of four weeks, the latest four times`() {
    // Tuesdays with 10, 20, 30, 40, the latest last, and Mondays that do not matter.
    let past = (1...4).flatMap { week in
      [
        KitchenForecast.Past(day: day - week * 7, walkIns: 50 - week * 10),
        KitchenForecast.Past(day: day - week * 7 - 1, walkIns: 999),
      ]
    }

    let forecast = KitchenForecast(for: day, from: past)

    // (40·4 + 30·3 + 20·2 + 10·1) / 10
    #expect(forecast.walkIns == 30)
    #expect(forecast.basis == [day - 7, day - 14, day - 21, day - 28])
  }

  @Test(
    "where no such weekday is known the last ten days speak, and nothing says nothing",
    arguments: [([4, 5], 5), ([4, 4, 5], 4), ([], 0)])
  func fewDays(walkIns: [Int], expected: Int) {
    let past = walkIns.enumerated().map {
      KitchenForecast.Past(day: day - 1 - $0.offset, walkIns: $0.element)
    }

    #expect(KitchenForecast(for: day, from: past).walkIns == expected)
    #expect(KitchenForecast(for: day, from: past).basis.count == walkIns.count)
  }

  @Test
  func `what came on the day or after it is never used`() {
    let past = [0, 1, -70].map { KitchenForecast.Past(day: day + $0, walkIns: 100) }

    #expect(KitchenForecast(for: day, from: past).walkIns == 0)
  }
}
