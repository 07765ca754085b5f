import CanteenDomain
import CanteenVault
import Postgres

/// Some rows of a roster, decided and written in one transaction.
struct RosterBatch: Sendable {
  private let entries: [RosterEntry]
  private let aliases: DinerAliases
  private let vault: Vault
  private let homeChanges: RosterImport.HomeChanges
  private let by: Attribution
  private let isLast: Bool

  /// How many rows it has.
  var count: Int { entries.count }

  /// - Parameter isLast: whether its commit is to be on disk before it returns; those that returned
  ///   before it began are then too, and a run that a power cut ends earlier is simply run again.
  init(
    _ entries: [RosterEntry], aliases: DinerAliases, vault: Vault,
    homeChanges: RosterImport.HomeChanges, by: Attribution, isLast: Bool
  ) {
    self.homeChanges = homeChanges
    self.entries = entries
    self.aliases = aliases
    self.vault = vault
    self.by = by
    self.isLast = isLast
  }

  func run(_ database: Database, mode: RosterImport.Mode) async throws -> RosterImport.Outcome {
    for _ in 1...3 {
      do {
        return try await database.transaction(readOnly: mode == .propose) {
          try take(mode, $0)
        }
      } catch let error as ServerError where error.sqlState == .uniqueViolation {
        // Somebody else registered one of these persons meanwhile: read again.
        continue
      }
    }
    return try await database.transaction(readOnly: mode == .propose) { try take(mode, $0) }
  }

  private func take(
    _ mode: RosterImport.Mode, _ transaction: borrowing Transaction
  ) throws -> RosterImport.Outcome {
    if mode == .apply, !isLast {
      try transaction.execute("set local synchronous_commit to off")
    }
    var outcome = RosterImport.Outcome()
    let known = try knowledge(transaction)
    var decisions: [RosterDecision] = []
    decisions.reserveCapacity(entries.count)
    for entry in entries {
      do {
        decisions.append(try known.decide(entry, vault: vault))
      } catch let error as RefusedEntry {
        outcome.refused.append(error.fault)
      }
    }
    outcome.twins = try twins(of: decisions, transaction)
    if mode == .apply {
      try write(decisions, transaction)
      // A commit that wrote nothing waits for no disk, so the last one always writes.
      if isLast { try transaction.execute(DinerStore.logMark) }
    }
    for decision in decisions {
      switch decision.kind {
      case .created: outcome.added += 1
      case .changed: outcome.changed += 1
      case .unchanged: outcome.unchanged += 1
      }
      if decision.kind == .changed || (decision.kind == .created && mode == .propose) {
        outcome.changes.append(decision.change)
      }
    }
    return outcome
  }

  private func knowledge(_ transaction: borrowing Transaction) throws -> RosterKnowledge {
    var known = RosterKnowledge(homeChanges: homeChanges, aliases: aliases)
    let answers = try transaction.pipeline([
      DinerStore.holders(ofNumbers: entries.flatMap(\.hashes)),
      CredentialStore.holders(of: entries.flatMap(\.cards)),
    ])
    known.holders = try DinerStore.holders(answers[0].rows)
      .mapValues { aliases.person(of: $0) }
    known.cards = try CredentialStore.holders(answers[1].rows)
      .mapValues { $0.standing(for: aliases.person(of: $0.diner)) }
    let ids = Array(Set(known.holders.values))
    known.records = try DinerStore.latestRecords(ids, transaction)
    let records = aliases.records(of: ids)
    known.entitlements = try DinerStore.storedEntitlements(records, transaction)
    known.statuses = try DinerStore.storedStatuses(records, transaction)
    return known
  }

  private func twins(
    of decisions: [RosterDecision], _ transaction: borrowing Transaction
  ) throws -> [RosterImport.SuspectedTwin] {
    let new = decisions.filter { $0.diner == nil }.map(\.entry)
    let found = try TwinStore.registered(
      like: new.enumerated().map { place, entry in
        TwinStore.Wanted(
          place: place, name: entry.name, birthDate: entry.birthDate,
          phoneTails: entry.phone.map {
            vault.shortHashes(String($0.suffix(4)), as: .phoneTail)
          } ?? [],
          phoneKeys: entry.phone.map { vault.shortHashes($0, as: .phone) } ?? [])
      }, transaction)
    return found.compactMap { found in
      let entry = new[found.place]
      guard
        found.reason == .nameAndBirthDate
          || NameLikeness.isSimilar(written: entry.name, registered: found.name)
      else { return nil }
      return RosterImport.SuspectedTwin(
        line: entry.line, name: entry.name, other: found.diner, otherName: found.name,
        reason: found.reason)
    }
  }

  // MARK: - Writing

  private func write(
    _ decisions: [RosterDecision], _ transaction: borrowing Transaction
  ) throws {
    var new = try DinerStore.makeDiners(
      decisions.count { $0.diner == nil }, at: by.at, transaction
    ).makeIterator()
    var identities: [(hash: [UInt8], diner: Diner.ID)] = []
    var cards: [(card: String, diner: Diner.ID)] = []
    var records: [(diner: Diner.ID, number: Int, record: DinerStore.Record)] = []
    var entitlements: [DinerStore.StoredEntitlement] = []
    var statuses: [DinerStore.StoredStatus] = []
    for decision in decisions {
      let entry = decision.entry
      guard let id = decision.diner ?? new.next() else {
        preconditionFailure("there are as many new numbers as new persons")
      }
      if decision.diner == nil { identities.append((entry.hashes[0], id)) }
      cards += decision.newCards.map { ($0, id) }
      if decision.isRecordNew {
        records.append((id, decision.recordNumber, try entry.record(vault)))
      }
      for var entitlement in decision.entitlements {
        if decision.diner == nil { entitlement.diner = id }
        entitlements.append(entitlement)
      }
      for var status in decision.statuses {
        if decision.diner == nil { status.diner = id }
        statuses.append(status)
      }
    }
    try DinerStore.insertRecords(records, by: by, transaction)
    try DinerStore.insertIdentities(identities, transaction)
    try DinerStore.insertCards(cards, by: by, transaction)
    try DinerStore.insertEntitlements(entitlements, by: by, transaction)
    try DinerStore.insertStatuses(statuses, by: by, transaction)
  }
}

extension RosterEntry {
  /// The record with its numbers sealed, and hashed for the counter.
  func record(_ vault: Vault) throws -> DinerStore.Record {
    var record = DinerStore.Record(
      name: name, initials: initials, sex: sex, birthDate: birthDate,
      birthDateSource: birthDateSource, idKind: idKind,
      idSealed: try number.map { try vault.seal($0, as: .idNumber) },
      idTail: number.map { vault.shortHash(String($0.suffix(4)), as: .idTail) },
      phoneSealed: try phone.map { try vault.seal($0, as: .phone) },
      phoneTail: phone.map { vault.shortHash(String($0.suffix(4)), as: .phoneTail) },
      phoneKey: phone.map { vault.shortHash($0, as: .phone) },
      hukouRegion: hukou, hukouText: hukouText, residence: residence,
      residenceSince: residenceSince, hasResidencePermit: hasResidencePermit ?? false, group: group,
      addressSealed: try address.map { try vault.seal($0, as: .address) }, diets: diets,
      emergencyName: contactName,
      emergencyPhoneSealed: try contactPhone.map { try vault.seal($0, as: .contactPhone) },
      photo: photo, remark: remark, validFrom: homeFrom)
    if !otherPhones.isEmpty { try record.setOtherPhones(otherPhones, vault) }
    return record
  }
}
