/// 资金来源: who pays a share of a meal: the city, a street, a charity, the operator by a discount.
///
/// A text code, not an enum, because policies may name sources that nobody has thought of yet.
public struct FundingSource: Word, Sendable, Hashable, Codable, Comparable {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
  public init(_ code: String) { rawValue = code }

  public static let province = FundingSource("province")
  public static let city = FundingSource("city")
  public static let district = FundingSource("district")
  public static let street = FundingSource("street")
  public static let village = FundingSource("village")
  public static let charity = FundingSource("charity")
  public static let `operator` = FundingSource("operator")
  public static let points = FundingSource("points")
  public static let diner = FundingSource("diner")

  static let names: [String: Sentence] = [
    "province": Sentence(zh: "省级", en: "province"),
    "city": Sentence(zh: "市级", en: "city"),
    "district": Sentence(zh: "区县", en: "district"),
    "street": Sentence(zh: "街道", en: "street"),
    "village": Sentence(zh: "村集体", en: "village"),
    "charity": Sentence(zh: "慈善", en: "charity"),
    "operator": Sentence(zh: "企业让利", en: "operator"),
    "points": Sentence(zh: "积分", en: "points"),
    "diner": Sentence(zh: "个人", en: "diner"),
  ]

  /// The name for people; an unknown code is its own name.
  public var name: Sentence { Self.names[rawValue] ?? Sentence(zh: rawValue, en: rawValue) }

  /// Whether it is none of the usual ones: a fund of the place's own, or a word that was misspelt.
  public var isUnusual: Bool { Self.names[rawValue] == nil }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension Policy {
  /// Every source that pays a canteen by it. A diner pays at the till, and what an operator gives
  /// up is never paid.
  public var payers: Set<FundingSource> {
    var splits = stages.flatMap { [$0.split] + $0.groups.compactMap(\.split) }
    splits += delivery.map(\.split) + operating.map(\.split)
    let sources = splits.flatMap { $0.shares.map(\.source) + [$0.unfunded] }
    return Set(sources).subtracting([.diner, .operator])
  }
}
