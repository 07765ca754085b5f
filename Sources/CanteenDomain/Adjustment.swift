/// What a later-known fact changes about one accepted meal: the old line, the new one, and what is
/// to be done about the difference.
///
/// The old line is never changed; an adjustment stands in the open period.
public struct Adjustment: Sendable, Hashable, Codable {
  /// Which way the money goes.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// More subsidy is due than was given.
    case credit
    /// Less was due; it is taken back from `payee`.
    case clawback
    /// Less was due, and the policy does not take it back; for the record only.
    case waived
    /// The meal lies before the retro window, or its policy allows none; for the record only.
    case outsideWindow = "outside_window"
    /// The sources change and the sum does not.
    case reallocation

    public var name: Sentence {
      switch self {
      case .credit: Sentence(zh: "补差", en: "credit")
      case .clawback: Sentence(zh: "追回", en: "clawback")
      case .waived: Sentence(zh: "不追回", en: "waived")
      case .outsideWindow: Sentence(zh: "超出追溯期", en: "outside of the window")
      case .reallocation: Sentence(zh: "来源调整", en: "reallocation")
      }
    }
  }

  /// Why the meal would be priced otherwise now.
  public enum Cause: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case deceased
    case inInstitution = "in_institution"
    /// An entitlement, a birth date, a region or a policy reads otherwise now.
    case facts

    public var name: Sentence {
      switch self {
      case .deceased: Sentence(zh: "去世后用餐，疑似冒领", en: "a meal after death")
      case .inInstitution: Sentence(zh: "入住机构期间用餐", en: "a meal while in an institution")
      case .facts: Sentence(zh: "资格或资料变更", en: "changed facts")
      }
    }
  }

  /// What changes for one source and rule.
  public struct Difference: Sendable, Hashable, Codable {
    public var source: FundingSource
    public var policyID: String
    public var version: String
    public var kind: StageKind
    public var layer: String
    public var rule: String
    /// New less old.
    public var fen: Fen
  }

  public var mealID: String
  public var dinerID: Int64
  public var day: Day
  public var kind: Kind
  public var cause: Cause
  public var old: PricedLine
  public var new: PricedLine
  public var differences: [Difference]
  /// New subsidy less old: positive for a credit.
  public var fen: Fen
  /// The meals that caps counted for the new line.
  public var accepted: [AcceptedMeal]
  /// Who is credited, or from whom it is taken back.
  public var payee: SettlementTerms.Payee

  /// Whether lines are to be written for it in the open period.
  public var isDue: Bool { kind == .credit || kind == .clawback || kind == .reallocation }
}
