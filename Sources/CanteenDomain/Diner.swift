/// 就餐老人: a person of the register.
public enum Diner {
  /// The register's own number for a person; never printed on anything that leaves the office.
  public typealias ID = Int64

  /// 状态: what takes a person out of the scheme for a time or for ever. Who has none is active.
  public enum Status: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case paused
    case moved
    case inInstitution = "in_institution"
    case deceased
    case staff
    case withdrawn

    public var name: Sentence {
      switch self {
      case .paused: Sentence(zh: "暂停", en: "paused")
      case .moved: Sentence(zh: "迁出", en: "moved away")
      case .inInstitution: Sentence(zh: "入住机构", en: "in an institution")
      case .deceased: Sentence(zh: "身故", en: "deceased")
      case .staff: Sentence(zh: "工作人员", en: "staff")
      case .withdrawn: Sentence(zh: "退出", en: "withdrawn")
      }
    }

    /// Whether it ends what the person was entitled to for good.
    public var isFinal: Bool { self == .deceased || self == .moved || self == .withdrawn }

    /// The last day on which an entitlement still holds if the status begins on `day`: the day of
    /// death still counts as alive, the day of moving no longer counts as here.
    public func lastEntitledDay(from day: Day) -> Day { self == .deceased ? day : day - 1 }
  }
}

extension String {
  /// A name as published lists show it: the first and, from three characters on, the last stay
  /// (张*梅, 李*).
  public var maskedName: String {
    let characters = Array(self)
    switch characters.count {
    case 0, 1: return "*"
    case 2: return "\(characters[0])*"
    default:
      return "\(characters[0])" + String(repeating: "*", count: characters.count - 2)
        + "\(characters[characters.count - 1])"
    }
  }

  /// A number with its last two characters only. Beside an age and a region the last four leave some
  /// thirty numbers to choose from, because the check digit speaks; the last two leave thousands.
  public var maskedButTwo: String {
    String(repeating: "*", count: Swift.max(0, count - 2)) + suffix(2)
  }

  /// A phone number as lists show it: `139****0022`; a short one keeps its last two digits only.
  public var maskedPhone: String {
    guard count >= 11 else { return maskedButTwo }
    return prefix(3) + String(repeating: "*", count: count - 7) + suffix(4)
  }
}
