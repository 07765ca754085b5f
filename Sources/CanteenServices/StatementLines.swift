import CanteenDomain
import CanteenVault
import Postgres

/// A statement's lines on their way from the books: read, printed and written one service day after
/// another, so that a month of a million meals is never held as a whole.
struct StatementLines {
  /// What a line prints of a person that does not change with the day.
  private struct Printed {
    var person: StatementStore.Person
    var name: String
    var idNumber: String
  }

  /// How many lines go to the database at once.
  private static let linesAtOnce = 5000

  private let canteen: Canteen.Code
  private let from: Day
  private let to: Day
  private let number: String
  private let regions: RegionTree
  private let vault: Vault
  private let aliases: DinerAliases
  private var persons: [Diner.ID: Printed] = [:]

  private(set) var tally = StatementTally()
  /// What each source is to pay by each policy of each year's money, over all lines.
  private(set) var claims = BudgetUse()
  /// What changes something about earlier periods: meals entered late or taken back, and adjustments.
  private(set) var notable: [StatementStore.Source] = []

  init(
    _ canteen: Canteen.Code, from: Day, to: Day, number: String, regions: RegionTree,
    aliases: DinerAliases, vault: Vault
  ) {
    self.canteen = canteen
    self.from = from
    self.to = to
    self.number = number
    self.regions = regions
    self.aliases = aliases
    self.vault = vault
  }

  /// Writes every line that the books have for the period.
  mutating func write(_ transaction: borrowing Transaction) throws {
    try StatementStore.eachDay(canteen, from: from, to: to, in: number, transaction) { sources in
      try readPersons(of: sources, transaction)
      for source in sources { claims.add(source) }
      notable += sources.filter { $0.isNotable(from: from) }
      let lines = try sources.enumerated().map { index, source in
        try line(source, number: tally.lines + index + 1)
      }
      for line in lines { tally.add(line, person: aliases.person(of: line.diner)) }
      for start in stride(from: 0, to: lines.count, by: Self.linesAtOnce) {
        try StatementStore.insert(
          lines[start..<min(start + Self.linesAtOnce, lines.count)], of: number, transaction)
      }
    }
  }

  /// Who was merged is named as the person that they are.
  private mutating func readPersons(
    of sources: [StatementStore.Source], _ transaction: borrowing Transaction
  ) throws {
    let missing = Set(sources.map { aliases.person(of: $0.checkIn.diner) })
      .filter { persons[$0] == nil }.sorted()
    guard !missing.isEmpty else { return }
    for (id, person) in try StatementStore.persons(missing, transaction) {
      persons[id] = Printed(
        person: person, name: person.name.maskedName,
        idNumber: try person.idSealed.map { try vault.open($0, as: .idNumber).maskedNumber } ?? "")
    }
  }

  private func line(_ source: StatementStore.Source, number: Int) throws -> StatementLine {
    let checkIn = source.checkIn
    guard let printed = persons[aliases.person(of: checkIn.diner)] else {
      throw StatementFault.personMissing(checkIn.id)
    }
    let home = printed.person.homes.home(on: checkIn.day)
    let adjusted = source.adjustment
    let paidBack = adjusted?.payee == .diner ? -(adjusted?.fen ?? 0) * source.sign : 0
    return StatementLine(
      number: number, checkIn: checkIn.id, sign: source.sign, diner: checkIn.diner,
      day: checkIn.day, period: checkIn.period, mode: checkIn.mode, name: printed.name,
      sex: printed.person.sex, idNumber: printed.idNumber, age: source.line.age,
      hukou: home.hukouRegion.flatMap { regions.regions[$0]?.name } ?? home.hukouText,
      residence: regions.community(of: home.residence)?.name ?? "",
      tier: source.line.tier ?? "", tierTitle: source.line.tierName,
      list: adjusted == nil ? checkIn.list * source.sign : 0,
      dinerPays: adjusted == nil ? checkIn.dinerPays * source.sign : paidBack,
      sources: source.totals, means: checkIn.means, auth: checkIn.auth,
      sourceNo: source.sourceNo,
      isLate: adjusted == nil && checkIn.postedOn > checkIn.day, policies: source.policies,
      adjustment: adjusted.map {
        StatementLine.AdjustmentNote(
          number: $0.number, kind: $0.kind, cause: $0.cause,
          canteen: $0.payee == .canteen ? -$0.fen * source.sign : 0, original: $0.original)
      }, origin: StatementLine.Origin(of: checkIn))
  }
}

extension StatementStore {
  /// Hands out what a statement takes in, a service day at a time: its meals and reversals, and after
  /// them its adjustments.
  static func eachDay(
    _ canteen: Canteen.Code, from: Day, to: Day, in number: String,
    _ transaction: borrowing Transaction, _ take: ([Source]) throws -> Void
  ) throws {
    var reader = PricedLineReader()
    for day in try serviceDays(canteen, from: from, to: to, transaction) {
      try take(sources(canteen, of: day, from: from, to: to, &reader, transaction))
    }
    for day in try adjustedDays(canteen, from: from, to: to, transaction) {
      try take(adjustments(canteen, of: day, from: from, to: to, in: number, transaction))
    }
  }
}

extension StatementStore.Source {
  /// What each source pays, below zero where it takes back.
  var totals: [Statement.SourceTotal] {
    line.shares.map { Statement.SourceTotal(source: $0.source, fen: $0.fen * sign) }
      .summed.filter { $0.fen != 0 }
  }

  /// The policies and versions that gave it.
  var policies: [String] {
    Set(line.shares.filter { $0.source != .points }.map { "\($0.policyID) \($0.version)" }).sorted()
  }
}

extension BudgetUse {
  /// Counts what a line claims of its meal's year, below zero where it takes back.
  fileprivate mutating func add(_ source: StatementStore.Source) {
    for share in source.line.shares {
      let key = Key(
        policyID: share.policyID, source: share.source, year: source.checkIn.day.year)
      spent[key, default: 0] += share.fen * source.sign
    }
  }
}

/// Reads the lines of meals back; keeps what it has parsed, because most meals share it.
struct PricedLineReader {
  private static let linesMax = 10_000
  private var parsed: [String: PricedLine] = [:]

  mutating func line(_ text: String) throws -> PricedLine {
    if let known = parsed[text] { return known }
    let line = try CanonicalJSON.value(PricedLine.self, from: text)
    if parsed.count >= Self.linesMax { parsed.removeAll(keepingCapacity: true) }
    parsed[text] = line
    return line
  }
}
