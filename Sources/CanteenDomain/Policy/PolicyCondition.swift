/// What must all be true for a rule to apply; an empty condition is always true.
///
/// A list within one test means "any of these". Nested conditions say the rest: `any` asks for at
/// least one of them, `none` for none of them.
public struct Condition: Sendable, Hashable, Codable {
  public var age: AgeBand?
  /// Overrides the policy's own rule.
  public var attain: AttainRule?
  public var sex: Sex?
  public var hukou: [Region.Code] = []
  public var residence: [Region.Code] = []
  /// Hukou or residence or both, whichever the policy's `homeBy` says.
  public var home: [Region.Code] = []
  public var residenceMonthsMin: Int?
  public var hasResidencePermit: Bool?
  /// The diner's home lies in the same region of this level as the canteen.
  public var homeSameAsCanteen: Region.Level?
  public var hukouSameAsCanteen: Region.Level?
  public var residenceSameAsCanteen: Region.Level?
  /// 人户分离: hukou and residence are different regions of this level.
  public var splitResidence: Region.Level?
  public var canteenWithin: [Region.Code] = []
  public var canteens: [String] = []
  public var canteenGrades: [String] = []
  public var categoriesAny: [Category] = []
  public var categoriesAll: [Category] = []
  public var careLevelMin: CareLevel?
  /// At least this grave: grade 2 admits grades 1 and 2.
  public var disabilityGradeMax: Int?
  public var inInstitution: Bool?
  public var isStaff: Bool?
  public var periods: [MealPeriod] = []
  public var modes: [ServiceMode] = []
  public var days: [DayKind] = []
  /// Spans of days by their dates, such as a festival that no rule of the week tells.
  public var dates: [DaySpan] = []
  public var timeFrom: TimeOfDay?
  public var timeTo: TimeOfDay?
  public var auth: [AuthMethod] = []
  public var evidence: [MealEvidence] = []
  public var standardSet: Bool?
  public var listPriceMin: Fen?
  public var listPriceMax: Fen?
  public var any: [Condition] = []
  public var none: [Condition] = []

  public init() {}

  public init(age: AgeBand) { self.age = age }

  public init(categoriesAny: [Category]) { self.categoriesAny = categoriesAny }

  /// Whether it holds for everybody and every meal.
  public var isEmpty: Bool { self == Condition() }
}

/// The single tests of a condition, named so that an explanation can say which one failed.
public enum ConditionTest: String, Sendable, Hashable, Codable, CaseIterable {
  case age, sex, hukou, residence, home, permit, canteen, category, disability, institution, staff
  case period, mode, day, date, time, auth, evidence, price, any, none
  case residenceMonths = "residence_months"
  case sameRegion = "same_region"
  case splitResidence = "split_residence"
  case canteenGrade = "canteen_grade"
  case careLevel = "care_level"
  case standardSet = "standard_set"
}
