import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// From a list of dishes over a plan to what hangs at the door.
@Suite("menus", .database)
struct MenuServiceTests {
  private let monday = day("2026-11-30")

  /// A canteen that keeps a list of nine dishes.
  private func kitchen() async throws -> MenuPlanService {
    let database = TestDatabase.current.database
    _ = try await SmallCommunity(database)
    let names: [(String, Dish.Category)] = [
      ("标准套餐", .set), ("红烧肉", .meat), ("清蒸鱼", .meat), ("炒青菜", .vegetable),
      ("家常豆腐", .vegetable), ("番茄汤", .soup), ("紫菜汤", .soup), ("米饭", .staple), ("馒头", .staple),
    ]
    _ = try await DishService(database).add(
      names.map { DishRecord(canteen: "DFL-01", name: $0.0, category: $0.1) }, by: aClerk)
    return MenuPlanService(database)
  }

  private func plan(_ names: String..., on day: Day? = nil) -> MenuPlan {
    MenuPlan(
      canteen: "DFL-01", day: day ?? monday, period: .lunch, entries: names.map { .init($0) })
  }

  private func published() async throws -> [Menu] {
    try await MenuService(TestDatabase.current.database)
      .published("DFL-01", from: monday, to: monday + 13)
  }

  @Test
  func `seven dishes and then six leave exactly six, and the seven stay in the books`() async throws
  {
    let service = try await kitchen()
    try await service.plan(
      [plan("标准套餐", "红烧肉", "清蒸鱼", "炒青菜", "家常豆腐", "番茄汤", "米饭")], by: aClerk)
    let first = try await service.publish("DFL-01", of: monday, by: aClerk).published
    let again = try await service.publish("DFL-01", of: monday, by: aClerk).published
    try await service.plan([plan("标准套餐", "红烧肉", "炒青菜", "家常豆腐", "番茄汤", "米饭")], by: aClerk)

    let second = try await service.publish("DFL-01", of: monday, by: aClerk).published

    #expect([first, again, second] == [1, 0, 1])
    #expect(try await published().map(\.dishes.count) == [6])
    let kept = try await TestDatabase.current.database.query(
      "select count(*) from menu_dishes group by revision order by revision", as: Int.self)
    #expect(kept == [7, 6])
  }

  @Test
  func `an unknown dish refuses the whole week and nothing is stored`() async throws {
    let service = try await kitchen()

    await #expect(throws: MenuRefusal.unknownDish("佛跳墙", monday + 1, .lunch)) {
      try await service.plan(
        [plan("红烧肉"), plan("佛跳墙", on: monday + 1)], by: aClerk)
    }
    await #expect(throws: MenuRefusal.unknownDish("佛跳墙", monday, .lunch)) {
      _ = try await MenuService(TestDatabase.current.database).publish(
        [
          Menu(
            canteen: "DFL-01", day: monday, period: .lunch,
            dishes: [Dish(name: "佛跳墙", category: .meat, price: nil, allergens: [])])
        ], by: aClerk)
    }

    #expect(try await service.week("DFL-01", of: monday).isEmpty)
    #expect(try await published().isEmpty)
  }

  @Test
  func `a day without a main refuses the whole week and nothing is stored`() async throws {
    let service = try await kitchen()
    try await service.plan([plan("红烧肉"), plan("米饭", "番茄汤", on: monday + 1)], by: aClerk)

    await #expect(throws: MenuRefusal.self) {
      _ = try await service.publish("DFL-01", of: monday, by: aClerk)
    }

    #expect(try await published().isEmpty)
  }

  @Test
  func `a set costs what it costs from its day on`() async throws {
    let service = try await kitchen()
    let dishes = DishService(TestDatabase.current.database)
    for (from, fen) in [(monday - 30, Fen(1200)), (monday + 2, Fen(1300))] {
      _ = try await dishes.setPrice(
        DishPrice(canteen: "DFL-01", dish: "标准套餐", from: from, price: fen), by: aClerk)
    }
    try await service.plan(
      (0..<4).map { plan("标准套餐", "红烧肉", on: monday + $0) }, by: aClerk)

    _ = try await service.publish("DFL-01", of: monday, by: aClerk)

    #expect(try await published().map(\.setPrice) == [1200, 1200, 1300, 1300])
  }

  @Test
  func `a week is copied day by day, without the closing day`() async throws {
    let service = try await kitchen()
    try await service.plan((0..<5).map { plan("红烧肉", "米饭", on: monday + $0) }, by: aClerk)
    try await service.set(
      CanteenDay(canteen: "DFL-01", day: monday + 8, kind: .closed, name: "检修"), by: aClerk)

    let copied = try await service.copy("DFL-01", from: monday + 3, to: monday + 9, by: aClerk)

    #expect(copied == 4)
    #expect(
      try await service.week("DFL-01", of: monday + 7).map { $0.day - monday } == [7, 9, 10, 11])
    #expect(try await service.publish("DFL-01", of: monday + 7, by: aClerk).published == 4)
    await #expect(throws: MenuRefusal.notPlanned(monday + 14, monday + 20)) {
      _ = try await service.copy("DFL-01", from: monday + 14, to: monday, by: aClerk)
    }
  }

  @Test
  func `what the list knows of a dish stands on the menu, and stays when the list changes`()
    async throws
  {
    let service = try await kitchen()
    let dishes = DishService(TestDatabase.current.database)
    var fish = DishRecord(
      canteen: "DFL-01", name: "清蒸鱼", category: .meat, ingredients: ["鲈鱼"], allergens: ["鱼类"],
      textures: [.soft], nutrition: .init(energyKcal: 180), cost: 700)
    #expect(try await dishes.add([fish], by: aClerk).changed == 1)
    #expect(try await dishes.add([fish], by: aClerk).unchanged == 1)
    try await service.plan([plan("清蒸鱼")], by: aClerk)
    _ = try await service.publish("DFL-01", of: monday, by: aClerk)
    fish.ingredients = ["草鱼"]

    _ = try await dishes.add([fish], by: aClerk)

    let dish = try #require(try await published().first?.dishes.first)
    #expect(dish.ingredients == ["鲈鱼"] && dish.allergens == ["鱼类"] && dish.textures == [.soft])
    #expect(dish.energyKcal == 180)
  }
}
