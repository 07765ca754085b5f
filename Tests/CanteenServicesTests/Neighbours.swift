import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

extension SmallCommunity {
  /// Registers so many persons of 76, cards N1, N2…, and gives their numbers in that order.
  func neighbours(_ count: Int, diets: [String] = []) async throws -> [Diner.ID] {
    let rows = (1...count).map { index in
      let digits = String(1000 + index).suffix(3)
      let diet = index <= diets.count ? diets[index - 1] : ""
      return "邻\(Self.surnames[index % 20])\(index),女,\(Self.number("51132319500308" + digits)),"
        + "蓬安县,东风路社区,\(index % 6 + 1)组,N\(index),138000\(10000 + index),"
        + "和平路\(index)号,\(diet),家属,139000\(10000 + index)"
    }
    let outcome = try await register(
      "姓名,性别,身份证号,户籍地,居住社区,居民小组,卡号,联系电话,居住地址,饮食禁忌,紧急联系人,紧急联系电话\n"
        + rows.joined(separator: "\n") + "\n")
    try #require(outcome.added == count, "\(outcome.refused.map(\.sentence.zh))")
    let service = DinerService(database, vault: theVault)
    var ids: [Diner.ID] = []
    for index in 1...count { ids.append(try await service.person("N\(index)")) }
    return ids
  }

  private static let surnames = Array("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许").map(String.init)

  /// Publishes the same lunch for some days: a set of 12.00 with four dishes, and a single fish.
  func publishLunch(_ days: Day...) async throws {
    _ = try await MenuService(database).publish(
      days.map { day in
        Menu(canteen: "DFL-01", day: day, period: .lunch, dishes: Self.lunch)
      }, by: aClerk)
  }

  static let lunch = [
    Dish(name: "标准套餐", category: .set, price: 1200, allergens: []),
    Dish(name: "宫保鸡丁", category: .meat, price: nil, allergens: ["花生"]),
    Dish(name: "清炒时蔬", category: .vegetable, price: nil, allergens: []),
    Dish(name: "米饭", category: .staple, price: nil, allergens: []),
    Dish(name: "清蒸鲈鱼", category: .meat, price: 1500, allergens: ["鱼类"], isSingle: true),
    Dish(name: "馒头", category: .staple, price: 100, allergens: ["麸质"], isSingle: true),
  ]
}

/// A moment of a test: `2026-12-01T09:00`.
func moment(_ date: String, _ clock: String = "09:00") -> Attribution {
  Attribution(by: "测试员", at: CanteenCalendar.shanghai.instant(day(date), time(clock)))
}
