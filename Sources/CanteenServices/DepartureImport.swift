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
    public var unknown: [Unknown] = []
    public var entitlementsEnded = 0
    /// Rows that were not taken, each with where and why.
    public var refused: [RowFault] = []
    /// Rows whose person was found otherwise than by number, or may have been missed.
    public var warnings: [RowFault] = []
    /// Rows that say again what an earlier row said.
    public var duplicates: [RowFault] = []
    /// Meals after the day, by day.
    public var mealsAfter: [MealAfterDeparture] = []
  }

  /// A row of somebody who is not registered.
  public struct Unknown: Sendable, Hashable {
    public var line: Int
    public var name: String
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
    let persons = try persons(of: rows, vault, aliases, transaction)
    let known = persons.compactMap(\.known)
    if mode == .apply, !known.isEmpty {
      try transaction.execute(CheckInStore.lockDiners(Set(known).sorted()))
    }
    let records = try DinerStore.latestRecords(known, transaction)
    for (row, person) in zip(rows, persons) {
      func remark(_ reason: Sentence) -> RowFault {
        RowFault(
          address: CellAddress(
            file: fileName, line: row.line, column: DepartureRow.numberColumnName),
          reason: reason)
      }
      switch person {
      case .byNameAndBirthDate(let id):
        outcome.warnings.append(
          remark(
            Sentence(
              zh: "缺失或有误，按姓名和出生日期认定为登记册 #\(id)，请核对",
              en: "is missing or damaged; taken for #\(id) by name and birth date, please compare"))
        )
      case .several(let ids):
        outcome.refused.append(
          remark(
            Sentence(
              zh: "缺失或有误，而登记册中有 \(ids.count) 人姓名和出生日期相同"
                + "（\(ids.map { "#\($0)" }.joined(separator: "、"))），请填写正确的号码",
              en:
                "is missing or damaged, and \(ids.count) registered persons have this name and birth"
                + " date (\(ids.map { "#\($0)" }.joined(separator: ", "))); enter the number")))
        continue
      case .likelyUnderAnotherNumber(let ids):
        outcome.warnings.append(
          remark(
            Sentence(
              zh: "不在登记册中，但 \(ids.map { "#\($0)" }.joined(separator: "、"))"
                + " 姓名和出生日期相同，请核对登记册中的号码是否有误；本行未登记",
              en: "is not registered, but \(ids.map { "#\($0)" }.joined(separator: ", "))"
                + " has this name and birth date; compare the numbers. The row is not recorded")))
      case .byNumber, .unknown: break
      }
      guard let person = person.known, let record = records[person]?.record else {
        outcome.unknown.append(Unknown(line: row.line, name: row.name))
        continue
      }
      guard record.name.nameWithoutBlanks == row.name else {
        outcome.refused.append(
          RowFault(
            address: CellAddress(file: fileName, line: row.line, column: "姓名"),
            reason: Sentence(
              zh: "与登记册中这个证件号的姓名不同，请核对",
              en: "is not the name that the register has for the number"),
            code: "number_and_name_differ"))
        continue
      }
      guard let status = Diner.Status(rawValue: row.kind.rawValue) else { continue }
      let day = row.day
      let departure = Departure(
        status: status, day: day, reason: row.place ?? row.remark ?? "")
      let change = try DinerStatusService.change(
        departure, of: person, voice: .list, transaction)
      if let end = change.endedBefore {
        outcome.warnings.append(
          remark(
            Sentence(
              zh: "登记册中 \(day) 的“\(status.name.zh)”已于 \(end) 结束或撤销，未再登记；"
                + "如确属实，请用 canteen diner status 登记",
              en: "is of somebody whose “\(status.name.en)” of \(day) was ended (\(end)) or taken"
                + " back; it is not recorded again. If it is true, use canteen diner status")))
        outcome.unchanged += 1
        continue
      }
      if change.status == nil { outcome.unchanged += 1 } else { outcome.recorded += 1 }
      outcome.entitlementsEnded += change.ended.count
      if mode == .apply { try DinerStatusService.write(change, by: by, transaction) }
      outcome.mealsAfter += try DepartureStore.meals(
        of: aliases.records(of: [person]), after: status.lastEntitledDay(from: day),
        MealAfterDeparture(
          diner: person, name: record.name, status: status, since: day, day: day, period: .lunch,
          canteen: "", subsidy: 0), transaction)
    }
    return outcome
  }
}

extension DepartureImport {
  /// Whom a row of a list means.
  private enum Person {
    case byNumber(Diner.ID)
    /// The number is missing or damaged, and one person has the name and the birth date.
    case byNameAndBirthDate(Diner.ID)
    case several([Diner.ID])
    /// The number is whole and unknown, yet there is somebody of the name and birth date.
    case likelyUnderAnotherNumber([Diner.ID])
    case unknown

    var known: Diner.ID? {
      switch self {
      case .byNumber(let id), .byNameAndBirthDate(let id): id
      case .several, .likelyUnderAnotherNumber, .unknown: nil
      }
    }
  }

  private static func persons(
    of rows: [DepartureRow], _ vault: Vault, _ aliases: DinerAliases,
    _ transaction: borrowing Transaction
  ) throws -> [Person] {
    let hashes = rows.map { row in
      row.document.flatMap { document in
        document.number.map { number in
          vault.lookupHashes(
            RosterEntry.identity(
              kind: document.kind.rawValue, number: number, name: "", birthDate: nil, phone: nil),
            as: .idNumber)
        }
      } ?? []
    }
    let holders = try DinerStore.holders(
      transaction.query(DinerStore.holders(ofNumbers: hashes.flatMap { $0 })))
    let byNumber = hashes.map { hashes in
      hashes.lazy.compactMap { holders[$0] }.first.map { aliases.person(of: $0) }
    }
    let wanted = rows.indices.filter { byNumber[$0] == nil }.map { place in
      TwinStore.Wanted(
        place: place, name: rows[place].name, birthDate: rows[place].birthDate, phoneTails: [],
        phoneKeys: [])
    }
    var alike: [Int: Set<Diner.ID>] = [:]
    for found in try TwinStore.registered(like: wanted, transaction) {
      alike[found.place, default: []].insert(aliases.person(of: found.diner))
    }
    return rows.indices.map { place in
      if let id = byNumber[place] { return .byNumber(id) }
      guard let ids = alike[place]?.sorted() else { return .unknown }
      if rows[place].document != nil { return .likelyUnderAnotherNumber(ids) }
      return ids.count == 1 ? .byNameAndBirthDate(ids[0]) : .several(ids)
    }
  }
}

extension DepartureImport.Outcome {
  fileprivate mutating func add(_ part: DepartureImport.Outcome) {
    recorded += part.recorded
    unchanged += part.unchanged
    unknown += part.unknown
    entitlementsEnded += part.entitlementsEnded
    refused += part.refused
    warnings += part.warnings
    mealsAfter += part.mealsAfter
  }
}
