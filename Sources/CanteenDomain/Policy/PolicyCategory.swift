/// 人员类别: a group of people that a policy names, such as 低保, as a text code.
public struct Category: Word, Sendable, Hashable, Codable, Comparable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ code: String) { rawValue = code }

  /// The codes that the register knows from the start, with what offices call them; the first name
  /// is the one that is printed, the others are understood as well.
  static let known: [(code: String, zh: [String], en: String)] = [
    ("TEKUN", ["特困", "特困人员"], "supported destitute"),
    ("DIBAO", ["低保", "最低生活保障"], "subsistence allowance"),
    ("DIBAO_EDGE", ["低保边缘", "低边"], "near subsistence allowance"),
    ("LOW_INCOME", ["低收入"], "low income"),
    ("DISABLED_CARE", ["失能", "失能失智", "失智"], "care need"),
    ("SEVERE_DISABILITY", ["重残", "重度残疾", "重残无业"], "severe disability"),
    ("FP_SPECIAL", ["计生特殊", "计划生育特殊家庭", "失独"], "family-planning special family"),
    ("YOUFU", ["优抚", "优抚对象"], "entitled veteran or family"),
    ("SANSHU", ["三属"], "martyr's family"),
    ("WULAO", ["五老"], "five kinds of honoured elders"),
    ("CENTENARIAN", ["百岁老人"], "centenarian"),
    ("ADVANCED_AGE", ["高龄"], "advanced age"),
    ("EMPTY_NEST", ["空巢"], "empty nest"),
    ("LIVES_ALONE", ["独居"], "lives alone"),
    ("NO_FAMILY", ["孤寡"], "without family"),
    ("LEFT_BEHIND", ["留守"], "left behind"),
  ]

  private static let names: [String: Sentence] = Dictionary(
    uniqueKeysWithValues: known.map { ($0.code, Sentence(zh: $0.zh[0], en: $0.en)) })

  private static let codesByName: [String: String] = Dictionary(
    known.flatMap { entry in entry.zh.map { ($0, entry.code) } },
    uniquingKeysWith: { first, _ in first })

  /// The name for people; an unknown code is its own name.
  public var name: Sentence { Self.names[rawValue] ?? Sentence(zh: rawValue, en: rawValue) }

  /// Whether the register has this category from the start.
  public var isKnown: Bool { Self.names[rawValue] != nil }

  /// Every category that the register has from the start, in a fixed order.
  public static var allKnown: [Category] { known.map { Category($0.code) } }

  /// Reads a code (`DIBAO`, `dibao`) or a Chinese name (`低保`); any other text becomes a code.
  public init(named text: String) {
    let plain = text.normalisedWidth().trimmedSpaces()
    rawValue = Self.codesByName[plain] ?? plain.uppercased()
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// 照护等级: a level of care need, either in words (mild, moderate, severe) or a number from 0 to 6.
///
/// Cities use different scales; a policy may bring its own table from words to ranks.
public struct CareLevel: RawRepresentable, Sendable, Hashable, Codable {
  /// `mild`, `moderate`, `severe`, or digits.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public static let mild = CareLevel(rawValue: "mild")
  public static let moderate = CareLevel(rawValue: "moderate")
  public static let severe = CareLevel(rawValue: "severe")

  /// Where the words stand on the scale of 0 to 6 unless a policy says otherwise.
  public static let usualScale = ["none": 0, "mild": 2, "moderate": 4, "severe": 5]

  /// The rank on the scale of 0 to 6; nil for a word that the scale does not have.
  public func rank(in scale: [String: Int] = usualScale) -> Int? {
    scale[rawValue] ?? Int(rawValue)
  }

  /// Reads `severe`, `重度`, `重`, `5`, `5级`; nil for anything else.
  public init?(named text: String) {
    let plain = text.normalisedWidth().trimmedSpaces().lowercased()
    let words = [
      "轻": "mild", "轻度": "mild", "中": "moderate", "中度": "moderate", "重": "severe",
      "重度": "severe",
    ]
    if let word = words[plain] {
      self.init(rawValue: word)
      return
    }
    if CareLevel.usualScale[plain] != nil {
      self.init(rawValue: plain)
      return
    }
    let digits = plain.hasSuffix("级") ? String(plain.dropLast()) : plain
    guard let rank = Int(digits), (0...6).contains(rank) else { return nil }
    self.init(rawValue: String(rank))
  }

  public var name: Sentence {
    switch rawValue {
    case "mild": Sentence(zh: "轻度", en: "mild")
    case "moderate": Sentence(zh: "中度", en: "moderate")
    case "severe": Sentence(zh: "重度", en: "severe")
    default: Sentence(zh: "\(rawValue)级", en: "level \(rawValue)")
    }
  }

  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
