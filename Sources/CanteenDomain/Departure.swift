/// 身故、迁出: why and from which day a person leaves the scheme, as lists of civil affairs have it.
public struct Departure: Sendable, Hashable {
  public var status: Diner.Status
  public var day: Day
  /// The last day, for what does not last; nil while it has no end.
  public var to: Day?
  public var reason: String

  public init(status: Diner.Status, day: Day, to: Day? = nil, reason: String) {
    self.status = status
    self.day = day
    self.to = to
    self.reason = reason
  }
}

/// A meal that was taken after its diner had left.
public struct MealAfterDeparture: Sendable, Hashable {
  public var diner: Diner.ID
  public var name: String
  public var status: Diner.Status
  public var since: Day
  public var day: Day
  public var period: MealPeriod
  public var canteen: Canteen.Code
  /// What funding sources paid for it.
  public var subsidy: Fen

  public init(
    diner: Diner.ID, name: String, status: Diner.Status, since: Day, day: Day, period: MealPeriod,
    canteen: Canteen.Code, subsidy: Fen
  ) {
    self.diner = diner
    self.name = name
    self.status = status
    self.since = since
    self.day = day
    self.period = period
    self.canteen = canteen
    self.subsidy = subsidy
  }
}
