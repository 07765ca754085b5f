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

  private struct Sum {
    var meals = 0
    var old = Fen.zero
    var new = Fen.zero
    var persons: Set<Int64> = []

    func row(_ key: String) -> Row {
      Row(key: key, meals: meals, persons: persons.count, oldFen: old, newFen: new)
    }
  }

  private var total = Sum()
  private var sources: [String: Sum] = [:]
  private var canteens: [String: Sum] = [:]
  private var bands: [Int: Sum] = [:]
  private var dinerDifferences: [Int64: Fen] = [:]

  public init() {}

  /// Adds one meal. The sums of canteens and age bands are of all subsidies, discounts included.
  public mutating func add(old: PricedLine, new: PricedLine, canteen: String, dinerID: Int64) {
    for share in old.shares { add(share, isNew: false, dinerID) }
    for share in new.shares { add(share, isNew: true, dinerID) }
    Self.add(old, new, dinerID, to: &total)
    Self.add(old, new, dinerID, to: &canteens[canteen, default: Sum()])
    Self.add(old, new, dinerID, to: &bands[Self.band(of: new.age ?? old.age), default: Sum()])
    dinerDifferences[dinerID, default: 0] += new.dinerFen - old.dinerFen
  }

  /// Adds what another simulation saw, so that parts of the past can be counted side by side.
  public mutating func merge(_ other: Simulation) {
    Self.merge(other.total, into: &total)
    for (key, sum) in other.sources { Self.merge(sum, into: &sources[key, default: Sum()]) }
    for (key, sum) in other.canteens { Self.merge(sum, into: &canteens[key, default: Sum()]) }
    for (key, sum) in other.bands { Self.merge(sum, into: &bands[key, default: Sum()]) }
    dinerDifferences.merge(other.dinerDifferences) { $0 + $1 }
  }

  private mutating func add(_ share: FundedShare, isNew: Bool, _ dinerID: Int64) {
    let key = share.source.rawValue
    if isNew {
      sources[key, default: Sum()].new += share.fen
    } else {
      sources[key, default: Sum()].old += share.fen
    }
    sources[key, default: Sum()].meals += isNew ? 1 : 0
    sources[key, default: Sum()].persons.insert(dinerID)
  }

  private static func add(
    _ old: PricedLine, _ new: PricedLine, _ dinerID: Int64, to sum: inout Sum
  ) {
    sum.meals += 1
    sum.old += old.sharesFen
    sum.new += new.sharesFen
    sum.persons.insert(dinerID)
  }

  private static func merge(_ other: Sum, into sum: inout Sum) {
    sum.meals += other.meals
    sum.old += other.old
    sum.new += other.new
    sum.persons.formUnion(other.persons)
  }

  /// The decade of an age: 60 for 60 to 69; 90 for everybody above; below 60 is 0; unknown is -1.
  private static func band(of age: Int?) -> Int {
    guard let age else { return -1 }
    return age < 60 ? 0 : min(age / 10 * 10, 90)
  }

  public var report: SimulationReport {
    let rows: ([String: Sum]) -> [Row] = { sums in
      sums.map { $1.row($0) }.sorted { $0.key < $1.key }
    }
    let bandRows = bands.sorted { $0.key < $1.key }.map { band, sum in
      sum.row(band < 0 ? "unknown" : band == 0 ? "-59" : band == 90 ? "90+" : "\(band)-\(band + 9)")
    }
    return SimulationReport(
      total: total.row("total"), sources: rows(sources), canteens: rows(canteens),
      ageBands: bandRows, personsPayingLess: dinerDifferences.values.count { $0 < 0 },
      personsPayingMore: dinerDifferences.values.count { $0 > 0 },
      personsUnchanged: dinerDifferences.values.count { $0 == 0 })
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
