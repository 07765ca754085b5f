import CanteenDomain
import CanteenTestSupport

/// A week at one canteen told a second time, by rules of thumb over card numbers and with nothing of
/// the product: who orders, cancels, comes, stays away, and what that makes in the kitchen.
struct WeekShadow {
  static let monday = day("2026-12-07")
  static let standing = Array(1...60)
  static let closedOffset = 6
  /// Meat of each day: what somebody may not eat.
  static let mains = ["红烧肉", "宫保鸡丁", "红烧肉", "清蒸鱼", "宫保鸡丁", "红烧肉"]

  /// The roster's column 饮食禁忌 by card.
  let diets: [String: String]

  init(roster: String) {
    let lines = roster.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0).filter { $0 != "\t" && $0 != "\u{FEFF}" } }
    }
    let (card, diet) = (
      lines[0].firstIndex(of: "卡号")!, lines[0].firstIndex(of: "饮食禁忌")!
    )
    diets = Dictionary(
      lines.dropFirst().map { ($0[card], $0[diet]) }, uniquingKeysWith: { first, _ in first })
  }

  static func card(_ person: Int) -> String {
    "SMP" + String(repeating: "0", count: 6 - String(person).count) + String(person)
  }

  static func weekdays(_ person: Int) -> [Int] {
    switch person % 3 {
    case 0: [1, 2, 3, 4, 5]
    case 1: [1, 3, 5]
    default: [2, 4, 6]
    }
  }

  static func mode(_ person: Int) -> ServiceMode {
    person % 4 == 0 ? .homeDelivery : person % 5 == 0 ? .pickup : .dineIn
  }

  static func size(_ person: Int) -> Order.Size {
    person % 7 == 0 ? .large : person % 11 == 0 ? .small : .regular
  }

  static func isDue(_ person: Int, _ offset: Int) -> Bool {
    offset != closedOffset && weekdays(person).contains(offset + 1)
  }

  static func cancels(_ person: Int, _ offset: Int) -> Bool {
    isDue(person, offset) && (person + offset) % 13 == 0
  }

  /// Those of 61 to 70 who order a single meal on a day.
  static func singles(_ offset: Int) -> [Int] {
    offset == closedOffset ? [] : (61...70).filter { ($0 - 61) % 7 == offset }
  }

  static func ordered(_ offset: Int) -> [Int] {
    standing.filter { isDue($0, offset) && !cancels($0, offset) } + singles(offset)
  }

  static func staysAway(_ person: Int, _ offset: Int) -> Bool { (person * 3 + offset) % 17 == 0 }

  static func walkIns(_ offset: Int) -> [Int] {
    offset == closedOffset ? [] : Array(101...(105 + offset))
  }

  static func fetched(_ offset: Int) -> [Int] {
    ordered(offset).filter { !staysAway($0, offset) }
  }

  /// Everybody who eats on a day.
  static func eaters(_ offset: Int) -> [Int] { fetched(offset) + walkIns(offset) }

  /// Whether somebody may not eat the meat of a day.
  func refusesMain(_ person: Int, _ offset: Int) -> Bool {
    switch diets[Self.card(person)] {
    case "素食": true
    case "清真": Self.mains[offset] == "红烧肉"
    case "花生过敏": Self.mains[offset] == "宫保鸡丁"
    default: false
    }
  }

  /// Whether something is cooked otherwise for somebody.
  func isSpecial(_ person: Int, _ offset: Int) -> Bool {
    refusesMain(person, offset)
      || ["低盐", "糖尿病", "软食"].contains(diets[Self.card(person)] ?? "")
  }

  /// What was eaten, as the list of sign-ins that another program would get.
  static func signIns(_ offsets: [Int]) -> String {
    let rows = offsets.flatMap { offset in
      eaters(offset).enumerated().map { index, person in
        "W\(offset)-\(person),\(monday + offset),11:\(10 + index / 6):\(10 + index % 6),午餐,"
          + "\(card(person)),DFL-01,12.00"
      }
    }
    return (["流水号,日期,时间,餐次,卡号,助餐点,餐费"] + rows).joined(separator: "\n")
  }
}
