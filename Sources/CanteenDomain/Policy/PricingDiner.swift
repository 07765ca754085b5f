/// What the register knows of a person as of a service day: all that a policy may ask of a diner.
///
/// Everything is dated, so the same facts serve every day of a month.
public struct DinerFacts: Sendable, Hashable, Codable {
  public var dinerID: Int64
  /// The register's own birth date, never taken silently from the identity number; nil if unknown.
  public var birthDate: Day?
  public var sex: Sex?
  /// 户籍.
  public var hukou: RegionPath?
  /// 常住地.
  public var residence: RegionPath?
  /// The first day of living there without a break.
  public var residenceSince: Day?
  /// 居住证.
  public var hasResidencePermit: Bool
  public var entitlements: [Entitlement]
  /// 入住养老机构.
  public var institutionStays: [DaySpan]
  /// Days on which the person's subsidies are suspended.
  public var suspensions: [DaySpan]
  public var deceasedOn: Day?
  /// 工作人员: on every day, or, as of one day, on that day.
  public var isStaff: Bool
  /// Days on which the person works for the canteen.
  public var staffSpells: [DaySpan] = []
  /// Where the person was at home before: hukou, residence and permit above are of the time after.
  public var formerHomes: [FormerHome] = []

  /// What is kept with a priced meal: the person as of its day, so without former homes and spells
  /// of work.
  private enum CodingKeys: String, CodingKey {
    case dinerID, birthDate, sex, hukou, residence, residenceSince, hasResidencePermit,
      entitlements, institutionStays, suspensions, deceasedOn, isStaff
  }

  public init(
    dinerID: Int64, birthDate: Day? = nil, sex: Sex? = nil, hukou: RegionPath? = nil,
    residence: RegionPath? = nil, residenceSince: Day? = nil, hasResidencePermit: Bool = false,
    entitlements: [Entitlement] = [], institutionStays: [DaySpan] = [],
    suspensions: [DaySpan] = [], deceasedOn: Day? = nil, isStaff: Bool = false
  ) {
    self.dinerID = dinerID
    self.birthDate = birthDate
    self.sex = sex
    self.hukou = hukou
    self.residence = residence
    self.residenceSince = residenceSince
    self.hasResidencePermit = hasResidencePermit
    self.entitlements = entitlements
    self.institutionStays = institutionStays
    self.suspensions = suspensions
    self.deceasedOn = deceasedOn
    self.isStaff = isStaff
  }

  /// The same person on one day, with its home and whether they were staff then; everything else is
  /// dated in itself.
  public func asOf(_ day: Day) -> DinerFacts {
    var facts = self
    facts.isStaff = isStaff || staffSpells.contains { $0.contains(day) }
    facts.staffSpells = []
    facts.formerHomes = []
    guard let former = formerHomes.filter({ day <= $0.until }).min(by: { $0.until < $1.until })
    else { return facts }
    facts.hukou = former.hukou
    facts.residence = former.residence
    facts.residenceSince = former.residenceSince
    facts.hasResidencePermit = former.hasResidencePermit
    return facts
  }

  /// Whether nothing has to be told apart by the day before a policy is asked.
  var isOfOneDay: Bool { formerHomes.isEmpty && staffSpells.isEmpty }

  /// Whether `day` lies after the day of death. The day of death itself still counts as alive.
  public func isDead(on day: Day) -> Bool {
    guard let deceasedOn else { return false }
    return day > deceasedOn
  }
}

/// Where a person was at home until they moved, or until their hukou or permit changed.
public struct FormerHome: Sendable, Hashable {
  /// The last day.
  public var until: Day
  /// 户籍.
  public var hukou: RegionPath?
  /// 常住地.
  public var residence: RegionPath?
  public var residenceSince: Day?
  /// 居住证.
  public var hasResidencePermit: Bool

  public init(
    until: Day, hukou: RegionPath?, residence: RegionPath?, residenceSince: Day? = nil,
    hasResidencePermit: Bool = false
  ) {
    self.until = until
    self.hukou = hukou
    self.residence = residence
    self.residenceSince = residenceSince
    self.hasResidencePermit = hasResidencePermit
  }
}

/// A span of whole days, both ends included; open at the end when `to` is nil.
public struct DaySpan: Sendable, Hashable, Codable {
  public var from: Day
  public var to: Day?

  public init(from: Day, to: Day? = nil) {
    self.from = from
    self.to = to
  }

  public func contains(_ day: Day) -> Bool {
    guard day >= from else { return false }
    guard let to else { return true }
    return day <= to
  }

  /// `2026-10-18`, or with a word between its ends.
  public var name: Sentence {
    guard let to else { return Sentence(zh: "\(from)起", en: "from \(from)") }
    if to == from { return Sentence(zh: "\(from)", en: "\(from)") }
    return Sentence(zh: "\(from)至\(to)", en: "\(from) to \(to)")
  }
}

/// 资格: one category of one person, for the days from `from` to `to` (both included).
public struct Entitlement: Sendable, Hashable, Codable {
  public var category: Category
  public var careLevel: CareLevel?
  /// 残疾等级: 1 is the gravest, 4 the lightest.
  public var disabilityGrade: Int?
  public var from: Day
  public var to: Day?

  public init(
    category: Category, careLevel: CareLevel? = nil, disabilityGrade: Int? = nil, from: Day,
    to: Day? = nil
  ) {
    self.category = category
    self.careLevel = careLevel
    self.disabilityGrade = disabilityGrade
    self.from = from
    self.to = to
  }

  public func isActive(on day: Day) -> Bool { DaySpan(from: from, to: to).contains(day) }
}
