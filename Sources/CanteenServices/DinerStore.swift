import CanteenDomain
import Postgres

/// Rows of the register: `diner_records`, `entitlements`, `diner_statuses` and who holds which number.
enum DinerStore {
  /// What prices need of the register, by person; each kind of row in the order of its numbers.
  static func register(of diners: [Diner.ID]) -> SQL { register(where: these(diners)) }

  /// The same for whomever a condition on `diner_id` names. A row is a record (it has a name), an
  /// entitlement (a category) or a status. Every record comes: the last one says who the person is, all
  /// together where he was at home when.
  static func register(where whose: SQL) -> SQL {
    """
    select
        diner_id, record_no as place, name, sex, birth_date, hukou_region, residence_region,
        residence_since, residence_permit, null as category, null as care_level,
        null as disability_grade, null as status, valid_from, null as valid_to
    from diner_records
    where \(fragment: whose)
    union all
    select
        diner_id, entitlement_no, null, null, null, null, null, null, null, category, care_level,
        disability_grade, null, valid_from, valid_to
    from active_entitlements
    where \(fragment: whose)
    union all
    select
        diner_id, status_no, null, null, null, null, null, null, null, null, null, null, status,
        valid_from, valid_to
    from current_diner_statuses
    where \(fragment: whose)
    order by diner_id, place
    """
  }

  /// Every row that `register` rests on. These tables only grow: as many rows are the same rows.
  static func registerRows(of diners: [Diner.ID]) -> SQL {
    """
    select diner_id from diner_records where \(fragment: these(diners))
    union all
    select diner_id from entitlements where \(fragment: these(diners))
    union all
    select diner_id from entitlement_steps where \(fragment: these(diners))
    union all
    select diner_id from diner_statuses where \(fragment: these(diners))
    """
  }

  static func registerRowCounts(of diners: [Diner.ID]) -> SQL {
    """
    select diner_id, count(*) as row_count
    from (\(fragment: registerRows(of: diners))) as register
    group by diner_id
    """
  }

  /// From when to when persons stand how.
  static func currentStatuses(_ diners: [Diner.ID]) -> SQL {
    """
    select diner_id, status, valid_from, valid_to
    from current_diner_statuses
    where \(fragment: these(diners))
    order by diner_id, status_no
    """
  }

  /// The condition that names persons one by one.
  static func these(_ diners: [Diner.ID]) -> SQL {
    "diner_id = any(\(diners)::bigint[])"
  }

  /// What takes a person out of the scheme, and when.
  struct Standing {
    var status: Diner.Status
    var span: DaySpan
  }

  /// How persons stand, the latest last.
  static func statuses(
    _ records: [Diner.ID], _ aliases: DinerAliases, _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: [Standing]] {
    var statuses: [Diner.ID: [Standing]] = [:]
    for row in try transaction.query(currentStatuses(records)) {
      let person = aliases.person(of: try row.decode("diner_id"))
      statuses[person, default: []].append(
        Standing(
          status: try row.decode("status"),
          span: DaySpan(from: try row.decode("valid_from"), to: try row.decode("valid_to"))))
    }
    return statuses
  }

  static func names(
    of diners: [Diner.ID], _ transaction: borrowing Transaction
  ) throws -> [Diner.ID: String] {
    guard !diners.isEmpty else { return [:] }
    let rows = try transaction.query(
      "select diner_id, name from current_diner_records where \(fragment: these(diners))")
    return try Dictionary(
      rows.map { (try $0.decode("diner_id"), try $0.decode("name")) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Puts the rows of `register` together; of records that were merged, the one that others were merged
  /// into says who the person is, and what holds for either holds.
  static func facts(
    _ register: [Row], regions: RegionTree, aliases: DinerAliases = DinerAliases()
  ) throws -> [Diner.ID: DinerFacts] {
    var histories: [Diner.ID: HomeHistory<DinerFacts>] = [:]
    for row in register where try row.decode("name", as: String?.self) != nil {
      let id: Diner.ID = try row.decode("diner_id")
      guard aliases.person(of: id) == id else { continue }
      let hukou: Region.Code? = try row.decode("hukou_region")
      let record = DinerFacts(
        dinerID: id, birthDate: try row.decode("birth_date"), sex: try row.decode("sex"),
        hukou: hukou.map(regions.path),
        residence: regions.path(to: try row.decode("residence_region")),
        residenceSince: try row.decode("residence_since"),
        hasResidencePermit: try row.decode("residence_permit"))
      let from: Day? = try row.decode("valid_from")
      if histories[id]?.record(record, from: from) == nil {
        histories[id] = HomeHistory(record)
      }
    }
    var facts = histories.mapValues(DinerFacts.init(at:))
    for row in register {
      let id = aliases.person(of: try row.decode("diner_id"))
      if let category: String = try row.decode("category") {
        facts[id]?.entitlements.append(try entitlement(row, Category(category)))
      } else if let status: Diner.Status = try row.decode("status") {
        let span = DaySpan(from: try row.decode("valid_from"), to: try row.decode("valid_to"))
        facts[id]?.apply(status, span)
      }
    }
    return facts
  }

  /// What the persons of `register`'s rows are called, by record.
  static func names(_ register: [Row]) throws -> [Diner.ID: String] {
    var names: [Diner.ID: String] = [:]
    for row in register {
      guard let name: String = try row.decode("name") else { continue }
      names[try row.decode("diner_id")] = name
    }
    return names
  }

  /// Stands for a first day that the office did not give: before anybody alive was born.
  private static let always = Day(number: -60_000)

  private static func entitlement(_ row: Row, _ category: Category) throws -> Entitlement {
    let careLevel: String? = try row.decode("care_level")
    return Entitlement(
      category: category,
      careLevel: careLevel.flatMap(CareLevel.init(named:)),
      disabilityGrade: try row.decode("disability_grade"),
      from: try row.decode("valid_from", as: Day?.self) ?? Self.always,
      to: try row.decode("valid_to"))
  }
}

extension DinerFacts {
  fileprivate mutating func apply(_ status: Diner.Status, _ span: DaySpan) {
    switch status {
    case .inInstitution: institutionStays.append(span)
    case .paused, .moved, .withdrawn: suspensions.append(span)
    // A death that was ended was taken back.
    case .deceased where span.to == nil: deceasedOn = min(span.from, deceasedOn ?? span.from)
    case .deceased: break
    case .staff: staffSpells.append(span)
    }
  }

  /// The person of the last record with the homes of those before.
  fileprivate init(at homes: HomeHistory<DinerFacts>) {
    self = homes.current
    formerHomes = homes.former.map { until, facts in
      FormerHome(
        until: until, hukou: facts.hukou, residence: facts.residence,
        residenceSince: facts.residenceSince, hasResidencePermit: facts.hasResidencePermit)
    }
  }
}
