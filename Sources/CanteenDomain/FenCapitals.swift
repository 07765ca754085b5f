extension Fen {
  /// 大写: the amount as it stands on a form that is signed: 壹仟贰佰元整, 零元伍分, 负叁元整.
  public var capitals: String {
    let magnitude = count.magnitude
    let (yuan, jiao, cents) = (magnitude / 100, magnitude / 10 % 10, magnitude % 10)
    var text = (count < 0 ? "负" : "") + Self.capitalDigits(of: yuan) + "元"
    switch (jiao, cents) {
    case (0, 0): text += "整"
    case (_, 0): text += Self.digits[Int(jiao)] + "角整"
    case (0, _): text += (yuan == 0 ? "" : "零") + Self.digits[Int(cents)] + "分"
    default: text += Self.digits[Int(jiao)] + "角" + Self.digits[Int(cents)] + "分"
    }
    return text
  }

  private static let digits = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"]

  /// A whole number in groups of four digits (万, 亿), one 零 for each gap between them.
  private static func capitalDigits(of number: UInt) -> String {
    guard number > 0 else { return "零" }
    let groupUnits = ["", "万", "亿", "万亿", "亿亿"]
    var groups: [UInt] = []
    var rest = number
    while rest > 0 {
      groups.append(rest % 10000)
      rest /= 10000
    }
    var text = ""
    var gap = false
    for (index, group) in groups.enumerated().reversed() {
      guard group > 0 else {
        gap = true
        continue
      }
      if !text.isEmpty, gap || group < 1000 { text += "零" }
      text += capitalGroup(group) + groupUnits[index]
      gap = false
    }
    return text
  }

  /// 1 to 9,999.
  private static func capitalGroup(_ group: UInt) -> String {
    var text = ""
    var gap = false
    for (unit, name) in [(1000 as UInt, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
      let digit = group / unit % 10
      guard digit > 0 else {
        gap = !text.isEmpty
        continue
      }
      if gap { text += "零" }
      text += digits[Int(digit)] + name
      gap = false
    }
    return text
  }
}
