/// The canteen of a meal, as far as policies ask.
public struct CanteenFacts: Sendable, Hashable, Codable {
  public var code: String
  public var regions: RegionPath
  /// 等级, such as 一级; nil if the place has none.
  public var grade: String?

  public init(code: String, regions: RegionPath, grade: String? = nil) {
    self.code = code
    self.regions = regions
    self.grade = grade
  }
}

/// What else the counter kept as proof of a meal.
public enum MealEvidence: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case photo
  case signature
  case proxy

  public var name: Sentence {
    switch self {
    case .photo: Sentence(zh: "照片", en: "photo")
    case .signature: Sentence(zh: "签字", en: "signature")
    case .proxy: Sentence(zh: "代领登记", en: "registered proxy")
    }
  }
}

/// One meal that is to be priced.
///
/// `listFen` is the price of the food. Packaging and delivery are charged beside it: no meal subsidy
/// touches them, and the delivery fee has rules and a payee of its own.
public struct Meal: Sendable, Hashable, Codable {
  public var id: String
  public var day: Day
  public var time: TimeOfDay
  public var period: MealPeriod
  public var mode: ServiceMode
  public var canteen: CanteenFacts
  public var listFen: Fen
  /// The part of the list price that no subsidy may touch (drinks, a guest's dish).
  public var extrasFen: Fen
  public var isStandardSet: Bool
  public var deliveryFeeFen: Fen
  public var packagingFen: Fen
  /// Meals that were carried out together share a trip.
  public var tripID: String?
  /// 按原价: the diner wants no subsidy for this meal.
  public var wantsFullPrice: Bool
  public var auth: AuthMethod
  public var evidence: [MealEvidence]
  /// What a volunteer's points are worth that are put toward it; nil for none.
  public var pointsFen: Fen?

  public init(
    id: String, day: Day, time: TimeOfDay, period: MealPeriod, mode: ServiceMode = .dineIn,
    canteen: CanteenFacts, listFen: Fen, extrasFen: Fen = 0, isStandardSet: Bool = false,
    deliveryFeeFen: Fen = 0, packagingFen: Fen = 0, tripID: String? = nil,
    wantsFullPrice: Bool = false, auth: AuthMethod = .card, evidence: [MealEvidence] = [],
    pointsFen: Fen? = nil
  ) {
    self.id = id
    self.day = day
    self.time = time
    self.period = period
    self.mode = mode
    self.canteen = canteen
    self.listFen = listFen
    self.extrasFen = extrasFen
    self.isStandardSet = isStandardSet
    self.deliveryFeeFen = deliveryFeeFen
    self.packagingFen = packagingFen
    self.tripID = tripID
    self.wantsFullPrice = wantsFullPrice
    self.auth = auth
    self.evidence = evidence
    self.pointsFen = pointsFen
  }
}

/// What caps need to know of an earlier accepted meal of the same person.
public struct AcceptedMeal: Sendable, Hashable, Codable {
  /// What one rule gave for that meal.
  public struct Grant: Sendable, Hashable, Codable {
    public var policyID: String
    public var kind: StageKind
    /// The code of the stage.
    public var layer: String
    /// The code of the group.
    public var rule: String
    public var fen: Fen

    public init(policyID: String, kind: StageKind, layer: String, rule: String, fen: Fen) {
      self.policyID = policyID
      self.kind = kind
      self.layer = layer
      self.rule = rule
      self.fen = fen
    }
  }

  public var day: Day
  public var period: MealPeriod
  public var mode: ServiceMode
  public var canteen: String
  public var listFen: Fen
  public var grants: [Grant]

  public init(
    day: Day, period: MealPeriod, mode: ServiceMode, canteen: String, listFen: Fen, grants: [Grant]
  ) {
    self.day = day
    self.period = period
    self.mode = mode
    self.canteen = canteen
    self.listFen = listFen
    self.grants = grants
  }

  /// The accepted meal that a priced line makes.
  public init(_ meal: Meal, _ line: PricedLine) {
    self.init(
      day: meal.day, period: meal.period, mode: meal.mode, canteen: meal.canteen.code,
      listFen: meal.listFen, grants: line.grants)
  }
}
