/// Adds up what past meals cost under the policies of their day and under a draft.
public struct Simulation: Sendable {
  /// One row of the result: a source, a canteen or an age band, before and after.
  public struct Row: Sendable, Hashable, Codable {
    public var key: String
    public var meals: Int
    public var persons: Int
    public var oldFen: Fen
    public var newFen: Fen
    public var differenceFen: Fen { newFen - oldFen }
  }

  /// The running sums behind one row.
  private struct Sum {
    var key: String
    var meals = 0
    var persons = 0
    var old = Fen.zero
    var new = Fen.zero

    mutating func add(_ before: Fen, _ after: Fen) {
      meals += 1
      old += before
      new += after
    }

    mutating func add(_ other: Sum) {
      meals += other.meals
      persons += other.persons
      old += other.old
      new += other.new
    }

    var row: Row { Row(key: key, meals: meals, persons: persons, oldFen: old, newFen: new) }
  }

  /// What is known of one person: where they were counted already, so that each row counts them once
  /// without a set of people for every row.
  private struct Person {
    var difference = Fen.zero
    var sources: [Int] = []
    var canteens: [Int] = []
    var bands: [Int] = []
  }

  /// How many persons pay less, more, and the same.
  private struct Effects {
    var less = 0
    var more = 0
    var same = 0
  }

  private var total = Sum(key: "total")
  private var effects = Effects()
  private var sources: [Sum] = []
  private var canteens: [Sum] = []
  private var bands: [Sum] = []
  private var canteenIndexes: [String: Int] = [:]
  private var personIndexes: [Int64: Int] = [:]
  private var persons: [Person] = []

  public init() {}

  /// Adds one meal. The sums of canteens and age bands are of all subsidies, discounts included; a
  /// source counts the meals that it pays for under the draft.
  public mutating func add(old: PricedLine, new: PricedLine, canteen: String, dinerID: Int64) {
    let person = personIndex(of: dinerID)
    for share in old.shares {
      let index = sourceIndex(of: share.source.rawValue)
      sources[index].old += share.fen
      Self.count(in: index, &sources, &persons[person].sources)
    }
    for share in new.shares {
      let index = sourceIndex(of: share.source.rawValue)
      sources[index].new += share.fen
      sources[index].meals += 1
      Self.count(in: index, &sources, &persons[person].sources)
    }
    let (before, after) = (old.listFen - old.dinerFen, new.listFen - new.dinerFen)
    total.add(before, after)
    let place = canteenIndex(of: canteen)
    canteens[place].add(before, after)
    Self.count(in: place, &canteens, &persons[person].canteens)
    let band = bandIndex(of: Self.band(of: new.age ?? old.age))
    bands[band].add(before, after)
    Self.count(in: band, &bands, &persons[person].bands)
    persons[person].difference += new.dinerFen - old.dinerFen
  }

  /// Says that no more meals of the persons so far will come: they are counted and forgotten, so that
  /// memory does not grow with the number of people.
  public mutating func closePersons() {
    total.persons += persons.count
    for person in persons {
      if person.difference < 0 { effects.less += 1 }
      if person.difference > 0 { effects.more += 1 }
      if person.difference == 0 { effects.same += 1 }
    }
    persons.removeAll(keepingCapacity: true)
    personIndexes.removeAll(keepingCapacity: true)
  }

  /// Adds the sums of other people's meals.
  public mutating func merge(_ other: Simulation) {
    var other = other
    other.closePersons()
    closePersons()
    total.add(other.total)
    effects.less += other.effects.less
    effects.more += other.effects.more
    effects.same += other.effects.same
    for sum in other.sources { sources[sourceIndex(of: sum.key)].add(sum) }
    for sum in other.canteens { canteens[canteenIndex(of: sum.key)].add(sum) }
    for sum in other.bands { bands[bandIndex(of: sum.key)].add(sum) }
  }

  private static func count(in index: Int, _ sums: inout [Sum], _ seen: inout [Int]) {
    guard !seen.contains(index) else { return }
    seen.append(index)
    sums[index].persons += 1
  }

  private mutating func personIndex(of dinerID: Int64) -> Int {
    if let index = personIndexes[dinerID] { return index }
    personIndexes[dinerID] = persons.count
    persons.append(Person())
    return persons.count - 1
  }

  private mutating func canteenIndex(of code: String) -> Int {
    if let index = canteenIndexes[code] { return index }
    canteenIndexes[code] = canteens.count
    canteens.append(Sum(key: code))
    return canteens.count - 1
  }

  // There are few sources and bands, so that looking through them beats hashing.

  private mutating func sourceIndex(of code: String) -> Int {
    if let index = sources.firstIndex(where: { $0.key == code }) { return index }
    sources.append(Sum(key: code))
    return sources.count - 1
  }

  private mutating func bandIndex(of name: String) -> Int {
    if let index = bands.firstIndex(where: { $0.key == name }) { return index }
    bands.append(Sum(key: name))
    return bands.count - 1
  }

  /// The decade of an age.
  private static func band(of age: Int?) -> String {
    guard let age else { return "unknown" }
    switch age {
    case ..<60: return "-59"
    case 60..<70: return "60-69"
    case 70..<80: return "70-79"
    case 80..<90: return "80-89"
    default: return "90+"
    }
  }

  public var report: SimulationReport {
    var closed = self
    closed.closePersons()
    let rows: ([Sum]) -> [Row] = { $0.map(\.row).sorted { $0.key < $1.key } }
    return SimulationReport(
      total: closed.total.row, sources: rows(sources), canteens: rows(canteens),
      ageBands: rows(bands), personsPayingLess: closed.effects.less,
      personsPayingMore: closed.effects.more, personsUnchanged: closed.effects.same)
  }
}

/// What a draft would have cost, in rows that can be printed, drawn and written to a file.
public struct SimulationReport: Sendable, Hashable, Codable {
  /// By what a row is cut out of the whole.
  public enum Kind: String, Word, Sendable, CaseIterable {
    case total, source, canteen
    case ageBand = "age_band"

    public var name: Sentence {
      switch self {
      case .total: Sentence(zh: "合计", en: "total")
      case .source: Sentence(zh: "来源", en: "source")
      case .canteen: Sentence(zh: "助餐点", en: "canteen")
      case .ageBand: Sentence(zh: "年龄段", en: "age")
      }
    }

    /// What people call the row.
    public func label(of row: Simulation.Row) -> Sentence {
      switch (self, row.key) {
      case (.total, _): Sentence(zh: "全部", en: "all")
      case (.source, let key): FundingSource(key).name
      case (.ageBand, "unknown"): Sentence(zh: "年龄未知", en: "age unknown")
      case (.ageBand, let key): Sentence(zh: "\(key)周岁", en: key)
      case (.canteen, let key): Sentence(zh: key, en: key)
      }
    }
  }

  public var total: Simulation.Row
  public var sources: [Simulation.Row]
  public var canteens: [Simulation.Row]
  public var ageBands: [Simulation.Row]
  public var personsPayingLess: Int
  public var personsPayingMore: Int
  public var personsUnchanged: Int

  /// A bar for the old and the new cost of every source, canteen and age band, for a terminal.
  public func chart(width: Int = 40, language: Language = .zh) -> String {
    let rows: [(Kind, Simulation.Row)] =
      sources.map { (.source, $0) } + canteens.map { (.canteen, $0) }
      + ageBands.map { (.ageBand, $0) }
    let most = max(1, rows.map { max($0.1.oldFen.count, $0.1.newFen.count) }.max() ?? 1)
    let words = (old: Sentence(zh: "现行", en: "now  "), new: Sentence(zh: "草案", en: "draft"))
    var text = ""
    for (kind, row) in rows {
      let name = kind.label(of: row).text(in: language)
      text += "\(name)  \(row.differenceFen > 0 ? "+" : "")\(row.differenceFen.yuan)\n"
      for (word, fen) in [(words.old, row.oldFen), (words.new, row.newFen)] {
        let length = fen.count * max(1, width) / most
        text +=
          "  \(word.text(in: language)) \(String(repeating: "█", count: length)) \(fen.yuan)\n"
      }
    }
    return text
  }
}
