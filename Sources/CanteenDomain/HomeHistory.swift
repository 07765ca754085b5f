/// Where a person was at home when, as the records of the register tell it one after another.
public struct HomeHistory<Home: Sendable>: Sendable {
  /// What the last record says: the home of now and of the time to come.
  public private(set) var current: Home
  /// The homes before it, in the order of their days, each with its last one.
  public private(set) var former: [(until: Day, home: Home)] = []

  /// Begins with the first record. Nothing is known of a time before it, so its home has always been.
  public init(_ first: Home) { current = first }

  /// Takes the next record in.
  /// - Parameter from: since when it holds; nil for a record that corrects what was always so, and
  ///   leaves no former home.
  public mutating func record(_ home: Home, from: Day?) {
    defer { current = home }
    guard let from else {
      former = []
      return
    }
    let before = self.home(on: from - 1)
    former.removeAll { $0.until >= from - 1 }
    former.append((from - 1, before))
  }

  /// The home of a day.
  public func home(on day: Day) -> Home { former.first { day <= $0.until }?.home ?? current }
}
