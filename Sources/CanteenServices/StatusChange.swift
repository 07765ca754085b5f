import CanteenDomain

/// What a status changes in the register, decided from what is known; nothing is written yet. One
/// decision for the clerk's command, the roster and the lists of civil affairs.
struct StatusChange: Sendable {
  /// Who says it.
  enum Voice: Sendable {
    /// A clerk, here and now.
    case clerk
    /// A list, which is often handed in again after the register has been set right.
    case list
  }

  /// The revision to write; nil if the register says so already.
  var status: DinerStore.StoredStatus?
  /// The entitlements that it ends, as they are to be, each in a revision of its own.
  var ended: [DinerStore.StoredEntitlement] = []
  /// The last day of the same status where a list repeats what was ended or taken back since.
  var endedBefore: Day?

  /// - Parameters:
  ///   - known: the statuses of the person, under whatever record.
  ///   - entitlements: the person's, under whatever record.
  static func decide(
    _ departure: Departure, of diner: Diner.ID, known: [DinerStore.StoredStatus],
    entitlements: [DinerStore.StoredEntitlement], voice: Voice
  ) -> StatusChange {
    var change = StatusChange()
    // Who is dead is dead once; another day of death corrects the first.
    let before = known.last {
      $0.status == departure.status
        && ($0.to == nil || $0.from == departure.day || departure.status == .deceased)
    }
    if let before, voice == .list, before.from == departure.day, departure.to == nil,
      let end = before.to
    {
      change.endedBefore = end
      return change
    }
    if before?.from != departure.day || before?.to != departure.to {
      var next = DinerStore.StoredStatus(
        diner: diner, number: (known.filter { $0.diner == diner }.map(\.number).max() ?? 0) + 1,
        revision: 1, status: departure.status, from: departure.day, to: departure.to,
        reason: departure.reason)
      if let before {
        next.diner = before.diner
        next.number = before.number
        next.revision = before.revision + 1
      }
      change.status = next
    }
    change.ended = entitlements.compactMap { old in
      guard var one = departure.ending(old) else { return nil }
      one.revision += 1
      return one
    }
    return change
  }
}

extension Departure {
  /// The entitlement as it is once the person has left; nil if that changes nothing.
  func ending(_ entitlement: DinerStore.StoredEntitlement) -> DinerStore.StoredEntitlement? {
    guard status.isFinal, to == nil else { return nil }
    let last = status.lastEntitledDay(from: day)
    guard entitlement.to.map({ $0 > last }) ?? true else { return nil }
    var one = entitlement
    // One that would only have begun later ends on its first day; the status keeps it from holding.
    one.to = max(last, entitlement.from ?? last)
    return one.to == entitlement.to ? nil : one
  }
}
