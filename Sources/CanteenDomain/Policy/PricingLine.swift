/// A priced meal: what the diner pays and what each source pays, and why.
///
/// `listFen = dinerFen + Σ shares` on every line. Stored as JSON it is part of the audit trail: keys
/// are short and stable, and what is empty is left out.
public struct PricedLine: Sendable, Hashable, Codable {
  public var listFen: Fen
  public var dinerFen: Fen
  public var shares: [FundedShare]
  /// The code of the group by which statements count this meal (补贴类别); nil if nothing was given.
  public var tier: String?
  /// What statements call that group.
  public var tierTitle: String?
  /// 标准: what the rule gives for a meal before any clip or cap.
  public var standardFen: Fen
  /// 周岁 on the service day, by the rule of the policy that paid; nil if no birth date is known.
  public var age: Int?
  /// The delivery fee and who bears it; nil for a meal without one.
  public var delivery: PricedDelivery?
  public var reasons: [PricingReason]

  public init(
    listFen: Fen, dinerFen: Fen, shares: [FundedShare] = [], tier: String? = nil,
    tierTitle: String? = nil, standardFen: Fen = 0, age: Int? = nil,
    delivery: PricedDelivery? = nil, reasons: [PricingReason] = []
  ) {
    self.listFen = listFen
    self.dinerFen = dinerFen
    self.shares = shares
    self.tier = tier
    self.tierTitle = tierTitle
    self.standardFen = standardFen
    self.age = age
    self.delivery = delivery
    self.reasons = reasons
  }

  /// What statements call the group. Lines of before may have its code alone.
  public var tierName: String { tierTitle ?? tier.map { Category($0).name.zh } ?? "原价" }

  /// Σ shares, the operator's discount included.
  public var sharesFen: Fen { shares.reduce(.zero) { $0 + $1.fen } }

  /// Whether a subsidy (not only a discount) was granted.
  public var isSubsidised: Bool {
    shares.contains { $0.kind != .discount && $0.source != .points && $0.fen > 0 }
  }

  /// What a volunteer's points pay of it.
  public var pointsFen: Fen { shares.filter { $0.source == .points }.map(\.fen).sum() }

  /// Lets points pay of what the diner would pay, at most all of it.
  mutating func pay(withPointsWorth worth: Fen) {
    let fen = min(worth, dinerFen)
    guard fen > 0 else { return }
    shares.append(
      FundedShare(
        source: .points, fen: fen, policyID: FundedShare.pointsScheme, version: "1",
        kind: .charity, layer: "points", rule: "points"))
    dinerFen -= fen
  }

  /// What the caps of later meals count: one grant per policy, stage and group, delivery included.
  public var grants: [AcceptedMeal.Grant] {
    var grants: [AcceptedMeal.Grant] = []
    for share in shares + deliveryShares where share.fen > 0 {
      if let index = grants.firstIndex(where: {
        $0.policyID == share.policyID && $0.layer == share.layer && $0.rule == share.rule
      }) {
        grants[index].fen += share.fen
      } else {
        grants.append(
          AcceptedMeal.Grant(
            policyID: share.policyID, kind: share.kind, layer: share.layer, rule: share.rule,
            fen: share.fen))
      }
    }
    return grants
  }

  /// What is paid toward the delivery fee, and beside it.
  public var deliveryShares: [FundedShare] {
    guard let delivery else { return [] }
    return delivery.shares + delivery.courierShares
  }

  enum CodingKeys: String, CodingKey {
    case listFen = "list"
    case dinerFen = "diner"
    case shares
    case tier
    case tierTitle = "tier_title"
    case standardFen = "standard"
    case age
    case delivery
    case reasons
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    listFen = try values.decode(Fen.self, forKey: .listFen)
    dinerFen = try values.decode(Fen.self, forKey: .dinerFen)
    shares = try values.decodeIfPresent([FundedShare].self, forKey: .shares) ?? []
    tier = try values.decodeIfPresent(String.self, forKey: .tier)
    tierTitle = try values.decodeIfPresent(String.self, forKey: .tierTitle)
    standardFen = try values.decodeIfPresent(Fen.self, forKey: .standardFen) ?? 0
    age = try values.decodeIfPresent(Int.self, forKey: .age)
    delivery = try values.decodeIfPresent(PricedDelivery.self, forKey: .delivery)
    reasons = try values.decodeIfPresent([PricingReason].self, forKey: .reasons) ?? []
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(listFen, forKey: .listFen)
    try values.encode(dinerFen, forKey: .dinerFen)
    if !shares.isEmpty { try values.encode(shares, forKey: .shares) }
    try values.encodeIfPresent(tier, forKey: .tier)
    try values.encodeIfPresent(tierTitle, forKey: .tierTitle)
    if standardFen != 0 { try values.encode(standardFen, forKey: .standardFen) }
    try values.encodeIfPresent(age, forKey: .age)
    try values.encodeIfPresent(delivery, forKey: .delivery)
    if !reasons.isEmpty { try values.encode(reasons, forKey: .reasons) }
  }
}

/// What one source pays of one meal, and the rule that made it pay.
public struct FundedShare: Sendable, Hashable, Codable {
  /// What stands in the place of a policy where a volunteer's points pay.
  public static let pointsScheme = "points"

  public var source: FundingSource
  public var fen: Fen
  public var policyID: String
  public var version: String
  public var kind: StageKind
  /// The code of the stage.
  public var layer: String
  /// The code of the group.
  public var rule: String

  public init(
    source: FundingSource, fen: Fen, policyID: String, version: String, kind: StageKind,
    layer: String, rule: String
  ) {
    self.source = source
    self.fen = fen
    self.policyID = policyID
    self.version = version
    self.kind = kind
    self.layer = layer
    self.rule = rule
  }

  enum CodingKeys: String, CodingKey {
    case source, fen
    case policyID = "policy"
    case version, kind, layer, rule
  }
}

/// The delivery fee of one meal and the delivery subsidy: `feeFen = dinerFen + Σ shares`.
///
/// What a policy pays the courier beside the fee stands in `courierShares`; no diner ever sees it.
public struct PricedDelivery: Sendable, Hashable, Codable {
  public var feeFen: Fen
  public var dinerFen: Fen
  public var shares: [FundedShare]
  public var courierShares: [FundedShare]
  /// Who receives the subsidy: `courier`, `canteen`, or a name that the policy gives.
  public var payee: String

  public init(
    feeFen: Fen, dinerFen: Fen, shares: [FundedShare] = [], courierShares: [FundedShare] = [],
    payee: String = "courier"
  ) {
    self.feeFen = feeFen
    self.dinerFen = dinerFen
    self.shares = shares
    self.courierShares = courierShares
    self.payee = payee
  }

  enum CodingKeys: String, CodingKey {
    case feeFen = "fee"
    case dinerFen = "diner"
    case shares
    case courierShares = "courier"
    case payee
  }
}
