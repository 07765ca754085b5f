import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Testing

/// Samples of food, and the check that misses them.
@Suite("food samples", .database)
struct FoodSampleTests {
  private let date = day("2026-03-04")

  private func samples() -> FoodSampleService {
    FoodSampleService(TestDatabase.current.database)
  }

  /// A meal that was served, by a menu of a set and two dishes.
  private func scene() async throws -> Scene {
    let scene = try await Scene(TestDatabase.current)
    _ = try await MenuService(TestDatabase.current.database).publish(
      [
        Menu(
          canteen: "DFL-01", day: date, period: .lunch,
          dishes: [
            Dish(name: "套餐", category: .set, price: 1200, allergens: []),
            Dish(name: "红烧肉", category: .meat, price: nil, allergens: []),
            Dish(name: "青菜", category: .vegetable, price: nil, allergens: []),
          ])
      ], by: aClerk)
    try await scene.meals("2026-03-04", persons: 1...3)
    return scene
  }

  @Test
  func `R30: a served dish without a sample fires, 125 g do not, 124 g do`() async throws {
    let scene = try await scene()
    let before = try await scene.findings("R30").map(\.subject)
    let noon = moment("2026-03-04", "12:30")
    _ = try await samples().take(["红烧肉"], grams: 125, "DFL-01", on: date, .lunch, by: noon)
    let half = try await scene.findings("R30").map(\.subject)
    _ = try await samples().take(["青菜"], grams: 125, "DFL-01", on: date, .lunch, by: noon)
    let all = try await scene.findings("R30")
    _ = try await samples().take(["青菜"], grams: 124, "DFL-01", on: date, .lunch, by: noon)

    let light = try await scene.findings("R30")

    #expect(before == ["samples"] && half == ["sample lunch 青菜"])
    #expect(all.isEmpty)
    #expect(light.map(\.subject) == ["sample lunch 青菜"])
    #expect(light.first?.sentence.zh == "青菜 留样 124 克，至少 125 克")
  }

  @Test
  func `a menu that nobody ate from needs no sample`() async throws {
    let scene = try await scene()
    _ = try await MenuService(TestDatabase.current.database).publish(
      [
        Menu(
          canteen: "DFL-01", day: date, period: .dinner,
          dishes: [Dish(name: "面条", category: .meat, price: 900, allergens: [])])
      ], by: aClerk)

    _ = try await samples().take(
      [], grams: 125, "DFL-01", on: date, .lunch, by: moment("2026-03-04", "12:30"))
    #expect(try await scene.findings("R30").isEmpty)
  }

  @Test
  func `a sample is kept for 48 hours, and for 72 where the office says so`() async throws {
    let scene = try await scene()
    let noon = moment("2026-03-04", "12:00")
    _ = try await samples().take([], grams: 200, "DFL-01", on: date, .lunch, by: noon)

    await #expect(throws: FoodSampleRefusal.tooEarly("红烧肉", day("2026-03-06"), time("12:00"))) {
      _ = try await samples().destroy(
        ["红烧肉"], "DFL-01", on: date, .lunch, by: moment("2026-03-06", "11:59"))
    }
    try await scene.service.setThreshold(
      check: "R30", parameter: "min_hours", value: "72", canteen: "DFL-01", by: aClerk)
    await #expect(throws: FoodSampleRefusal.self) {
      _ = try await samples().destroy(
        [], "DFL-01", on: date, .lunch, by: moment("2026-03-06", "12:00"))
    }
    #expect(
      try await samples().destroy(
        [], "DFL-01", on: date, .lunch, by: moment("2026-03-07", "12:00")) == 2)

    #expect(try await scene.findings("R30").isEmpty)
    let book = try await samples().list("DFL-01", from: date, to: date)
    #expect(book.samples.map(\.destroyedBy) == ["测试员", "测试员"] && book.settings.hoursMin == 72)
    await #expect(throws: FoodSampleRefusal.destroyed("青菜")) {
      _ = try await samples().destroy(
        ["青菜"], "DFL-01", on: date, .lunch, by: moment("2026-03-08"))
    }
  }

  @Test
  func `R30: one that was destroyed before its time fires, whoever wrote it`() async throws {
    let scene = try await scene()
    try await scene.run(
      """
      insert into food_samples
      select 'DFL-01', '2026-03-04', 'lunch', dish, 1, 200, 'x', now(),
          timestamptz '2026-03-04 12:00+08', 'x', timestamptz '2026-03-04 12:00+08' + kept, 'x'
      from (values ('红烧肉', interval '47 hours 59 minutes'), ('青菜', interval '48 hours'))
          as v (dish, kept)
      """)

    let findings = try await scene.findings("R30")

    #expect(findings.map(\.subject) == ["destroyed lunch 红烧肉"])
    #expect(findings.first?.sentence.en.contains("after 47 h") == true)
  }
}
