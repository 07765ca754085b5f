import CanteenDomain
import CanteenVault
import Postgres

/// Reads the register as a whole, and what was recorded in a time; rows of `register_exports`.
enum RosterExportStore {
  static func everybody(_ transaction: borrowing Transaction) throws -> [Diner.ID] {
    try transaction.query(
      """
      select diner_id from current_diner_records order by residence_region, name, diner_id
      """
    ).map { try $0.decode("diner_id") }
  }

  static func changes(
    from start: Instant, to end: Instant, vault: Vault, _ transaction: borrowing Transaction
  ) throws -> [RosterExport.Change] {
    let rows = try transaction.query(
      """
      with changes as (
          select
              case record_no when 1 then 'registered' else 'record' end as kind, diner_id,
              '' as detail, valid_from as effective, recorded_at, recorded_by
          from diner_records
          where recorded_at >= \(start)::timestamptz and recorded_at < \(end)::timestamptz
          union all
          select
              case
                  when revision = 1 then 'entitlement_began'
                  when valid_to is not null then 'entitlement_ended'
                  else 'entitlement_changed'
              end,
              diner_id, category,
              case when revision > 1 and valid_to is not null then valid_to else valid_from end,
              recorded_at, recorded_by
          from entitlements
          where recorded_at >= \(start)::timestamptz and recorded_at < \(end)::timestamptz
          union all
          select 'status', diner_id, status, valid_from, recorded_at, recorded_by
          from diner_statuses
          where recorded_at >= \(start)::timestamptz and recorded_at < \(end)::timestamptz
          union all
          select
              case when into_diner_id = diner_id then 'separated' else 'merged' end, diner_id,
              case when into_diner_id = diner_id then '' else '#' || into_diner_id end, null,
              merged_at, merged_by
          from diner_aliases
          where merged_at >= \(start)::timestamptz and merged_at < \(end)::timestamptz
      )
      select c.*, r.name, r.id_sealed
      from changes as c
      join current_diner_records as r on r.diner_id = c.diner_id
      order by c.recorded_at, c.diner_id, c.kind, c.detail
      """)
    return try rows.map { row in
      guard let kind = RosterExport.Change.Kind(rawValue: try row.decode("kind")) else {
        preconditionFailure("the statement names the kinds itself")
      }
      let sealed: [UInt8]? = try row.decode("id_sealed")
      let detail: String = try row.decode("detail")
      let words: Sentence =
        switch kind {
        case .entitlementBegan, .entitlementChanged, .entitlementEnded: Category(detail).name
        case .status: Diner.Status(rawValue: detail)?.name ?? Sentence(zh: detail, en: detail)
        case .registered, .record, .merged, .separated: Sentence(zh: detail, en: detail)
        }
      return RosterExport.Change(
        kind: kind, diner: try row.decode("diner_id"), name: try row.decode("name"),
        idNumber: try sealed.map { try vault.open($0, as: .idNumber).maskedButTwo } ?? "",
        detail: words, detailCode: detail, effective: try row.decode("effective"),
        recordedAt: try row.decode("recorded_at"), recordedBy: try row.decode("recorded_by"))
    }
  }

  static func insert(
    _ kind: String, persons: Int, full: Bool, reason: String, sha256: Seal, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into register_exports (
          exported_at, exported_by, kind, persons, has_full_numbers, reason, file_sha256
      ) values (
          \(by.at)::timestamptz, \(by.by), \(kind), \(persons)::integer, \(full), \(reason),
          \(sha256)
      )
      on conflict do nothing
      """)
  }
}
