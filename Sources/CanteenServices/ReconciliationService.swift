import CanteenDomain
import CanteenSQL
import CanteenVault
import Postgres

/// The nightly job: runs the checks over every canteen-day that they have not seen, and keeps what they
/// find.
public struct ReconciliationService: Sendable {
  let database: Database
  let calendar: CanteenCalendar
  private let ownChecks: String?

  /// - Parameter ownChecks: a folder with checks of the installation's own beside the product's.
  public init(
    _ database: Database, calendar: CanteenCalendar = .shanghai, ownChecks: String? = nil
  ) {
    self.database = database
    self.calendar = calendar
    self.ownChecks = ownChecks
  }

  /// What one run did.
  public struct Report: Sendable, Hashable {
    /// Canteen-days that this run looked at.
    public var days: Int
    /// Findings that were not there before, or say something else now.
    public var new: Int
    /// All findings of those canteens that nobody has explained.
    public var open: [Finding]
    /// Why the installation's own checks could not be run; the product's were all the same.
    public var ownChecksFault: Sentence?
  }

  /// Up to how many open days of a canteen each have a transaction of their own; beyond, months do.
  private static let daysOneByOne = 31

  /// Some days of one canteen that one transaction looks at.
  private struct Piece: Sendable {
    var set: CheckSet
    var canteen: Canteen.Code
    var days: [ReconciliationStore.OpenDay]

    var first: Day { days[0].day }
  }

  /// How many canteens are looked at at once, each over a connection of its own: while the server reads
  /// for one, lines of another are priced again.
  private static let canteensAtOnce = 2

  /// What became of a piece.
  private struct Covered: Sendable {
    var asked: Int
    /// How many days were looked at; the others somebody else covered meanwhile.
    var days: Int
    var new: Int
  }

  /// Pieces in their order, those of one first day together, so that no canteen has two in a round.
  private static func rounds(_ work: [Piece]) -> [[Piece]] {
    var rounds: [[Piece]] = []
    for piece in work {
      if let last = rounds.last?.last, last.first == piece.first, last.canteen != piece.canteen {
        rounds[rounds.count - 1].append(piece)
      } else {
        rounds.append([piece])
      }
    }
    return rounds
  }

  /// Looks at every day up to `day` that this edition of the checks has not seen, oldest first. Safe
  /// to interrupt, to run again and to run twice at once: a lock lets one transaction look at a canteen at
  /// a time, and it looks only at what nobody covered meanwhile. Checks of the installation's own come
  /// after the product's and cannot keep those from running.
  /// - Parameter first: the first day to look at; nil for all.
  /// - Throws: `ReconciliationRefusal`: of a day to come nothing is known, and it would count as seen.
  public func run(
    _ canteens: [Canteen.Code], from first: Day? = nil, through day: Day, by: Attribution,
    report: @escaping Progress.Report = { _ in }
  ) async throws -> Report {
    guard day <= calendar.day(of: by.at) else { throw ReconciliationRefusal.notCome(day) }
    if let first, first > day { throw ReconciliationRefusal.reversed(first, day) }
    let reference = try await ReferenceCache(database).reload()
    var result = Report(days: 0, new: 0, open: [])
    func run(_ set: CheckSet) async throws {
      let work = try await uncovered(canteens, from: first, through: day, by: set)
      try await cover(work, reference, at: by.at, &result, report)
    }
    try await run(CheckSet.builtIn.get())
    do {
      if let own = try ownChecks.flatMap({ try CheckSet.folder($0) }) { try await run(own) }
    } catch let error as CancellationError {
      throw error
    } catch let refusal as any Refusal {
      result.ownChecksFault = refusal.sentence
    } catch {
      result.ownChecksFault = Sentence(
        zh: "自有检查未能运行：\(error)", en: "checks of your own could not be run: \(error)")
    }
    for canteen in canteens {
      result.open += try await findings(
        canteen, from: first ?? Day(number: 0), to: day, onlyOpen: true)
    }
    return result
  }

  /// What is to be looked at, oldest first. Counting lines takes a good part of a night and is divided
  /// as the looking is; what the register learned, which is little, each part reads for itself.
  private func uncovered(
    _ canteens: [Canteen.Code], from first: Day?, through day: Day, by set: CheckSet
  ) async throws -> [Piece] {
    let share = max(1, (canteens.count + Self.canteensAtOnce - 1) / Self.canteensAtOnce)
    return try await withThrowingTaskGroup(of: [Canteen.Code: [ReconciliationStore.OpenDay]].self) {
      tasks in
      for start in stride(from: 0, to: canteens.count, by: share) {
        let some = Array(canteens[start..<min(start + share, canteens.count)])
        tasks.addTask {
          try await database.transaction(readOnly: true) { transaction in
            try ReconciliationStore.planForDays(transaction)
            return try ReconciliationStore.uncovered(
              some, from: first, through: day, edition: set.edition, transaction)
          }
        }
      }
      var work: [Piece] = []
      for try await open in tasks {
        for (canteen, days) in open {
          work += Self.pieces(days).map { Piece(set: set, canteen: canteen, days: $0) }
        }
      }
      return work.sorted { ($0.first, $0.canteen) < ($1.first, $1.canteen) }
    }
  }

  /// Covers pieces in their order, some canteens at a time.
  private func cover(
    _ work: [Piece], _ reference: Reference, at: Instant, _ result: inout Report,
    _ report: Progress.Report
  ) async throws {
    let total = work.reduce(0) { $0 + $1.days.count }
    var done = 0
    for round in Self.rounds(work) {
      try await withThrowingTaskGroup(of: Covered.self) { tasks in
        var waiting = round[...]
        for piece in waiting.prefix(Self.canteensAtOnce) {
          tasks.addTask { try await cover(piece, reference, at: at) }
        }
        waiting = waiting.dropFirst(Self.canteensAtOnce)
        while let covered = try await tasks.next() {
          result.days += covered.days
          result.new += covered.new
          done += covered.asked
          report(Progress(done: done, total: total))
          try Task.checkCancellation()
          guard let piece = waiting.popFirst() else { continue }
          tasks.addTask { try await cover(piece, reference, at: at) }
        }
      }
    }
  }

  /// The checks of the product, and those of the installation where they can be read.
  private func sets() throws -> [CheckSet] {
    let own = ownChecks.flatMap { try? CheckSet.folder($0) }
    return [try CheckSet.builtIn.get()] + (own.map { [$0] } ?? [])
  }

  /// What checks are called, by their ids.
  func titles() throws -> [String: Sentence] {
    try Dictionary(
      sets().flatMap(\.checks).map { ($0.id, $0.title) }, uniquingKeysWith: { first, _ in first })
  }

  private static func pieces(
    _ days: [ReconciliationStore.OpenDay]
  ) -> [[ReconciliationStore.OpenDay]] {
    guard days.count > daysOneByOne else { return days.map { [$0] } }
    return Dictionary(grouping: days, by: \.day.firstOfMonth).values.map {
      $0.sorted { $0.day < $1.day }
    }
  }

  private func cover(
    _ piece: Piece, _ reference: Reference, at: Instant
  ) async throws -> Covered {
    try await database.transaction { try cover(piece, reference, at: at, $0) }
  }

  private func cover(
    _ piece: Piece, _ reference: Reference, at: Instant, _ transaction: borrowing Transaction
  ) throws -> Covered {
    let nothing = Covered(asked: piece.days.count, days: 0, new: 0)
    try ReconciliationStore.lock(piece.canteen, transaction)
    try ReconciliationStore.planForDays(transaction)
    let days = try ReconciliationStore.stillOpen(
      piece.days, edition: piece.set.edition, transaction)
    guard let first = days.first?.day, let last = days.last?.day else { return nothing }
    let open = Set(days.map(\.day))
    let found = try look(
      piece.set, at: piece.canteen, from: first, to: last, reference, transaction
    ).filter { open.contains($0.day) }
    let new = try ReconciliationStore.keep(
      found, of: piece.set.checks.map(\.id), piece.canteen, days: days.map(\.day), at: at,
      transaction)
    let byDay = Dictionary(grouping: found, by: \.day).mapValues(\.count)
    try ReconciliationStore.markCovered(
      days.map { ($0, byDay[$0.day] ?? 0) }, piece.canteen, edition: piece.set.edition, at: at,
      transaction)
    return Covered(asked: piece.days.count, days: days.count, new: new)
  }

  /// What checks find: their statements, and what the pricing function says to them.
  private func look(
    _ set: CheckSet, at canteen: Canteen.Code, from: Day, to: Day, _ reference: Reference,
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    let found = try ReconciliationStore.run(
      set.checks, canteen, from: from, to: to,
      parameters: ReconciliationPolicies.values(reference.policies, from: from, to: to),
      transaction)
    return try ReconciliationJudgement(reference: reference, calendar: calendar)
      .due(found, of: set.checks, at: canteen, transaction)
      + ReconciliationRepricing(set, reference).findings(canteen, from: from, to: to, transaction)
  }

  /// A hash of the product's checks; a statement waits until its days were seen by them.
  static let edition = Seal.of(CanteenSQL.checks.map { $0.name + "\n" + $0.text }.joined().utf8)

  /// What one check finds now, without keeping it: for an auditor, and for trying a threshold.
  /// - Throws: `FindingRefusal.unknownCheck`.
  public func look(
    _ check: String, _ canteen: Canteen.Code, from: Day, to: Day
  ) async throws -> [Finding] {
    let known = try sets().map { set in
      var one = set
      one.checks = set.checks.filter { $0.id == check }
      return one
    }
    guard let set = known.first(where: { !$0.checks.isEmpty }) else {
      throw FindingRefusal.unknownCheck(check)
    }
    let reference = try await ReferenceCache(database).reload()
    return try await database.transaction(readOnly: true) {
      try ReconciliationStore.planForDays($0)
      return try look(set, at: canteen, from: from, to: to, reference, $0)
    }
  }

  /// How far each canteen is covered; a night was missed if its last day lies before `day`.
  public func coverage(through day: Day) async throws -> [Coverage] {
    try await database.transaction(readOnly: true) {
      try ReconciliationStore.coverage(through: day, edition: Self.edition, $0)
    }
  }

  /// How many days back from `day` each canteen's last reconciled day lies, for a monitor that asks often:
  /// unlike `coverage` it does not look for days in between. Canteens without anything to reconcile
  /// are left out.
  public func lag(through day: Day) async throws -> [(canteen: Canteen.Code, days: Int)] {
    try await database.transaction(readOnly: true) {
      try ReconciliationStore.lag(through: day, edition: Self.edition, $0)
    }
  }

  /// How many findings nobody has explained, over all canteens.
  public func openFindings() async throws -> [Finding.Severity: Int] {
    try await database.transaction(readOnly: true) { try ReconciliationStore.openFindings($0) }
  }

  /// What is covered of one canteen.
  public struct Coverage: Sendable, Hashable {
    public var canteen: Canteen.Code
    /// The last day that this edition of the checks has seen; nil if none.
    public var last: Day?
    /// Days up to the day asked for that it has not seen.
    public var missed: Int
    /// Findings that nobody has explained.
    public var open: Int
  }

  /// What was found in a canteen between two days, the gravest first.
  /// - Throws: `ReconciliationRefusal.reversed`.
  public func findings(
    _ canteen: Canteen.Code, from: Day, to: Day, onlyOpen: Bool = false
  ) async throws -> [Finding] {
    guard from <= to else { throw ReconciliationRefusal.reversed(from, to) }
    let titles = try titles()
    return try await database.transaction(readOnly: true) {
      try ReconciliationStore.findings(
        canteen, from: from, to: to, onlyOpen: onlyOpen, titles: titles, $0)
    }
  }

  /// Writes down what a person says about a finding, or what another one decided about it.
  /// - Parameter subject: which one, by its code or by its name; nil where the check found only one on
  ///   that day.
  /// - Returns: its subject.
  /// - Throws: `FindingRefusal`.
  @discardableResult
  public func explain(
    check: String, canteen: Canteen.Code, day: Day, subject: String?, explanation: String,
    step: Finding.Step = .explained, reason: Finding.Reason = .other, by: Attribution
  ) async throws -> String {
    let text = explanation.trimmedSpaces()
    guard !text.isEmpty else { throw FindingRefusal.explanationMissing }
    return try await database.transaction { transaction in
      let found = try ReconciliationStore.findings(
        canteen, from: day, to: day, onlyOpen: false, titles: [:], transaction
      ).filter { finding in
        guard finding.check == check else { return false }
        return subject.map { [finding.subject, finding.subjectName.zh].contains($0) } ?? true
      }
      guard let finding = found.first else {
        throw FindingRefusal.unknown(check: check, subject: subject)
      }
      guard found.count == 1 else { throw FindingRefusal.several(found.map(\.subject)) }
      guard step.mayFollow(finding.step) else {
        throw FindingRefusal.outOfOrder(step, after: finding.step)
      }
      let hands = try ReconciliationStore.explainers(of: finding, transaction)
      guard step == .explained || !hands.contains(by.by) else {
        throw FindingRefusal.sameHands(by.by)
      }
      _ = try ReconciliationStore.explain(
        check: check, canteen: canteen, day: day, subject: finding.subject, explanation: text,
        step: step, reason: reason, by: by, transaction)
      return finding.subject
    }
  }

  /// Sets a parameter of a check for a canteen, or for all that have none of their own.
  /// - Throws: `FindingRefusal.unknownCheck`, `.unknownParameter`, `.givenByPolicies`, `.badValue`.
  public func setThreshold(
    check: String, parameter: String, value: String, canteen: Canteen.Code?, by: Attribution
  ) async throws {
    guard let known = try sets().flatMap(\.checks).first(where: { $0.id == check }) else {
      throw FindingRefusal.unknownCheck(check)
    }
    guard known.defaults[parameter] != nil else {
      throw FindingRefusal.unknownParameter(parameter, known: known.defaults.keys.sorted())
    }
    guard ReconciliationPolicies.parameters[check]?.contains(parameter) != true else {
      throw FindingRefusal.givenByPolicies(check: check, parameter: parameter)
    }
    if let form = known.complaint(about: value, for: parameter) {
      throw FindingRefusal.badValue(value, parameter: parameter, form: form)
    }
    try await database.transaction {
      try ReconciliationStore.setThreshold(
        check: check, canteen: canteen ?? "", parameter: parameter, value: value, by: by, $0)
    }
  }
}
