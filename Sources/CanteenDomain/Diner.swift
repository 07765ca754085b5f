/// 就餐老人: a person of the register.
public enum Diner {
  /// The register's own number for a person; never printed on anything that leaves the office.
  public typealias ID = Int64
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
}
