/// Adds up a statement's lines as they come, so that no statement is too long to be closed.
public struct StatementTally: Sendable {
  /// What one tier has so far.
  private struct Tier {
    var title: String
    var persons: Set<Diner.ID> = []
    var meals: [ServiceMode: Int] = [:]
    var list: Fen = 0
    var diner: Fen = 0
    var sources: [FundingSource: Fen] = [:]
  }

  /// What the adjustments have so far.
  private struct Adjusted {
    var lines = 0
    var persons: Set<Diner.ID> = []
    var diner: Fen = 0
    var canteen: Fen = 0
    var sources: [FundingSource: Fen] = [:]
  }

  public private(set) var lines = 0
  private var tierSums: [String: Tier] = [:]
  private var adjusted = Adjusted()
  private var days: Set<Day> = []
  private var eaters: Set<Diner.ID> = []
  private var takenBack: Set<Diner.ID> = []
  private var policyNames: Set<String> = []

  public init() {}

  /// Takes the next line.
  /// - Parameter person: whose record it is, for records that were merged.
  public mutating func add(_ line: StatementLine, person: Diner.ID) {
    lines += 1
    policyNames.formUnion(line.policies)
    guard let adjustment = line.adjustment else { return addMeal(line, person: person) }
    adjusted.lines += 1
    adjusted.persons.insert(person)
    adjusted.diner += line.dinerPays
    adjusted.canteen += adjustment.canteen
    for part in line.sources { adjusted.sources[part.source, default: 0] += part.fen }
  }

  private mutating func addMeal(_ line: StatementLine, person: Diner.ID) {
    var tier = tierSums[line.tier] ?? Tier(title: line.tierTitle)
    // Whose meal of an earlier period is taken back did not eat in this one.
    if line.sign > 0 {
      days.insert(line.day)
      eaters.insert(person)
      tier.persons.insert(person)
    } else {
      takenBack.insert(person)
    }
    tier.meals[line.mode, default: 0] += line.sign
    tier.list += line.list
    tier.diner += line.dinerPays
    for part in line.sources { tier.sources[part.source, default: 0] += part.fen }
    tierSums[line.tier] = tier
  }

  /// 供餐天数: days with at least one meal.
  public var servingDays: Int { days.count }
  /// Persons with a meal, each once.
  public var persons: Int { eaters.count }
  /// The same with those whose meals of earlier periods were taken back.
  public var personsWithReversals: Int { eaters.union(takenBack).count }
  /// Policies and versions that priced the lines.
  public var policies: [String] { policyNames.sorted() }

  /// One row for each tier, in the order of their codes.
  public var tiers: [Statement.Tier] {
    tierSums.sorted { $0.key < $1.key }.map { code, tier in
      Statement.Tier(
        code: code, title: tier.title, persons: tier.persons.count,
        meals: tier.meals.values.reduce(0, +), dineIn: tier.meals[.dineIn] ?? 0,
        pickup: tier.meals[.pickup] ?? 0, homeDelivery: tier.meals[.homeDelivery] ?? 0,
        list: tier.list, diner: tier.diner, sources: tier.sources.totals)
    }
  }

  /// Nil if no line is an adjustment.
  public var adjustments: Statement.AdjustmentTotals? {
    guard adjusted.lines > 0 else { return nil }
    return Statement.AdjustmentTotals(
      lines: adjusted.lines, persons: adjusted.persons.count, diner: adjusted.diner,
      canteen: adjusted.canteen, sources: adjusted.sources.totals)
  }
}

extension [FundingSource: Fen] {
  /// One total a source, in the order of their codes.
  fileprivate var totals: [Statement.SourceTotal] {
    sorted { $0.key < $1.key }.map { Statement.SourceTotal(source: $0.key, fen: $0.value) }
  }
}
