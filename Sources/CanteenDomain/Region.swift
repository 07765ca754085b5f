/// A place in the tree of administrative regions: city, county, street, community, resident group.
public struct Region: Sendable, Hashable, Codable {
  /// The region's code: GB/T 2260 digits for counties and above, statistical codes for streets and
  /// communities, and the office's own suffix for resident groups.
  public struct Code: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public let text: String
    public init(_ text: String) { self.text = text }
    public var description: String { text }
    public static func < (left: Code, right: Code) -> Bool { left.text < right.text }
    public init(from decoder: any Decoder) throws {
      text = try decoder.singleValueContainer().decode(String.self)
    }
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(text)
    }
  }

  /// 级别, from the widest to the narrowest.
  public enum Level: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case province
    case city
    case county
    case street
    case community
    case group

    public var name: Sentence {
      switch self {
      case .province: Sentence(zh: "省", en: "province")
      case .city: Sentence(zh: "市", en: "city")
      case .county: Sentence(zh: "区县", en: "county")
      case .street: Sentence(zh: "街道", en: "street")
      case .community: Sentence(zh: "社区", en: "community")
      case .group: Sentence(zh: "居民小组", en: "resident group")
      }
    }
  }

  public var code: Code
  public var name: String
  public var level: Level
  /// Nil only at the root of a tree.
  public var parent: Code?

  public init(code: Code, name: String, level: Level, parent: Code?) {
    self.code = code
    self.name = name
    self.level = level
    self.parent = parent
  }
}

extension Region {
  /// The number of a resident group, which offices write as they please: 3 for `3`, `三组`, `第3组`, `3组` and
  /// `第三居民小组`; nil for a name without one.
  public static func groupNumber(_ name: String) -> Int? {
    let plain = name.normalisedWidth().filter { !$0.isWhitespace }
    var rest = Substring(plain)
    if rest.first == "第" { rest = rest.dropFirst() }
    for ending in ["居民小组", "村民小组", "小组", "组", "社"] where rest.hasSuffix(ending) {
      rest = rest.dropLast(ending.count)
      break
    }
    if !rest.isEmpty, rest.allSatisfy(\.isASCIIDigit) { return Int(rest) }
    return chineseNumber(rest)
  }

  /// `三`, `十二`, `二十三`.
  private static func chineseNumber(_ text: Substring) -> Int? {
    let digits: [Character] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"]
    func digit(_ part: Substring) -> Int? {
      part.count == 1 ? part.first.flatMap { digits.firstIndex(of: $0) }.map { $0 + 1 } : nil
    }
    guard let ten = text.firstIndex(of: "十") else { return digit(text) }
    let (tens, ones) = (text[..<ten], text[text.index(after: ten)...])
    guard let count = tens.isEmpty ? 1 : digit(tens), let rest = ones.isEmpty ? 0 : digit(ones)
    else { return nil }
    return count * 10 + rest
  }
}

/// A place with everything above it: what a residence test asks ("within district 310107?").
public struct RegionPath: Sendable, Hashable, Codable {
  /// From the widest region to the place itself.
  public var codes: [Region.Code]

  public init(_ codes: [Region.Code]) { self.codes = codes }

  /// Whether the place is `region` or lies inside it.
  public func isWithin(_ region: Region.Code) -> Bool { codes.contains(region) }
}
