extension Region.Code {
  /// The level that the form of the code tells: six digits for counties and above (GB/T 2260), nine
  /// for streets, twelve for communities; anything longer or with other characters is a group.
  public var level: Region.Level {
    guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return .group }
    switch text.utf8.count {
    case 2: return .province
    case 4: return .city
    case 6: return text.hasSuffix("0000") ? .province : text.hasSuffix("00") ? .city : .county
    case 9: return .street
    case 12: return .community
    default: return .group
    }
  }
}

extension RegionPath {
  /// The region of that level on the path; nil if the path does not have one. In the four
  /// municipalities (北京、天津、上海、重庆) the province is the city.
  public func code(at level: Region.Level) -> Region.Code? {
    if let code = codes.first(where: { $0.level == level }) { return code }
    let municipalities: Set = ["110000", "120000", "310000", "500000"]
    guard level == .city, let first = codes.first, municipalities.contains(first.text) else {
      return nil
    }
    return first
  }

  /// Whether both paths have a region of that level and it is the same.
  public func shares(_ level: Region.Level, with other: RegionPath) -> Bool {
    guard let mine = code(at: level), let theirs = other.code(at: level) else { return false }
    return mine == theirs
  }

  /// The whole path of a code that follows the national scheme: `511323102001` lies in the street
  /// `511323102`, the county `511323`, the city `511300` and the province `510000`.
  public init(expanding code: String) {
    let digits = Array(code)
    guard code.allSatisfy(\.isASCIIDigit), [6, 9, 12].contains(digits.count) else {
      self.init([Region.Code(code)])
      return
    }
    let province = String(digits[0..<2]) + "0000"
    var texts = [province]
    for text in [String(digits[0..<4]) + "00", String(digits[0..<6])] where texts.last != text {
      texts.append(text)
    }
    if digits.count >= 9 { texts.append(String(digits[0..<9])) }
    if digits.count == 12 { texts.append(code) }
    self.init(texts.map { Region.Code($0) })
  }
}
