import CanteenDomain
import Postgres

/// Rows of `entitlements` with the steps that were taken.
enum EntitlementStore {
  /// An entitlement and how far it has come; `active` for one of an approved roster.
  struct Standing: Sendable {
    var entitlement: DinerStore.StoredEntitlement
    var step: ApprovalStep?
  }

  static func all(
    of diner: Diner.ID, _ transaction: borrowing Transaction
  ) throws -> [Standing] {
    let steps = try transaction.query(
      """
      select distinct on (entitlement_no) entitlement_no, step
      from entitlement_steps
      where diner_id = \(diner)
      order by entitlement_no, step_no desc
      """)
    let last = try Dictionary(
      steps.map {
        (
          try $0.decode("entitlement_no", as: Int.self),
          try $0.decode("step", as: ApprovalStep.self)
        )
      }, uniquingKeysWith: { first, _ in first })
    return try (DinerStore.storedEntitlements([diner], transaction)[diner] ?? []).map {
      Standing(
        entitlement: $0, step: $0.source == .approvedRoster ? .active : last[$0.number])
    }
  }

  /// The entitlements that a status ended, as they were before it, each in its next revision; those
  /// that were revised again since are left as they are.
  static func ended(
    by status: DinerStore.StoredStatus, of records: [Diner.ID],
    _ transaction: borrowing Transaction
  ) throws -> [DinerStore.StoredEntitlement] {
    try transaction.query(
      """
      select
          e.diner_id, e.entitlement_no, e.revision + 1 as revision, e.category, e.care_level,
          e.disability_grade, e.valid_from, p.valid_to, e.source, e.evidence, e.renew_by
      from current_entitlements as e
      join entitlements as p
          on p.diner_id = e.diner_id
          and p.entitlement_no = e.entitlement_no
          and p.revision = e.revision - 1
      where e.diner_id = any(\(records)::bigint[])
          and e.valid_to is not null
          and e.valid_to is distinct from p.valid_to
          and e.recorded_at in (
              select recorded_at
              from diner_statuses
              where diner_id = \(status.diner) and status_no = \(status.number)::integer
          )
      order by e.diner_id, e.entitlement_no
      """
    ).map(DinerStore.storedEntitlement)
  }

  static func insertStep(
    _ step: ApprovalStep, of diner: Diner.ID, number: Int, note: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into entitlement_steps (
          diner_id, entitlement_no, step_no, step, taken_at, taken_by, note
      ) values (
          \(diner), \(number), \(step.number)::smallint, \(step), \(by.at)::timestamptz, \(by.by),
          \(note)
      )
      """)
  }

  private static let columns: SQL = """
    e.diner_id, r.name, e.category, e.valid_from, e.valid_to, e.renew_by, e.evidence,
    coalesce(s.step, 'active') as step, coalesce(s.taken_at, e.recorded_at) as taken_at,
    coalesce(s.taken_by, e.recorded_by) as taken_by
    """

  private static let lastStep: SQL = """
    left join lateral (
        select step, taken_at, taken_by
        from entitlement_steps as t
        where t.diner_id = e.diner_id and t.entitlement_no = e.entitlement_no
        order by step_no desc
        limit 1
    ) as s on true
    """

  /// Of persons who are in the scheme on the first day; the dead need no renewal.
  static func expiring(
    from first: Day, through last: Day, _ transaction: borrowing Transaction
  ) throws -> [EntitlementService.Listed] {
    try transaction.query(
      """
      select \(fragment: columns)
      from active_entitlements as e
      join current_diner_records as r on r.diner_id = e.diner_id
      \(fragment: lastStep)
      where (
              e.valid_to between \(first)::date and \(last)::date
              or (
                  e.renew_by <= \(last)::date
                  and coalesce(e.valid_to, 'infinity') >= \(first)::date
              )
          )
          and not exists (
              select
              from current_diner_statuses as d
              where d.diner_id = e.diner_id
                  and d.status in ('deceased', 'moved', 'withdrawn')
                  and \(first)::date between d.valid_from and coalesce(d.valid_to, 'infinity')
          )
      order by least(e.valid_to, e.renew_by), r.name, e.diner_id, e.entitlement_no
      """
    ).map(listed)
  }

  static func list(
    at step: ApprovalStep, limit: Int, _ transaction: borrowing Transaction
  ) throws -> [EntitlementService.Listed] {
    try transaction.query(
      """
      select \(fragment: columns)
      from current_entitlements as e
      join current_diner_records as r on r.diner_id = e.diner_id
      \(fragment: lastStep)
      where e.source = 'application' and s.step = \(step)
      order by s.taken_at, e.diner_id, e.entitlement_no
      limit \(limit)
      """
    ).map(listed)
  }

  private static func listed(_ row: Row) throws -> EntitlementService.Listed {
    EntitlementService.Listed(
      diner: try row.decode("diner_id"), name: try row.decode("name"),
      category: Category(try row.decode("category")), from: try row.decode("valid_from"),
      to: try row.decode("valid_to"), renewBy: try row.decode("renew_by"),
      evidence: try row.decode("evidence"), step: try row.decode("step"),
      stepAt: try row.decode("taken_at"), stepBy: try row.decode("taken_by"))
  }
}
