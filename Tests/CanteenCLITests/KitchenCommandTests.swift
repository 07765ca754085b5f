import CanteenTestSupport
import Foundation
import Testing

/// A canteen's day by its commands: from a list of dishes to samples, labels and points.
@Suite("the kitchen's commands", .database)
struct KitchenCommandTests {
  private let now = "2026-11-23T12:04:00"

  private func run(_ line: String, at now: String? = nil) throws -> CommandLineRun {
    try SampleBooks.canteen(line, at: now ?? self.now)
  }

  /// What a command that works prints.
  private func output(_ line: String, at now: String? = nil) throws -> String {
    let run = try run(line, at: now)
    #expect(run.status == 0, "\(line): \(run.complaints)")
    return run.output
  }

  private func rows(_ line: String, at now: String? = nil) throws -> [[String: Any]] {
    let bytes = Data(try output(line + " --format json", at: now).utf8)
    return try JSONSerialization.jsonObject(with: bytes) as? [[String: Any]] ?? []
  }

  private static let dishes = """
    菜名,类别,配料,过敏原,质地,能量,成本,价格
    标准套餐,套餐,,,,,,12.00
    宫保鸡丁,荤,鸡肉、花生米,花生,,380,5.20,
    清蒸鲈鱼,荤,鲈鱼,鱼类,软食,210,9.00,18.00
    清炒时蔬,素,青菜,,软食,90,1.50,
    米饭,主食,大米,,软食,230,0.60,

    """

  private static let grid = """
    餐次,类别,周一,周二
    午餐,套餐,标准套餐,标准套餐
    午餐,荤,宫保鸡丁、清蒸鲈鱼（单点）,宫保鸡丁
    午餐,素,清炒时蔬,清炒时蔬
    午餐,主食,米饭,米饭

    """

  private func prepare(_ bench: borrowing Workbench) throws {
    try SampleBooks.setUp(bench.folder.path)
    _ = try output("dish import \(try bench.file("dishes.csv", Self.dishes)) --canteen DFL-01")
    _ = try output(
      "menu plan import \(try bench.file("grid.csv", Self.grid)) --canteen DFL-01 --week 2026-11-30"
    )
    _ = try output("menu publish --canteen DFL-01 --week 2026-11-30")
  }

  @Test
  func `a week is planned, checked, published, printed and fed`() throws {
    let bench = try Workbench()
    try prepare(bench)

    let check = try run("menu plan check --canteen DFL-01 --week 2026-11-30")
    let again = try output("menu publish --canteen DFL-01 --week 2026-11-30")
    let shown = try rows("menu show --canteen DFL-01 --from 2026-11-30")
    let poster = bench.folder.appendingPathComponent("poster.html").path
    _ = try output("menu poster --canteen DFL-01 --from 2026-11-30 --size a3 --to \(poster)")
    let feed = try output("menu feed --canteen DFL-01 --from 2026-11-30")
    let closed = try output("menu day 2026-12-02 closed --canteen DFL-01 --name 检修")
    let copied = try output("menu plan copy --canteen DFL-01 --from 2026-11-30 --week 2026-12-07")

    #expect(check.status == 0 && check.output.contains("可以发布"))
    #expect(again.contains("发布 0 份"))
    #expect(shown.count == 9)
    #expect(
      shown.filter { $0["dish"] as? String == "清蒸鲈鱼" }.compactMap { $0["price_fen"] as? Int }
        == [1800])
    #expect(try String(contentsOfFile: poster, encoding: .utf8).contains("A3 landscape"))
    #expect(feed.contains("<day date=\"2026-11-30\">"))
    #expect(closed.contains("停餐") && copied.contains("复制 2 餐"))
  }

  @Test
  func `a dish that nobody knows, or a menu without a main, stores nothing and says which`() throws
  {
    let bench = try Workbench()
    try prepare(bench)
    let unknown = "餐次,周一,周二\n午餐,宫保鸡丁,佛跳墙\n"
    let thin = "餐次,周一,周二\n午餐,宫保鸡丁,米饭\n"
    let week = "--canteen DFL-01 --week 2026-12-07"

    let refused = try run("menu plan import \(try bench.file("a.csv", unknown)) \(week)")
    let nothing = try run("menu publish \(week)")
    _ = try output("menu plan import \(try bench.file("b.csv", thin)) \(week)")
    let check = try run("menu plan check \(week)")
    let publish = try run("menu publish \(week)")

    #expect(refused.status == 2 && refused.complaints.contains("佛跳墙"))
    #expect(nothing.status == 2 && nothing.complaints.contains("没有排餐"))
    #expect(check.status == 3 && check.output.contains("缺少主菜"))
    #expect(publish.status == 2 && publish.complaints.contains("缺少主菜"))
    #expect(try rows("menu show --canteen DFL-01 --from 2026-12-07").isEmpty)
  }

  @Test
  func `orders by phone, standing and of a group become portions, labels and check-ins`() throws {
    let bench = try Workbench()
    try prepare(bench)
    let group = "卡号,日期,用餐方式,份量\nSMP000003,2026-11-30,送餐,小份\nSMP000004,2026-11-30,自提,\n"
    _ = try output("order add SMP000001 --canteen DFL-01 --day 2026-11-30 --channel phone")
    _ = try output(
      "order standing add SMP000002 --canteen DFL-01 --weekdays 1,2 --from 2026-11-30")
    _ = try output(
      "order import \(try bench.file("group.csv", group)) --canteen DFL-01 --channel group --for 日间照料中心"
    )
    _ = try output("order generate --canteen DFL-01 --from 2026-11-30")
    _ = try output("order cancel SMP000002 --day 2026-12-01")
    let again = try output("order generate --canteen DFL-01 --from 2026-11-30 --format json")

    let orders = try rows("order list --canteen DFL-01 --from 2026-11-30 --days 2")
    let portions = try rows("kitchen count --canteen DFL-01 --day 2026-11-30")
    let labels = bench.folder.appendingPathComponent("labels.html").path
    _ = try output("kitchen labels --canteen DFL-01 --day 2026-11-30 --to \(labels)")
    let rounds = try rows("delivery plan --canteen DFL-01 --day 2026-11-30 --courier 小李")
    let noon = "2026-11-30T12:00:00"
    let served = try output("order serve SMP000001", at: noon)
    let received = try output(
      "delivery receive SMP000003 --canteen DFL-01 --received-by 邻居老王", at: noon)
    let noShows = try rows("order no-shows --canteen DFL-01", at: "2026-12-02T09:00:00")

    #expect(again.contains("\"added\" : 0"), "\(again)")
    #expect(orders.count == 5 && orders.count { $0["state"] as? String == "cancelled" } == 1)
    #expect(
      portions.filter { $0["dish"] as? String == "米饭" }
        .compactMap { $0["portions"] as? Int }.reduce(0, +) == 4)
    #expect(
      try String(contentsOfFile: labels, encoding: .utf8).ranges(of: "class=\"label\"").count == 2)
    #expect(rounds.count == 1 && rounds[0]["stops"] as? Int == 1)
    #expect(served.contains("应付") && received.contains("应付"))
    #expect(noShows.count == 2)
  }

  @Test
  func `samples, production and points have their commands`() throws {
    let bench = try Workbench()
    try prepare(bench)
    let noon = "2026-11-30T12:00:00"
    _ = try output("volunteer rules --task 帮厨 --minutes 150 --points 15")
    _ = try output("volunteer rules --period lunch --points 2 --worth 4.00")
    let added = try output("volunteer add 周某 --diner SMP000001 --format json")
    let shift = try output(
      "volunteer shift 1 --canteen DFL-01 --task 帮厨 --minutes 150 --format json")

    let earned = try output("volunteer worked 1 1 --minutes 150")
    let paid = try output(
      "check-in one SMP000001 --canteen DFL-01 --period lunch --points-of 1", at: noon)
    #expect(added.contains("\"volunteer\" : 1") && shift.contains("\"shift\" : 1"))
    let account = try rows("volunteer points 1")
    let poor = try run("volunteer adjust 1 --points=-14 --reason 更正")
    let samples = try output("food-sample take --canteen DFL-01 --grams 150", at: noon)
    let early = try run("food-sample destroy --canteen DFL-01", at: "2026-11-30T13:00:00")
    let record = try output(
      "kitchen record --canteen DFL-01 --produced 100 --carried-over 3", at: noon)

    #expect(earned.contains("15"))
    #expect(paid.contains("积分 4.00"), "\(paid)")
    #expect(account.map { $0["balance"] as? Int } == [15, 13])
    #expect(poor.status == 2 && poor.complaints.contains("积分不足"))
    #expect(samples.contains("4 份留样"))
    #expect(early.status == 2 && early.complaints.contains("2026-12-02 12:00"))
    #expect(record.contains("3 项"))
  }
}
