import CanteenDomain
import CanteenFiles
import CanteenVault
import Postgres

/// 身故和迁出名单: takes persons out of the scheme on their day and names the meals after it.
public struct DepartureImport: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// What became of a list, or would become of it.
  public struct Outcome: Sendable, Hashable {
    public var recorded = 0
    /// The register said so already.
    public var unchanged = 0
    /// Of persons who are not registered: civil affairs lists everybody.
    public var unknown = 0
    public var entitlementsEnded = 0
    /// Rows that were not taken, each with where and why.
    public var refused: [RowFault] = []
    /// Rows that say again what an earlier row said.
    public var duplicates: [RowFault] = []
    /// Meals after the day, by day.
    public var mealsAfter: [MealAfterDeparture] = []
  }

  private static let rowsAtOnce = 500

  /// Records the departures, in batches that can be run again.
  public func run(
    _ readings: [RowReading<DepartureRow>], fileName: String, by: Attribution,
    mode: RosterImport.Mode = .apply, report: Progress.Report = { _ in }
  ) async throws -> Outcome {
    var outcome = Outcome()
    outcome.refused = readings.flatMap(\.faults)
    outcome.duplicates = readings.compactMap(\.duplicate)
    let rows = readings.compactMap(\.value)
    for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      let batch = Array(rows[start..<min(start + Self.rowsAtOnce, rows.count)])
      let vault = vault
      let part = try await database.transaction(readOnly: mode == .propose) {
        try Self.take(batch, fileName: fileName, vault: vault, by: by, mode: mode, $0)
      }
      outcome.add(part)
      report(Progress(done: start + batch.count, total: rows.count))
    }
    outcome.mealsAfter.sort { ($0.day, $0.diner) < ($1.day, $1.diner) }
    return outcome
  }

  private static func take(
    _ rows: [DepartureRow], fileName: String, vault: Vault, by: Attribution,
    mode: RosterImport.Mode,
    _ transaction: borrowing Transaction
  ) throws -> Outcome {
    var outcome = Outcome()
    let aliases = try DinerAliases.read(transaction)
    let hashes = rows.map { row in
      row.document.number.map { number in
        vault.lookupHashes(
          RosterEntry.identity(
            kind: row.document.kind.rawValue, number: number, name: "", birthDate: nil, phone: nil),
          as: .idNumber)
      } ?? []
    }
    let holders = try DinerStore.holders(
      transaction.query(DinerStore.holders(ofNumbers: hashes.flatMap { $0 })))
    let persons = hashes.map { hashes in
      hashes.lazy.compactMap { holders[$0] }.first.map { aliases.person(of: $0) }
    }
    let records = try DinerStore.latestRecords(persons.compactMap { $0 }, transaction)
    for (row, person) in zip(rows, persons) {
      guard let person, let record = records[person]?.record else {
        outcome.unknown += 1
        continue
      }
      guard record.name == row.name else {
        outcome.refused.append(
          RowFault(
            address: CellAddress(file: fileName, line: row.line, column: "姓名"),
            reason: Sentence(
              zh: "与登记册中这个证件号的姓名不同，请核对",
              en: "is not the name that the register has for the number")))
        continue
      }
      guard let status = Diner.Status(rawValue: row.kind.rawValue) else { continue }
      let day = row.day
      let known = try DinerStore.storedStatuses([person], transaction)[person] ?? []
      let isKnown = known.contains { $0.status == status && $0.from == day && $0.to == nil }
      if isKnown {
        outcome.unchanged += 1
      } else {
        outcome.recorded += 1
        if mode == .apply {
          outcome.entitlementsEnded +=
            try DinerStatusService.set(
              status, of: person, from: day, to: nil, reason: row.place ?? row.remark ?? "", by: by,
              transaction) ?? 0
        }
      }
      outcome.mealsAfter += try DepartureStore.meals(
        of: aliases.records(of: [person]), after: status.lastEntitledDay(from: day),
        MealAfterDeparture(
          diner: person, name: record.name, status: status, since: day, day: day, period: .lunch,
          canteen: "", subsidy: 0), transaction)
    }
    return outcome
  }
}

extension DepartureImport.Outcome {
  fileprivate mutating func add(_ part: DepartureImport.Outcome) {
    recorded += part.recorded
    unchanged += part.unchanged
    unknown += part.unknown
    entitlementsEnded += part.entitlementsEnded
    refused += part.refused
    mealsAfter += part.mealsAfter
  }
}

/// Reads the meals of who had left.
enum DepartureStore {
  /// - Parameter model: gives who and why; the meal is filled in.
  static func meals(
    of diners: [Diner.ID], after day: Day, _ model: MealAfterDeparture,
    _ transaction: borrowing Transaction
  ) throws -> [MealAfterDeparture] {
    try transaction.query(
      """
      select c.service_date, c.period, c.canteen_code, c.list_fen - c.diner_fen as subsidy_fen
      from check_ins as c
      where c.diner_id = any(\(diners)::bigint[])
          and c.service_date > \(day)::date
          and not exists (
              select
              from check_in_reversals as r
              where r.diner_id = c.diner_id
                  and r.service_date = c.service_date
                  and r.check_in_id = c.check_in_id
          )
      order by c.served_at
      """
    ).map { row in
      var meal = model
      meal.day = try row.decode("service_date")
      meal.period = try row.decode("period")
      meal.canteen = try row.decode("canteen_code")
      meal.subsidy = try row.decode("subsidy_fen")
      return meal
    }
  }
}
