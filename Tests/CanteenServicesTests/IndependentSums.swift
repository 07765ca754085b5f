import CanteenDomain
import CanteenFiles

/// What the statements must say under the example policy, computed from the text of the two tables
/// with nothing of the product: commas, integers and the policy's published bands.
struct IndependentSums {
  /// One statement's figures.
  struct Month: Equatable {
    var meals = 0
    var list = 0
    var diner = 0
    var district = 0
    var street = 0
    /// Meals by band in fen: 100, 200, 300, 400, 500, and 0 at full price.
    var mealsByBenefit: [Int: Int] = [:]
  }

  /// By canteen and month, such as `DFL-01-2026-10`.
  private(set) var months: [String: Month] = [:]
  private(set) var meals = 0
  private(set) var people = 0

  init(roster: String, signIns: String) {
    let rosterRows = Self.rows(roster)
    people = rosterRows.count
    var holders: [String: [String: String]] = [:]
    for row in rosterRows { holders[row["卡号"] ?? ""] = row }
    let served = Self.rows(signIns).sorted {
      ($0["日期"]! + $0["时间"]!, $0["流水号"]!) < ($1["日期"]! + $1["时间"]!, $1["流水号"]!)
    }
    meals = served.count
    var subsidisedDays: Set<String> = []
    for meal in served {
      let list = Self.fen(meal["餐费"]!)
      let date = meal["日期"]!
      var benefit = 0
      if let person = holders[meal["卡号"]!], meal["餐次"]! != "早餐",
        !subsidisedDays.contains(meal["卡号"]! + date)
      {
        benefit = min(list, Self.benefit(person, on: date))
        if benefit > 0 { subsidisedDays.insert(meal["卡号"]! + date) }
      }
      let key = meal["助餐点"]! + "-" + date.prefix(7)
      var month = months[key] ?? Month()
      month.meals += 1
      month.list += list
      month.diner += list - benefit
      month.district += benefit * 60 / 100
      month.street += benefit - benefit * 60 / 100
      month.mealsByBenefit[benefit, default: 0] += 1
      months[key] = month
    }
  }

  /// The example's bands: 1, 2, 3, 5 yuan by age; 4 yuan for the listed categories if that is more.
  private static func benefit(_ person: [String: String], on date: String) -> Int {
    let born = Array(person["身份证号"]!)[6..<14]
    let birth = Int(String(born))!
    let today = Int(date.split(separator: "-").joined())!
    let age = (today - birth) / 10000
    let band = age >= 90 ? 500 : age >= 80 ? 300 : age >= 70 ? 200 : age >= 60 ? 100 : 0
    let named = Set(person["人员类别"]!.split { "、,;/".contains($0) }.map(String.init))
    let since = person["类别起始"]!
    let isListed =
      !named.isDisjoint(with: IndependentSums.listed) && (since.isEmpty || since <= date)
    return isListed && age >= 60 ? max(band, 400) : band
  }

  /// The categories that the example names, in the words of rosters.
  static let listed: Set<String> = ["特困", "低保", "低保边缘", "计生特殊家庭", "重度残疾"]

  static func fen(_ yuan: String) -> Int {
    let parts = yuan.split(separator: ".")
    return Int(parts[0])! * 100 + (parts.count > 1 ? Int((parts[1] + "0").prefix(2))! : 0)
  }

  static func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0).filter { $0 != "\t" && $0 != "\u{FEFF}" } }
    }
    return lines.dropFirst().map { cells in
      Dictionary(zip(lines[0], cells), uniquingKeysWith: { first, _ in first })
    }
  }
}
