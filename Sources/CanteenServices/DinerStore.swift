import CanteenDomain
import Postgres

/// Rows of the register: `diner_records`, `entitlements`, `diner_statuses` and who holds which number.
enum DinerStore {
  static func currentRecords(_ diners: [Diner.ID]) -> SQL { currentRecords(where: these(diners)) }

  static func currentEntitlements(_ diners: [Diner.ID]) -> SQL {
    currentEntitlements(where: these(diners))
  }

  static func currentStatuses(_ diners: [Diner.ID]) -> SQL {
    currentStatuses(where: these(diners))
  }

  /// The condition that names persons one by one.
  static func these(_ diners: [Diner.ID]) -> SQL {
    "diner_id = any(\(diners)::bigint[])"
  }

  /// Every record of the persons in the order in which they were written: the last one says who they
  /// are, all together where they were at home when.
  /// - Parameter whose: a condition on `diner_id`.
  static func currentRecords(where whose: SQL) -> SQL {
    """
    select
        diner_id, name, sex, birth_date, hukou_region, residence_region, residence_since,
        residence_permit, valid_from
    from diner_records
    where \(fragment: whose)
    order by diner_id, record_no
    """
  }

  static func currentEntitlements(where whose: SQL) -> SQL {
    """
    select diner_id, category, care_level, disability_grade, valid_from, valid_to
    from active_entitlements
    where \(fragment: whose)
    order by diner_id, entitlement_no
    """
  }

  static func currentStatuses(where whose: SQL) -> SQL {
    """
    select diner_id, status, valid_from, valid_to
    from current_diner_statuses
    where \(fragment: whose)
    order by diner_id, status_no
    """
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

  /// Puts the answers of the three queries together; of records that were merged, the one that others
  /// were merged into says who the person is, and what holds for either holds.
  static func facts(
    records: [Row], entitlements: [Row], statuses: [Row], regions: RegionTree,
    aliases: DinerAliases = DinerAliases()
  ) throws -> [Diner.ID: DinerFacts] {
    var histories: [Diner.ID: HomeHistory<DinerFacts>] = [:]
    for row in records {
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
    for row in entitlements {
      let id = aliases.person(of: try row.decode("diner_id"))
      facts[id]?.entitlements.append(try entitlement(row))
    }
    for row in statuses {
      let id = aliases.person(of: try row.decode("diner_id"))
      let span = DaySpan(from: try row.decode("valid_from"), to: try row.decode("valid_to"))
      switch try row.decode("status", as: Diner.Status.self) {
      case .inInstitution: facts[id]?.institutionStays.append(span)
      case .paused, .moved, .withdrawn: facts[id]?.suspensions.append(span)
      // A death that was ended was taken back.
      case .deceased where span.to == nil:
        let earlier = facts[id]?.deceasedOn ?? span.from
        facts[id]?.deceasedOn = min(span.from, earlier)
      case .deceased: break
      case .staff: facts[id]?.staffSpells.append(span)
      }
    }
    return facts
  }

  /// Stands for a first day that the office did not give: before anybody alive was born.
  private static let always = Day(number: -60_000)

  private static func entitlement(_ row: Row) throws -> Entitlement {
    let careLevel: String? = try row.decode("care_level")
    return Entitlement(
      category: Category(try row.decode("category")),
      careLevel: careLevel.flatMap(CareLevel.init(named:)),
      disabilityGrade: try row.decode("disability_grade"),
      from: try row.decode("valid_from", as: Day?.self) ?? Self.always,
      to: try row.decode("valid_to"))
  }
}

extension DinerFacts {
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
