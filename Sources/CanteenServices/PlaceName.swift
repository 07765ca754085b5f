import CanteenDomain

/// Tells whether a title or a heading names a place, or only has its name within that of another.
enum PlaceName {
  /// Whether a name begins where a place's name may: at the beginning of the text, behind a sign, or
  /// behind a larger place (锦屏镇幸福社区, but not 东方幸福社区).
  static func mayBegin(at place: Range<String.Index>, in text: String) -> Bool {
    guard let before = text[..<place.lowerBound].last else { return true }
    return !isHan(before) || "省市县区镇乡街道".contains(before)
  }

  static func isHan(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.properties.isIdeographic }
  }

  /// A text without dates, behind which a place may stand: `2026年上半年幸福社区名册`.
  static func undated(_ text: String) -> String {
    text.normalisedWidth().replacing(
      /[0-9]{4} *年(?:度|[上下]半年|第?[一二三四1-4]季度)?|[0-9]{1,2} *月份?/, with: " ")
  }

  /// Whether an undated text names a community: 城东 is none in 城东街道 or 城东新区, 幸福村 none in 幸福村社区.
  static func isCommunity(_ name: String, in text: String) -> Bool {
    let isWhole = ["社区", "村", "居委会"].contains { name.hasSuffix($0) }
    return text.ranges(of: name).contains { place in
      let after = text[place.upperBound...]
      let isOther =
        ["街道", "镇", "乡", "等"].contains { after.hasPrefix($0) }
        || name.hasSuffix("村") && after.hasPrefix("社区")
      let goesOn = after.first.map(isHan) ?? false
      let ends = isWhole || !goesOn || ["社区", "村", "居委会"].contains { after.hasPrefix($0) }
      return mayBegin(at: place, in: text) && !isOther && ends
    }
  }

  /// Whether an undated text, beside the places of `names`, speaks of further communities, registered or
  /// not: 幸福社区等5个社区, 东方社区、幸福社区.
  static func speaksOfOthers(than names: [String], in text: String) -> Bool {
    var rest = text
    // The longest first: the names of larger places may be a part of it.
    for name in names.sorted(by: { $0.count > $1.count }) where !name.isEmpty {
      rest = rest.replacing(name, with: " ")
    }
    for word in ["等级", "农村", "乡村", "村民", "居家社区"] { rest = rest.replacing(word, with: " ") }
    return rest.contains("等")
      || ["社区", "村"].contains { word in
        rest.ranges(of: word).contains { place in
          // Behind a sign it is the label of a line, `社区：`.
          rest[..<place.lowerBound].last.map { isHan($0) || $0.isNumber } ?? false
        }
      }
  }
}
