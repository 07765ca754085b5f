import CanteenDomain
import CanteenFiles

/// The sample's menu: the week after its last meal, for both canteens.
struct SampleMenu {
  static let monday = SampleMeals.day(2026, 11, 2)

  private var random: SampleRandom

  init(seed: UInt64) { random = SampleRandom(seed: seed, stream: "menu") }

  mutating func week() -> [UInt8] {
    var rows: [[CSVCell]] = []
    for community in SamplePlaces.communities {
      for offset in 0..<7 {
        for period in [MealPeriod.lunch, .dinner] {
          rows += meal(at: community.canteen, on: SampleMenu.monday + offset, period)
        }
      }
    }
    return CSVWriter.bytes(
      header: ["助餐点", "日期", "餐次", "菜名", "类别", "价格", "过敏原"], rows: rows)
  }

  private mutating func meal(
    at canteen: String, on day: Day, _ period: MealPeriod
  ) -> [[CSVCell]] {
    let place: [CSVCell] = [.text(canteen), .day(day), .text(period.name.zh)]
    let isLunch = period == .lunch
    var rows = [place + [.text("标准套餐"), .text("套餐"), .money(1200), .empty]]
    for (words, category, count, prices) in [
      (SampleWords.meat, "荤", isLunch ? 2 : 1, [600, 700, 800]),
      (SampleWords.vegetables, "素", 2, [300, 350, 400]),
      (SampleWords.soups, "汤", 1, [100, 150]), (SampleWords.staples, "主食", isLunch ? 1 : 2, [100]),
    ] {
      for (dish, allergens) in random.shuffled(words).prefix(count) {
        rows.append(
          place + [
            .text(dish), .text(category), .money(Fen(random.one(of: prices))), .text(allergens),
          ])
      }
    }
    return rows
  }
}
