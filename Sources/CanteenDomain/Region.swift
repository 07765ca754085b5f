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

/// A place with everything above it: what a residence test asks ("within district 310107?").
public struct RegionPath: Sendable, Hashable, Codable {
  /// From the widest region to the place itself.
  public var codes: [Region.Code]

  public init(_ codes: [Region.Code]) { self.codes = codes }

  /// Whether the place is `region` or lies inside it.
  public func isWithin(_ region: Region.Code) -> Bool { codes.contains(region) }
}
