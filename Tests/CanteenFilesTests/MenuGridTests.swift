import CanteenDomain
import CanteenFiles
import Testing

/// Lists of dishes and a week's grid, as kitchens keep them.
@Suite("tables of dishes and plans")
struct MenuGridTests {
  private func table(_ text: String, _ columns: [Column]) throws -> Table {
    try Table(
      DecodedText(bytes: Array(text.utf8), fileName: "排餐.csv"), columns: columns)
  }

  @Test
  func `a grid becomes a plan for each meal of each day`() throws {
    let cells = try MenuGrid.read(
      table(
        """
        餐次,类别,周一,周二,星期日
        午餐,套餐,标准套餐 12.00元,标准套餐,
        午餐,荤,红烧肉、清蒸鱼（单点）,,
        晚餐,主食,,,面条

        """, MenuGrid.columns)
    ).compactMap(\.value).flatMap { $0 }

    let plans = MenuGrid.plans(cells, canteen: "DFL-01", monday: Day(2026, 11, 30)!)

    #expect(plans.map(\.day.description) == ["2026-11-30", "2026-12-01", "2026-12-06"])
    #expect(
      plans[0].entries == [
        MenuPlan.Entry("标准套餐", price: 1200), MenuPlan.Entry("红烧肉"),
        MenuPlan.Entry("清蒸鱼", isSingle: true),
      ])
    #expect(plans[2].period == .dinner)
  }

  @Test
  func `a price that is none is named by its cell`() throws {
    let readings = try MenuGrid.read(
      table("餐次,周一\n午餐,红烧肉 八元\n", MenuGrid.columns))

    #expect(readings[0].value == nil)
    #expect(readings[0].faults.first?.sentence.zh.contains("第 2 行「周一」") == true)
  }

  @Test
  func `a dish has its nutrition in whole milligrams, and a wrong texture is refused`() throws {
    let readings = try DishRow.read(
      table(
        """
        菜名,类别,配料,过敏原,质地,能量,蛋白质,钠,成本,价格
        红烧肉,荤,五花肉、酱油,大豆,软食、碎食,420,18.25,900,6.50,9.00
        青菜,素,青菜,,硬,50,,,,

        """, DishRow.columns))

    let dish = try #require(readings[0].value)
    #expect(dish.record.textures == [.soft, .minced])
    #expect(dish.record.nutrition.proteinMg == 18_250 && dish.record.nutrition.sodiumMg == 900)
    #expect(dish.record.cost == 650 && dish.price == 900)
    #expect(readings[1].value == nil && readings[1].faults.count == 1)
  }
}
