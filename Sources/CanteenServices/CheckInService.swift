import CanteenDomain
import CanteenVault
import Postgres

/// 签到: turns requests into priced, journalled check-ins.
///
/// A batch of n ≥ 1 all the way down: one flight locks the persons and reads, pure code decides, one
/// flight writes; the first is spared where everybody is remembered (`CheckInMemory`). Each request has
/// its own outcome; one bad request never fails its neighbours.
public struct CheckInService: Sendable {
  let database: Database
  let vault: Vault?
  let references: ReferenceCache
  private let months: ServiceMonths
  let budgets: BudgetYears
  let memory = CheckInMemory()
  let calendar: CanteenCalendar

  /// - Parameter vault: finds cards whose numbers are kept as keyed hashes (社保卡, 敬老卡, QR); without
  ///   it only the office's own cards are known.
  public init(_ database: Database, vault: Vault? = nil, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.vault = vault
    self.calendar = calendar
    references = ReferenceCache(database)
    months = ServiceMonths(database)
    budgets = BudgetYears(database)
  }

  /// What became of one request.
  public typealias Outcome = Result<CheckInReceipt, RefusedCheckIn>

  /// A request, and who brings it when.
  public struct Submission: Sendable, Hashable {
    public var request: CheckInRequest
    public var by: Attribution
    /// What a person decided about the exception of the same key, and why; nil for a first request.
    var decision: CheckInException.Judgement?

    public init(_ request: CheckInRequest, by: Attribution) {
      self.request = request
      self.by = by
    }
  }

  /// Checks a batch in, in the order of service time.
  /// - Returns: one outcome a request, in the order of the requests.
  public func checkIn(_ requests: [CheckInRequest], by: Attribution) async throws -> [Outcome] {
    try await checkIn(requests.map { Submission($0, by: by) })
  }

  /// The same for requests of several people.
  public func checkIn(_ batch: [Submission]) async throws -> [Outcome] {
    guard !batch.isEmpty else { return [] }
    let holders = try await holders(of: Set(batch.compactMap(\.request.card)).sorted())
    try await months.ensure(batch.map(\.request.day))
    // Another terminal may take one of our keys between reading and writing; then all is read again.
    for trial in 1...4 {
      do {
        return try await attempt(
          batch, holders: holders, references.reference(), fromMemory: trial == 1)
      } catch is ReferenceOutdated {
        _ = try await references.reload()
      } catch is CheckInStore.KeyTaken, is CheckInStore.ClaimFailed {
        continue
      } catch let error as ConnectionError {
        memory.forget()
        throw error
      }
    }
    return try await attempt(batch, holders: holders, references.reload(), fromMemory: false)
  }

  func holders(of cards: [String]) async throws -> [String: CredentialStore.Holder] {
    guard !cards.isEmpty else { return [:] }
    let keys = CredentialStore.Keys(cards, vault: vault)
    return keys.holders(
      try CredentialStore.holders(await database.query(CredentialStore.holders(of: keys.all))))
  }

  /// - Parameter fromMemory: whether what is remembered may be decided from.
  /// - Throws: `CheckInStore.ClaimFailed` where that led nowhere; nothing is written then.
  private func attempt(
    _ submissions: [Submission], holders: [String: CredentialStore.Holder],
    _ reference: Reference, fromMemory: Bool
  ) async throws -> [Outcome] {
    let (calendar, vault, memory) = (calendar, vault, memory)
    let limited = BudgetStore.keys(reference.policies, submissions.map(\.request.day))
    if !limited.isEmpty, let latest = submissions.map(\.by.at).max() {
      try await budgets.ensure(limited, at: latest)
    }
    return try await database.transaction { transaction in
      var batch = CheckInBatch(submissions, holders: holders, aliases: reference.aliases)
      let reading = batch.reading(reference.policies, limited)
      let recalled =
        fromMemory && reading.isMemorable
        ? memory.recall(reading, reference.revision) : nil
      let facts =
        try recalled?.facts
        ?? CheckInStore.read(
          reading, regions: reference.regions, aliases: reference.aliases, transaction)
      guard facts.revision == reference.revision else { throw ReferenceOutdated() }
      var context = CheckInContext(
        places: reference.places(closedThrough: facts.closedThrough), diners: facts.diners,
        earlier: facts.earlier(in: reading.window), proxies: facts.proxies,
        policies: reference.policies, budget: facts.budget.use,
        purses: try PointStore.purses(
          Set(submissions.compactMap(\.request.pointsOf)).sorted(), transaction),
        calendar: calendar, now: batch.latest)
      batch.decide(in: &context, keys: facts.keys, exceptions: facts.exceptions)
      // A refusal is nobody's memory: what speaks against a meal is read.
      guard recalled == nil || batch.decided.count == submissions.count else {
        throw CheckInStore.ClaimFailed()
      }
      try batch.numberGuests(transaction)
      try PointStore.spend(batch.decided, transaction)
      if !batch.kept.isEmpty {
        try CheckInExceptionStore.insert(batch.kept, vault: vault, transaction)
      }
      // With the meals that they accept, or not at all: of two who judge one exception one is first.
      for submission in batch.decisions {
        try CheckInExceptionStore.insert(submission, transaction)
      }
      let outcomes = batch.outcomes(
        repeated: try CheckInStore.stored(batch.repeated, transaction), names: facts.names)
      if !batch.decided.isEmpty {
        try CheckInStore.writeAndCommit(
          batch.decided, facts.budget, on: recalled?.claim, at: batch.latest, transaction)
      }
      if reading.isMemorable {
        memory.remember(
          facts, of: reading, and: batch.decided.map(\.checkIn), in: reference)
      }
      return outcomes
    }
  }
}

extension Reference {
  /// The canteens as a check-in sees them.
  func places(closedThrough: [Canteen.Code: Day]) -> [Canteen.Code: CheckInContext.Place] {
    var places = places
    for (code, day) in closedThrough { places[code]?.closedThrough = day }
    return places
  }
}

extension CheckInRequest {
  /// The key of a meal that nobody gave a number: made of the request itself, so that what is entered
  /// twice, to the minute, is one.
  public var derivedID: CheckIn.ID {
    CheckIn.ID(bytes: Seal.of("late|\(canonicalBody)".utf8).bytes)
  }
}

/// An accepted check-in as the counter shows it.
public struct CheckInReceipt: Sendable, Hashable {
  public var checkIn: CheckIn
  public var line: PricedLine
  /// Of the person, or what sort of guest it is.
  public var name: String
  public var recordedBy: String
  /// True if the same request was accepted before: nothing was written this time.
  public var isRepeated: Bool

  func named(_ name: String) -> CheckInReceipt {
    var named = self
    named.name = name
    return named
  }
}

/// A refusal as an error of one request in a batch.
public struct RefusedCheckIn: Error, Sendable, Hashable {
  public var refusal: CheckInRefusal

  public init(refusal: CheckInRefusal) { self.refusal = refusal }
}
