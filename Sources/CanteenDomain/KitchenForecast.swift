/// 预测: how many people come who did not order, from the same weekday of recent weeks.
///
/// The mean of the last four such days, the latest counting four times and the oldest once; where
/// there is none, the plain mean of the last ten days on which the canteen served. A simple rule that
/// a cook can follow with a pencil; its error is shown afterwards.
public struct KitchenForecast: Sendable, Hashable {
  /// How many came on one day without an order.
  public struct Past: Sendable, Hashable {
    public var day: Day
    public var walkIns: Int

    public init(day: Day, walkIns: Int) {
      self.day = day
      self.walkIns = walkIns
    }
  }

  public var day: Day
  public var walkIns: Int
  /// The days it was made from, the latest first; empty where nothing is known.
  public var basis: [Day]

  /// How many weeks back it looks.
  public static let weeks = 8

  /// - Parameter past: days on which the canteen served the meal; those from `day` on are not used.
  public init(for day: Day, from past: [Past]) {
    self.day = day
    let before = past.filter { $0.day < day && day - $0.day <= Self.weeks * 7 }
      .sorted { $0.day > $1.day }
    let alike = before.filter { $0.day.weekday == day.weekday }.prefix(4)
    if !alike.isEmpty {
      let weights = alike.indices.map { 4 - $0 }
      let sum = zip(alike, weights).reduce(0) { $0 + $1.0.walkIns * $1.1 }
      walkIns = Self.rounded(sum, by: weights.reduce(0, +))
      basis = alike.map(\.day)
    } else {
      let last = before.prefix(10)
      walkIns = Self.rounded(last.reduce(0) { $0 + $1.walkIns }, by: last.count)
      basis = last.map(\.day)
    }
  }

  private static func rounded(_ sum: Int, by count: Int) -> Int {
    count == 0 ? 0 : (sum * 2 + count) / (count * 2)
  }
}
