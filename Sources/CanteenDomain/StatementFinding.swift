/// One row of the 异常清单: a finding about a statement's days as it stood when the statement was
/// closed, with the meal that it is about.
public struct StatementFinding: Sendable, Hashable, Codable {
  /// The meal that a finding names; whoever ate it is masked.
  public struct Meal: Sendable, Hashable, Codable {
    public var name: String
    public var age: Int?
    public var residence: String
    public var servedAt: Instant
    public var period: MealPeriod
    public var auth: AuthMethod
    public var terminal: String

    /// - Parameter line: the meal's own line of the statement.
    public init(_ line: StatementLine, _ checkIn: CheckIn) {
      name = line.name
      age = line.age
      residence = line.residence
      servedAt = checkIn.servedAt
      period = checkIn.period
      auth = checkIn.auth
      terminal = checkIn.terminal
    }
  }

  public var number: Int
  public var finding: Finding
  /// Nil for a finding about a day or a person as a whole.
  public var meal: Meal?

  public init(number: Int, finding: Finding, meal: Meal?) {
    self.number = number
    self.finding = finding
    self.meal = meal
  }
}
