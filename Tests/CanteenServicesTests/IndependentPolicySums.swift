import CanteenDomain
import CanteenPolicyFiles
import Testing

/// What the statements must say when three published policies follow each other, computed from the
/// text of the two tables with nothing of the product: integers, and the rules as the notices say.
///
/// Guangzhou's to March 2026, Tianjin's of 2022 to July, Beijing's from August; each moved to the
/// county of the tables and to those days, and otherwise word for word.
struct IndependentPolicySums {
  /// Meals and money of one tier.
  struct Tier: Equatable {
    var meals = 0
    var list = 0
    var diner = 0
    var sources: [String: Int] = [:]
  }

  /// One statement's figures by tier; the empty tier is full price.
  struct Month: Equatable {
    var tiers: [String: Tier] = [:]
    /// 运营补贴 by source.
    var operating: [String: Int] = [:]
    /// All that each source owes.
    var owed: [String: Int] {
      tiers.values.reduce(into: operating) { $0.merge($1.sources, uniquingKeysWith: +) }
    }
  }

  /// By canteen and month, such as `DFL-01-2026-10`.
  private(set) var months: [String: Month] = [:]

  /// The three documents for the county 511323.
  static func documents() throws -> [String] {
    try [
      ("guangzhou-2025", "440100", "2025-01-01", "2026-03-31"),
      ("tianjin-2022", "120000", "2026-04-01", "2026-07-31"),
      ("beijing-2022", "110000", "2026-08-01", nil),
    ].map { name, region, from, to in
      let text = try #require(ExamplePolicies.text(named: name))
      return text.split(separator: "\n", omittingEmptySubsequences: false).compactMap {
        line -> String? in
        if line.hasPrefix("valid_to:") { return nil }
        if line.hasPrefix("valid_from:") {
          return "valid_from: \(from)" + (to.map { "\nvalid_to: \($0)" } ?? "")
        }
        return String(line.replacing(region, with: "511323"))
      }.joined(separator: "\n")
    }
  }

  init(roster: String, signIns: String) {
    var holders: [String: [String: String]] = [:]
    for row in IndependentSums.rows(roster) { holders[row["卡号"] ?? ""] = row }
    let served = IndependentSums.rows(signIns).sorted {
      ($0["日期"]! + $0["时间"]!, $0["流水号"]!) < ($1["日期"]! + $1["时间"]!, $1["流水号"]!)
    }
    /// What was subsidised before: card and meal, card and day; and how often a card in a week.
    var taken: Set<String> = []
    var weeks: [String: Int] = [:]
    for meal in served {
      let (card, date) = (meal["卡号"]!, meal["日期"]!)
      let list = IndependentSums.fen(meal["餐费"]!)
      var (tier, sources): (String, [String: Int]) = ("", [:])
      var operating: [String: Int] = [:]
      if let person = holders[card], meal["餐次"]! != "早餐" {
        let age = Self.age(person, on: date)
        let isLocal = person["户籍地"]! == "蓬安县"
        if date <= "2026-03-31" {
          let once = "\(card) \(date) \(meal["餐次"]!)"
          let quarter = min(list * 25 / 100, 300)
          if isLocal, age >= 60, quarter > 0, taken.insert(once).inserted {
            (tier, sources) = ("60+", ["city": quarter])
          }
        } else if date <= "2026-07-31" {
          let week = "\(card) \(Self.week(date))"
          let isPoor =
            Self.holds(["低保", "低收入"], person, on: date) && person["照护等级"]! == "重度"
          if isLocal, age >= 80 || (age >= 60 && isPoor), !taken.contains("\(card) \(date)"),
            weeks[week, default: 0] < 5
          {
            taken.insert("\(card) \(date)")
            weeks[week, default: 0] += 1
            (tier, sources) = (age >= 80 ? "80+" : "hardship", ["city": 150, "district": 150])
          }
        } else {
          let isListed = Self.holds(["失能", "重度残疾", "特困", "低保", "计生特殊家庭"], person, on: date)
          if isListed || age >= 80, list > 500, taken.insert("\(card) \(date)").inserted {
            (tier, sources) = ("basic", ["city": 500])
            operating = ["city": 300]
          }
        }
      }
      let number = meal["助餐点"]! + "-" + date.prefix(7)
      var month = months[number] ?? Month()
      var one = month.tiers[tier] ?? Tier()
      one.meals += 1
      one.list += list
      one.diner += list - sources.values.reduce(0, +)
      one.sources.merge(sources, uniquingKeysWith: +)
      month.tiers[tier] = one
      month.operating.merge(operating, uniquingKeysWith: +)
      months[number] = month
    }
  }

  private static func age(_ person: [String: String], on date: String) -> Int {
    let born = Int(String(Array(person["身份证号"]!)[6..<14]))!
    return (Int(date.split(separator: "-").joined())! - born) / 10000
  }

  private static func holds(
    _ categories: Set<String>, _ person: [String: String], on date: String
  ) -> Bool {
    let named = Set(person["人员类别"]!.split { "、,;/".contains($0) }.map(String.init))
    let since = person["类别起始"]!
    return !named.isDisjoint(with: categories) && (since.isEmpty || since <= date)
  }

  /// The number of the natural week, Monday to Sunday, counted from a Monday long ago.
  private static func week(_ date: String) -> Int {
    let parts = date.split(separator: "-").map { Int($0)! }
    var days = parts[2]
    for year in 2000..<parts[0] { days += year % 4 == 0 ? 366 : 365 }
    let lengths = [31, parts[0] % 4 == 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    days += lengths.prefix(parts[1] - 1).reduce(0, +)
    // The first Monday of the year 2000 was the 3rd.
    return (days - 3) / 7
  }
}
