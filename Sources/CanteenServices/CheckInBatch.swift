import CanteenDomain
import CanteenVault
import Postgres

/// One batch of check-ins on its way from requests to outcomes.
struct CheckInBatch {
  /// A decided check-in with who brought it.
  struct Decided {
    var checkIn: DecidedCheckIn
    var by: Attribution
  }

  /// A request that came late and was not accepted: a person has to judge it.
  struct Kept {
    /// Names the person instead of the card, where the card is somebody's.
    var submission: CheckInService.Submission
    var refusal: CheckInRefusal
    /// Of the request as it came.
    var body: Seal
  }

  /// What more requests than this are is a list: its persons seldom come again, and of each all meals since
  /// would be read.
  private static let tapsMax = 100

  private enum Fate {
    case decided(Int)
    case repeated(CheckIn.ID)
    case refused(CheckInRefusal)
  }

  private let submissions: [CheckInService.Submission]
  /// Whom each request names, and why the card does not do.
  private let persons: [Result<Diner.ID, RefusedCheckIn>]
  private let holders: [String: CredentialStore.Holder]
  private let aliases: DinerAliases
  private var fates: [Fate?]
  private(set) var decided: [Decided] = []
  private(set) var kept: [Kept] = []
  /// Keys that were answered before, with what finds their rows.
  private(set) var repeated: [CheckIn.ID: CheckInStore.StoredKey] = [:]

  init(
    _ submissions: [CheckInService.Submission], holders: [String: CredentialStore.Holder],
    aliases: DinerAliases
  ) {
    self.submissions = submissions
    self.holders = holders
    self.aliases = aliases
    fates = Array(repeating: nil, count: submissions.count)
    persons = submissions.map { submission in
      switch submission.request.party {
      case .guest: return .success(0)
      case .diner(let id): return .success(aliases.person(of: id))
      case .card(let card):
        guard let holder = holders[card] else {
          return .failure(RefusedCheckIn(refusal: .unknownCard(card)))
        }
        return .success(aliases.person(of: holder.diner))
      }
    }
  }

  /// When the last of them was brought.
  var latest: Instant { submissions.map(\.by.at).max() ?? Instant(microseconds: 0) }

  /// What has to be read for it.
  func reading(_ policies: PolicySet, _ budgets: [BudgetUse.Key]) -> CheckInStore.Reading {
    let days = submissions.map(\.request.day)
    let first = days.min() ?? Day(number: 0)
    let named = persons.compactMap { try? $0.get() }.filter { $0 != 0 }
    return CheckInStore.Reading(
      diners: aliases.records(of: Set(named)),
      canteens: Set(submissions.map(\.request.canteen)).sorted(),
      keys: submissions.map(\.request.id),
      window: policies.capsWindow(for: first...(days.max() ?? first)),
      budgets: budgets,
      needsProxies: submissions.contains { $0.request.proxy != nil },
      isMemorable: budgets.isEmpty && submissions.count <= Self.tapsMax
        && submissions.allSatisfy(\.isPlain))
  }

  mutating func decide(
    in context: inout CheckInContext, keys: [CheckIn.ID: CheckInStore.StoredKey],
    exceptions: [CheckIn.ID: CheckInExceptionStore.Known]
  ) {
    let order = submissions.indices.sorted {
      let (left, right) = (submissions[$0].request, submissions[$1].request)
      return (left.day, left.time, left.id) < (right.day, right.time, right.id)
    }
    var inThisBatch: [CheckIn.ID: (fate: Fate, body: String)] = [:]
    for index in order {
      let request = submissions[index].request
      if let fate = known(submissions[index], keys: keys, exceptions: exceptions) {
        fates[index] = fate
        continue
      }
      let body = request.canonicalBody
      if let twin = inThisBatch[request.id] {
        fates[index] = twin.body == body ? twin.fate : .refused(.keyUsedForAnother(request.id))
        continue
      }
      let fate = fresh(index, in: &context)
      inThisBatch[request.id] = (fate, body)
      fates[index] = fate
    }
  }

  /// What was answered before for a key; nil for a new one.
  private mutating func known(
    _ submission: CheckInService.Submission, keys: [CheckIn.ID: CheckInStore.StoredKey],
    exceptions: [CheckIn.ID: CheckInExceptionStore.Known]
  ) -> Fate? {
    let request = submission.request
    guard keys[request.id] != nil || exceptions[request.id] != nil else { return nil }
    let seal = Seal.of(request.canonicalBody.utf8)
    if let exception = exceptions[request.id] {
      if submission.decision != nil, keys[request.id] == nil { return nil }
      guard submission.decision != nil || exception.body == seal else {
        return .refused(.keyUsedForAnother(request.id))
      }
      guard let key = keys[request.id] else {
        return .refused(.kept(request.id, code: exception.code, exception.sentence))
      }
      repeated[request.id] = key
      return .repeated(request.id)
    }
    guard let key = keys[request.id] else { return nil }
    guard key.body == seal else { return .refused(.keyUsedForAnother(request.id)) }
    repeated[request.id] = key
    return .repeated(request.id)
  }

  private mutating func fresh(_ index: Int, in context: inout CheckInContext) -> Fate {
    let submission = submissions[index]
    let request = submission.request
    do throws(CheckInRefusal) {
      let checkIn: DecidedCheckIn
      if case .guest = request.party {
        checkIn = try context.decideGuest(request)
      } else {
        let person: Diner.ID
        switch persons[index] {
        case .success(let id): person = id
        case .failure(let refused): throw refused.refusal
        }
        if let card = request.card,
          let event = holders[card]?.badEvent(
            at: context.calendar.instant(request.day, request.time))
        {
          throw .cardNotGood(event)
        }
        checkIn = try context.decide(request, for: person)
      }
      decided.append(Decided(checkIn: checkIn, by: submission.by))
      return .decided(decided.count - 1)
    } catch {
      guard request.entry != .counter, submission.decision == nil, error.isWorthJudging else {
        return .refused(error)
      }
      var named = submission
      if case .card = request.party, case .success(let person) = persons[index] {
        named.request.party = .diner(person)
      }
      kept.append(
        Kept(submission: named, refusal: error, body: Seal.of(request.canonicalBody.utf8)))
      return .refused(.kept(request.id, code: error.code, error.sentence))
    }
  }

  /// Decisions about exceptions whose meals are in the books now, or were before.
  var decisions: [CheckInService.Submission] {
    zip(submissions, fates).compactMap { submission, fate in
      guard submission.decision != nil else { return nil }
      switch fate {
      case .decided, .repeated: return submission
      case .refused, nil: return nil
      }
    }
  }

  /// Guests get a number each, made now: nobody else has it, so nobody waits for anybody.
  mutating func numberGuests(_ transaction: borrowing Transaction) throws {
    let guests = decided.indices.filter { decided[$0].checkIn.checkIn.guest != nil }
    guard !guests.isEmpty else { return }
    let numbers = try CheckInStore.newGuests(guests.count, at: latest, transaction)
    for (index, number) in zip(guests, numbers) {
      decided[index].checkIn = decided[index].checkIn.numbered(number)
    }
  }

  private static func name(_ checkIn: CheckIn, _ names: [Diner.ID: String]) -> String {
    checkIn.guest?.name.zh ?? names[checkIn.diner] ?? ""
  }

  /// One outcome a request, in their order.
  func outcomes(
    repeated stored: [CheckIn.ID: CheckInReceipt], names: [Diner.ID: String]
  ) -> [CheckInService.Outcome] {
    var given: Set<Int> = []
    return fates.enumerated().map { index, fate in
      switch fate {
      case .decided(let place):
        let one = decided[place].checkIn
        return .success(
          CheckInReceipt(
            checkIn: one.checkIn, line: one.line, name: Self.name(one.checkIn, names),
            recordedBy: decided[place].by.by, isRepeated: !given.insert(place).inserted))
      case .repeated(let id):
        return stored[id].map { .success($0.named(Self.name($0.checkIn, names))) }
          ?? .failure(RefusedCheckIn(refusal: .unknownCheckIn(id)))
      case .refused(let refusal):
        return .failure(RefusedCheckIn(refusal: refusal))
      case nil:
        preconditionFailure("request \(index) of a batch was not decided")
      }
    }
  }
}

extension CheckInService.Submission {
  /// Whether it is a tap like most: what decides it is the person's and the canteen's alone.
  fileprivate var isPlain: Bool {
    if case .guest = request.party { return false }
    return request.entry != .late && decision == nil && request.proxy == nil
      && request.pointsOf == nil
  }
}
