import CanteenDomain
import CanteenFiles
import CanteenVault
import Postgres

/// 花名册: brings the rows of a roster into the register, new persons and changed ones; or only says
/// what it would do.
public struct RosterImport: Sendable {
  private let database: Database
  private let vault: Vault

  public init(_ database: Database, vault: Vault) {
    self.database = database
    self.vault = vault
  }

  /// Whether a run writes.
  public enum Mode: Sendable, Hashable {
    /// Says what would change.
    case propose
    case apply
  }

  /// From when a change of hukou, residence or permit holds; meals before it keep the home before. A
  /// name, a sex or a birth date has always been what it is found to be.
  public enum HomeChanges: Sendable, Hashable {
    case from(Day)
    /// What was registered was wrong from the beginning.
    case always

    var day: Day? {
      switch self {
      case .from(let day): day
      case .always: nil
      }
    }
  }

  /// A row that may be a person who is there already, under another number.
  public struct SuspectedTwin: Sendable, Hashable {
    public var line: Int
    public var name: String
    /// The register number of the other, or nil for a row of the same file.
    public var other: Diner.ID?
    public var otherLine: Int?
    public var otherName: String
    public var reason: TwinReason
  }

  /// What became of a roster, or would become of it.
  public struct Outcome: Sendable, Hashable {
    public var added = 0
    public var changed = 0
    public var unchanged = 0
    /// Rows that were not taken, each with where and why.
    public var refused: [RowFault] = []
    /// Rows that say again what an earlier row said.
    public var duplicates: [RowFault] = []
    /// Rows that were taken and should be looked at.
    public var warnings: [RowFault] = []
    /// What changes, row by row; unchanged rows are only counted. New rows are listed in a proposal.
    public var changes: [RosterChange] = []
    public var twins: [SuspectedTwin] = []

    public init() {}

    /// Takes in what became of a part, or of another sheet.
    public mutating func add(_ other: Outcome) {
      added += other.added
      changed += other.changed
      unchanged += other.unchanged
      refused += other.refused
      duplicates += other.duplicates
      warnings += other.warnings
      changes += other.changes
      twins += other.twins
    }
  }

  /// How many persons one transaction registers, and how many transactions run at a time.
  private static let rowsAtOnce = 1000
  private static let batchesAtOnce = 3

  /// Registers persons in batches, each in a transaction of its own: interrupted and run again it ends
  /// where one whole run ends, and a second run changes nothing.
  /// - Parameter homeChanges: by default they hold from the day of the import.
  public func run(
    _ readings: [RowReading<RosterRow>], fileName: String, by: Attribution,
    homeChanges: HomeChanges? = nil, mode: Mode = .apply,
    report: @escaping Progress.Report = { _ in }
  ) async throws -> Outcome {
    let homeChanges = homeChanges ?? .from(CanteenCalendar.shanghai.day(of: by.at))
    let regions = try await RegionService(database).tree()
    let aliases = try await database.transaction(readOnly: true) { try DinerAliases.read($0) }
    var outcome = Outcome()
    var entries: [RosterEntry] = []
    entries.reserveCapacity(readings.count)
    var places = RosterPlaces(regions)
    for reading in readings {
      outcome.refused += reading.faults
      outcome.warnings += reading.warnings
      if let duplicate = reading.duplicate { outcome.duplicates.append(duplicate) }
      guard let row = reading.value else { continue }
      do {
        entries.append(
          try RosterEntry(
            row, places: &places, vault: vault, fileName: fileName, warnings: &outcome.warnings))
      } catch {
        outcome.refused.append(error.fault)
      }
    }
    outcome.twins = Self.twins(within: entries)
    try await inBatches(
      entries, aliases: aliases, homeChanges, mode: mode, by: by, &outcome, report: report)
    outcome.changes.sort { $0.line < $1.line }
    outcome.twins.sort { $0.line < $1.line }
    return outcome
  }

  private func inBatches(
    _ entries: [RosterEntry], aliases: DinerAliases, _ homeChanges: HomeChanges, mode: Mode,
    by: Attribution, _ outcome: inout Outcome, report: @escaping Progress.Report
  ) async throws {
    let batches = stride(from: 0, to: entries.count, by: Self.rowsAtOnce).map { start in
      let end = Swift.min(start + Self.rowsAtOnce, entries.count)
      return RosterBatch(
        Array(entries[start..<end]), aliases: aliases, vault: vault, homeChanges: homeChanges,
        by: by, isLast: end == entries.count)
    }
    guard let last = batches.last else { return }
    var done = 0
    func add(_ batch: RosterBatch, _ part: Outcome) {
      outcome.add(part)
      done += batch.count
      report(Progress(done: done, total: entries.count))
    }
    try await withThrowingTaskGroup(of: (RosterBatch, Outcome).self) { group in
      var waiting = batches.dropLast().makeIterator()
      func launch() {
        guard let batch = waiting.next() else { return }
        group.addTask { (batch, try await batch.run(database, mode: mode)) }
      }
      for _ in 0..<Self.batchesAtOnce { launch() }
      while let (batch, part) = try await group.next() {
        add(batch, part)
        launch()
      }
    }
    // Its commit brings those before it to disk, so it comes when they are all there.
    add(last, try await last.run(database, mode: mode))
  }

  /// Rows of one file that may be one person under two numbers.
  private static func twins(within entries: [RosterEntry]) -> [SuspectedTwin] {
    var byBirth: [String: Int] = [:]
    var byPhone: [String: Int] = [:]
    var twins: [SuspectedTwin] = []
    for (index, entry) in entries.enumerated() {
      var other: (Int, TwinReason)?
      if let birth = entry.birthDate {
        let key = "\(birth.number) \(entry.name)"
        if let earlier = byBirth[key] { other = (earlier, .nameAndBirthDate) }
        byBirth[key] = index
      }
      if let phone = entry.phone {
        if let earlier = byPhone[phone], other == nil,
          NameLikeness.isSimilar(entries[earlier].name, entry.name)
        {
          other = (earlier, .phoneAndSimilarName)
        }
        byPhone[phone] = index
      }
      guard let (earlier, reason) = other else { continue }
      twins.append(
        SuspectedTwin(
          line: entry.line, name: entry.name, otherLine: entries[earlier].line,
          otherName: entries[earlier].name, reason: reason))
    }
    return twins
  }
}
