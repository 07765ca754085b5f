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

  private var total = Sum(key: "total")
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
    var sum = total
    sum.persons = persons.count
    let rows: ([Sum]) -> [Row] = { $0.map(\.row).sorted { $0.key < $1.key } }
    return SimulationReport(
      total: sum.row, sources: rows(sources), canteens: rows(canteens), ageBands: rows(bands),
      personsPayingLess: persons.count { $0.difference < 0 },
      personsPayingMore: persons.count { $0.difference > 0 },
      personsUnchanged: persons.count { $0.difference == 0 })
  }
}

/// What a draft would have cost, in rows that can be printed, drawn and written to a file.
public struct SimulationReport: Sendable, Hashable, Codable {
  public var total: Simulation.Row
  public var sources: [Simulation.Row]
  public var canteens: [Simulation.Row]
  public var ageBands: [Simulation.Row]
  public var personsPayingLess: Int
  public var personsPayingMore: Int
  public var personsUnchanged: Int

  /// One row a line under a heading, amounts in yuan; commas and line ends, no byte-order mark.
  public func csv() -> String {
    var text = "kind,key,meals,persons,old_yuan,new_yuan,difference_yuan\n"
    let all: [(String, [Simulation.Row])] = [
      ("total", [total]), ("source", sources), ("canteen", canteens), ("age_band", ageBands),
    ]
    for (kind, rows) in all {
      for row in rows {
        let key = row.key.contains(where: { ",\"\n".contains($0) }) ? quoted(row.key) : row.key
        text += "\(kind),\(key),\(row.meals),\(row.persons),\(row.oldFen.yuan),\(row.newFen.yuan),"
        text += "\(row.differenceFen.yuan)\n"
      }
    }
    return text
  }

  private func quoted(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// A bar for the old and the new cost of every source and age band, for a terminal.
  public func chart(width: Int = 40, language: Language = .zh) -> String {
    let rows = sources + ageBands
    let most = max(1, rows.map { max($0.oldFen.count, $0.newFen.count) }.max() ?? 1)
    let words = (old: Sentence(zh: "现行", en: "now  "), new: Sentence(zh: "草案", en: "draft"))
    var text = ""
    for row in rows {
      let name = FundingSource(row.key).name.text(in: language)
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
