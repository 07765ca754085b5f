import CanteenDomain
import Testing

/// What stands between a plan and the door.
@Suite("the check of a week's menus")
struct MenuCheckTests {
  private let monday = Day(2026, 11, 30)!

  private func menu(_ offset: Int = 0, _ dishes: Dish...) -> Menu {
    Menu(canteen: "DFL-01", day: monday + offset, period: .lunch, dishes: dishes)
  }

  private func dish(
    _ name: String, _ category: Dish.Category = .meat, price: Fen? = nil, of: [String] = [],
    with allergens: [String] = []
  ) -> Dish {
    Dish(name: name, category: category, price: price, allergens: allergens, ingredients: of)
  }

  @Test
  func `a soup and rice make no menu, a vegetable dish does`() {
    let without = menu(0, dish("番茄汤", .soup), dish("米饭", .staple))
    let with = menu(0, dish("番茄汤", .soup), dish("炒青菜", .vegetable))

    #expect(throws: MenuRefusal.noMainDish(monday, .lunch)) { try without.checkPublishable() }
    #expect(MenuCheck().findings([without]).map(\.weight) == [.mend])
    #expect(MenuCheck().findings([with]).isEmpty)
  }

  @Test
  func `an ingredient with an allergen has to be declared, in the menu's own words`() {
    let silent = dish("宫保鸡丁", of: ["鸡肉", "花生米"])
    let spoken = dish("宫保鸡丁", of: ["鸡肉", "花生米"], with: ["花生"])
    let potato = dish("土豆丝", .vegetable, of: ["土豆"])
    let tofu = dish("家常豆腐", .vegetable, of: ["豆腐"])

    #expect(MenuCheck().findings([menu(0, silent)]).map(\.weight) == [.mend])
    #expect(MenuCheck().findings([menu(0, silent)])[0].sentence.zh.contains("花生米"))
    #expect(MenuCheck().findings([menu(0, spoken, potato)]).isEmpty)
    #expect(MenuCheck().findings([menu(0, tofu)])[0].sentence.zh.contains("大豆"))
  }

  @Test
  func `a set beyond the guide price has to be mended, at its edge it has not`() {
    let guide = GuidePrice(amount: 1300, float: Rate(percent: 30), outside: .flag)
    let check = MenuCheck(guides: [monday: [guide]])

    #expect(check.findings([menu(0, dish("套餐", .set, price: 1690))]).isEmpty)
    #expect(
      check.findings([menu(0, dish("套餐", .set, price: 1691))]).map(\.weight) == [.mend])
    #expect(
      check.findings([menu(0, dish("套餐", .set, price: 1000), dish("虾", price: 2800))]).isEmpty)
  }

  @Test
  func `the third time in a week is said once, and never stands in the way`() {
    let week = (0..<4).map { menu($0, dish("红烧肉")) } + [menu(7, dish("红烧肉"))]

    let findings = MenuCheck().findings(week)

    #expect(findings.map(\.weight) == [.look])
    #expect(findings.map(\.day) == [monday + 2])
  }

  @Test
  func `nothing is served on a closing day`() {
    let check = MenuCheck(closed: [monday: "检修"])

    #expect(check.findings([menu(0, dish("红烧肉"))]).map(\.weight) == [.mend])
    #expect(check.findings([menu(1, dish("红烧肉"))]).isEmpty)
  }

  @Test(
    "of the sides only those are charged that no main brings",
    arguments: [
      (10, 7, 1, 0, 12_000), (10, 10, 1, 0, 12_000), (10, 12, 1, 2, 12_400), (0, 3, 1, 3, 600),
      (1, 3, 2, 1, 1_400),
    ])
  func sides(mains: Int, sides: Int, included: Int, charged: Int, list: Int) {
    let basket = MealBasket(
      [
        .init(dish("红烧肉", price: 1200), mains), .init(dish("米饭", .staple, price: 200), sides),
      ], sidesPerMain: included)

    #expect(basket.chargedSides == charged)
    #expect(basket.list == Fen(list))
  }
}
