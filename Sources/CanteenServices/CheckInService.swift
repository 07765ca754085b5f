import CanteenDomain
import CanteenVault
import Postgres

/// 签到: turns requests into priced, journalled check-ins.
///
/// A batch of n ≥ 1 all the way down: one flight locks the persons and reads, pure code decides, one
/// flight writes. Each request has its own outcome; one bad request never fails its neighbours.
public struct CheckInService: Sendable {
  let database: Database
  private let vault: Vault?
  private let references: ReferenceCache
  private let months: ServiceMonths
  let calendar: CanteenCalendar

  /// - Parameter vault: finds cards whose numbers are kept as keyed hashes (社保卡, 敬老卡, QR); without
  ///   it only the office's own cards are known.
  public init(_ database: Database, vault: Vault? = nil, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.vault = vault
    self.calendar = calendar
    references = ReferenceCache(database)
    months = ServiceMonths(database)
  }

  /// What became of one request.
  public typealias Outcome = Result<CheckInReceipt, RefusedCheckIn>

  /// Checks a batch in, in the order of service time.
  /// - Returns: one outcome a request, in the order of the requests.
  public func checkIn(_ requests: [CheckInRequest], by: Attribution) async throws -> [Outcome] {
    guard !requests.isEmpty else { return [] }
    let cards = Set(requests.map(\.card)).sorted()
    let keys = CredentialStore.Keys(cards, vault: vault)
    let holders = keys.holders(
      try CredentialStore.holders(await database.query(CredentialStore.holders(of: keys.all))))
    if !holders.isEmpty { try await months.ensure(requests.map(\.day)) }
    // Another terminal may take one of our keys between reading and writing; then all is read again.
    for _ in 1...3 {
      let reference = try await references.reference()
      do {
        return try await attempt(requests, holders: holders, reference: reference, by: by)
      } catch is ReferenceOutdated {
        _ = try await references.reload()
      } catch is CheckInStore.KeyTaken {
        continue
      }
    }
    return try await attempt(
      requests, holders: holders, reference: try await references.reload(), by: by)
  }

  /// The reference tables grew since they were read.
  private struct ReferenceOutdated: Error {}

  private func attempt(
    _ requests: [CheckInRequest], holders: [String: CredentialStore.Holder],
    reference: Reference, by: Attribution
  ) async throws -> [Outcome] {
    let calendar = calendar
    let aliases = reference.aliases
    let holders = holders.mapValues { $0.standing(for: aliases.person(of: $0.diner)) }
    let diners = aliases.records(of: Set(holders.values.map(\.diner)))
    return try await database.transaction { transaction in
      let days = requests.map(\.day)
      guard let first = days.min(), let last = days.max() else { return [] }
      let facts = try CheckInStore.read(
        diners: diners, canteens: Set(requests.map(\.canteen)).sorted(),
        keys: requests.map(\.id),
        window: reference.policies.capsWindow(for: first)...last,
        regions: reference.regions, aliases: aliases, transaction)
      guard facts.revision == reference.revision else { throw ReferenceOutdated() }
      var context = CheckInContext(
        places: reference.places(closedThrough: facts.closedThrough), diners: facts.diners,
        earlier: facts.earlier, policies: reference.policies, calendar: calendar, now: by.at)
      var batch = Batch(requests, holders: holders, keys: facts.keys)
      batch.decide(in: &context)
      if !batch.decided.isEmpty {
        try CheckInStore.write(
          batch.decided, bodies: batch.decided.map { Seal.of($0.body.utf8) }, by: by, transaction)
      }
      let repeated = try CheckInStore.stored(batch.repeated, transaction)
      return batch.outcomes(repeated: repeated)
    }
  }
}

extension Reference {
  /// The canteens as a check-in sees them.
  func places(closedThrough: [Canteen.Code: Day]) -> [Canteen.Code: CheckInContext.Place] {
    canteens.mapValues {
      CheckInContext.Place(
        canteen: $0, regions: regions.path(to: $0.region), closedThrough: closedThrough[$0.code])
    }
  }
}

/// An accepted check-in as the counter shows it.
public struct CheckInReceipt: Sendable, Hashable {
  public var checkIn: CheckIn
  public var line: PricedLine
  /// True if the same request was accepted before: nothing was written this time.
  public var isRepeated: Bool
}

/// A refusal as an error of one request in a batch.
public struct RefusedCheckIn: Error, Sendable, Hashable {
  public var refusal: CheckInRefusal
}

/// One batch on its way from requests to outcomes.
private struct Batch {
  private enum Fate {
    case decided(Int)
    case repeated(CheckIn.ID)
    case refused(CheckInRefusal)
  }

  private let requests: [CheckInRequest]
  private let holders: [String: CredentialStore.Holder]
  private var keys: [CheckIn.ID: CheckInStore.StoredKey]
  private var fates: [Fate?]
  private(set) var decided: [DecidedCheckIn] = []
  /// Keys that were answered before, with what finds their rows.
  private(set) var repeated: [CheckIn.ID: CheckInStore.StoredKey] = [:]

  init(
    _ requests: [CheckInRequest], holders: [String: CredentialStore.Holder],
    keys: [CheckIn.ID: CheckInStore.StoredKey]
  ) {
    self.requests = requests
    self.holders = holders
    self.keys = keys
    fates = Array(repeating: nil, count: requests.count)
  }

  mutating func decide(in context: inout CheckInContext) {
    let order = requests.indices.sorted {
      (requests[$0].day, requests[$0].time, requests[$0].id)
        < (requests[$1].day, requests[$1].time, requests[$1].id)
    }
    var inThisBatch: [CheckIn.ID: (index: Int, body: String)] = [:]
    for index in order {
      let request = requests[index]
      if let key = keys[request.id] {
        if key.body == Seal.of(request.canonicalBody.utf8) {
          repeated[request.id] = key
          fates[index] = .repeated(request.id)
        } else {
          fates[index] = .refused(.keyUsedForAnother(request.id))
        }
        continue
      }
      if let twin = inThisBatch[request.id] {
        fates[index] =
          twin.body == request.canonicalBody
          ? .decided(twin.index) : .refused(.keyUsedForAnother(request.id))
        continue
      }
      guard let holder = holders[request.card] else {
        fates[index] = .refused(.unknownCard(request.card))
        continue
      }
      if let event = holder.badEvent(at: context.calendar.instant(request.day, request.time)) {
        fates[index] = .refused(.cardNotGood(event))
        continue
      }
      do throws(CheckInRefusal) {
        decided.append(try context.decide(request, for: holder.diner))
        inThisBatch[request.id] = (decided.count - 1, request.canonicalBody)
        fates[index] = .decided(decided.count - 1)
      } catch {
        fates[index] = .refused(error)
      }
    }
  }

  /// One outcome a request, in their order.
  func outcomes(
    repeated stored: [CheckIn.ID: CheckInReceipt]
  ) -> [CheckInService.Outcome] {
    var given: Set<Int> = []
    return fates.enumerated().map { index, fate in
      switch fate {
      case .decided(let place):
        let receipt = CheckInReceipt(
          checkIn: decided[place].checkIn, line: decided[place].line,
          isRepeated: !given.insert(place).inserted)
        return .success(receipt)
      case .repeated(let id):
        return stored[id].map(Result.success)
          ?? .failure(RefusedCheckIn(refusal: .unknownCheckIn(id)))
      case .refused(let refusal):
        return .failure(RefusedCheckIn(refusal: refusal))
      case nil:
        preconditionFailure("request \(index) of a batch was not decided")
      }
    }
  }
}
