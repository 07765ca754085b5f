import CanteenDomain

/// Invented people by their place, the same in every run.
enum BenchRoster {
  static let header = [
    "序号", "姓名", "性别", "身份证号", "联系电话", "户籍地", "居住社区", "居民小组", "人员类别", "类别起始", "照护等级", "饮食禁忌",
    "紧急联系人", "紧急联系电话", "卡号", "备注",
  ]
  private static let surnames = Array("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
  private static let given = Array("秀英桂兰淑珍玉华建国志强明德文春福贵永祥素芳金凤")

  /// 9,000 birth dates and a sequence number, begun elsewhere on each date so that last digits are as
  /// many as in life, make a million numbers.
  static func number(_ place: Int) -> String {
    let birth = Day(number: -14_600 + place % 9_000).description.filter { $0 != "-" }
    let sequence = (place / 9_000 + place % 9_000 * 7) % 1000
    let digits = "511323\(birth)" + String(1000 + sequence).suffix(3)
    return digits + String(ResidentID.checkCharacter(for: digits.compactMap(\.wholeNumberValue)))
  }

  static func phone(_ place: Int) -> String { "139" + String(100_000_000 + place).suffix(8) }

  static func card(_ place: Int) -> String { "BNC" + String(10_000_000 + place).suffix(7) }

  static func name(_ place: Int) -> String {
    let mixed = place &* 2_654_435_761 >> 4
    return String([
      surnames[mixed % surnames.count], given[mixed / 20 % given.count],
      given[mixed / 500 % given.count],
    ])
  }

  static func csv(_ places: Range<Int>) -> String {
    var text = header.joined(separator: ",") + "\n"
    for place in places {
      let digits = number(place)
      let isMan = (digits.utf8.dropLast().last ?? 48) % 2 == 1
      text += """
        \(place + 1),\(name(place)),\(isMan ? "男" : "女"),\(digits),\(phone(place)),蓬安县,东风路社区,\
        \(place % 6 + 1)组,\(place % 8 == 0 ? "低保,2024-01-01" : ","),,\(place % 11 == 0 ? "低盐" : ""),\
        李明,\(phone(place + 31)),\(card(place)),

        """
    }
    return text
  }
}
