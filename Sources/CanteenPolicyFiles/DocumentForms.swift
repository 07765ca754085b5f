import CanteenDomain

/// How a scalar of one type is written, and what to say when it is written otherwise.
struct Form<T> {
  var hint: Sentence
  var read: (String, DocumentReader) -> T?

  init(zh: String, en: String, _ read: @escaping (String, DocumentReader) -> T?) {
    hint = Sentence(zh: zh, en: en)
    self.read = read
  }

  init(zh: String, en: String, _ read: @escaping (String) -> T?) {
    self.init(zh: zh, en: en) { text, _ in read(text) }
  }
}

extension Form where T == String {
  static var word: Form { Form(zh: "请写一个词", en: "write one word") { $0 } }
}

extension Form where T == Fen {
  /// An amount in yuan, not negative.
  static var money: Form {
    Form(zh: "金额按元写，最多两位小数，如 3.00", en: "write yuan with at most two decimals, such as 3.00") {
      guard let fen = Fen(yuan: $0), fen >= 0 else { return nil }
      return fen
    }
  }

  /// An amount that may also be "free".
  static var price: Form {
    Form(zh: "价格按元写，如 10.50；免费写 free", en: "write yuan, such as 10.50, or free") {
      if ["free", "免费"].contains($0.lowercased()) { return .zero }
      guard let fen = Fen(yuan: $0), fen >= 0 else { return nil }
      return fen
    }
  }
}

extension Form where T == Day {
  static var day: Form {
    Form(zh: "日期写作 2026-01-31", en: "write a day as 2026-01-31") { Day(office: $0) }
  }
}

extension Form where T == DaySpan {
  /// One day, or the days from one to another: `2026-02-16至2026-02-22`.
  static var daySpan: Form {
    Form(
      zh: "日期写作 2026-10-18，连续几天写作 2026-02-16至2026-02-22",
      en: "write a day as 2026-10-18, several as 2026-02-16至2026-02-22"
    ) { text in
      if let day = Day(office: text) { return DaySpan(from: day, to: day) }
      for mark in ["至", "到", "..", "~", "—"] {
        let ends = text.split(separator: mark, maxSplits: 1).map { Day(office: String($0)) }
        if ends.count == 2, let from = ends[0], let to = ends[1], from <= to {
          return DaySpan(from: from, to: to)
        }
      }
      return nil
    }
  }
}

extension Form where T == Bool {
  static var yesOrNo: Form {
    Form(zh: "请写 yes 或 no", en: "write yes or no") {
      switch $0.lowercased() {
      case "yes", "true", "是", "有": true
      case "no", "false", "否", "无": false
      default: nil
      }
    }
  }
}

extension Form where T == Int {
  static func count(_ range: ClosedRange<Int>) -> Form {
    Form(
      zh: "请写 \(range.lowerBound) 到 \(range.upperBound) 之间的整数",
      en: "write a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) {
      var text = $0.normalisedWidth()
      for unit in ["次", "个月", "月", "天", "日", "人次", "级", "年"] where text.hasSuffix(unit) {
        text = String(text.dropLast(unit.count)).trimmedSpaces()
        break
      }
      guard let value = Int(text), range.contains(value) else { return nil }
      return value
    }
  }
}

extension Form where T == Rate {
  static var rate: Form {
    Form(zh: "比例写作 25%（不要写 0.25）", en: "write 25% (not 0.25)") { Rate(percentText: $0) }
  }

  /// A reduction: `15%`, or the price that is left in tenths as shops write it, `8.5折`.
  static var reduction: Form {
    Form(zh: "优惠写作 15%（便宜 15%）或 8.5折", en: "write 15% (off) or 8.5折") { text in
      let plain = text.normalisedWidth().trimmedSpaces()
      guard plain.hasSuffix("折") else { return Rate(percentText: plain) }
      let digits = plain.dropLast().trimmingPrefix(while: { $0 == "打" })
      guard let tenths = Fen(yuan: arabic(String(digits))), (0...1000).contains(tenths.count) else {
        return nil
      }
      return Rate(millionths: 1_000_000 - tenths.count * 1000)
    }
  }
}

/// `八五` as shops write it, and `九`, in digits: 8.5, 9; other texts unchanged.
private func arabic(_ text: String) -> String {
  let digits = Dictionary(
    uniqueKeysWithValues: "一二三四五六七八九".enumerated().map { ($1, $0 + 1) })
  let values = text.compactMap { digits[$0] }
  guard values.count == text.count, (1...2).contains(values.count) else { return text }
  return values.map(String.init).joined(separator: ".")
}

extension Rate {
  /// Reads `25%`, `12.5 %`, `33.3333%`; a bare number of 1 or more counts as per cent, because
  /// `0.25` might mean either and is refused.
  init?(percentText text: String) {
    var plain = text.normalisedWidth().trimmedSpaces()
    let hasSign = plain.hasSuffix("%")
    if hasSign { plain = String(plain.dropLast()).trimmedSpaces() }
    let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = Int(parts[0]), (0...1000).contains(whole),
      parts[0].allSatisfy(\.isASCIIDigit)
    else { return nil }
    var fraction = 0
    if parts.count == 2 {
      guard (1...4).contains(parts[1].count), parts[1].allSatisfy(\.isASCIIDigit) else {
        return nil
      }
      let padded = parts[1] + String(repeating: "0", count: 4 - parts[1].count)
      fraction = Int(padded) ?? 0
    }
    guard hasSign || whole >= 1 else { return nil }
    self.init(millionths: whole * 10_000 + fraction)
  }
}

extension Form where T == AgeBand {
  static var band: Form {
    Form(
      zh: "年龄写作 60-69（两端都含）、80+（80及以上）或 -59（59及以下）",
      en: "write 60-69 (both included), 80+ or -59 (59 or less)"
    ) { AgeBand(written: $0) }
  }
}

extension AgeBand {
  /// Reads `60-69`, `60至69周岁`, `80+`, `80周岁以上`, `≥80`, `<60`, `不满60`.
  init?(written text: String) {
    var plain = text.normalisedWidth()
    for noise in ["周岁", "岁", "(含)", "含", " ", "及"] {
      plain = plain.split(separator: noise, omittingEmptySubsequences: true).joined()
    }
    func number(_ text: some StringProtocol) -> Int? {
      guard let value = Int(text), (0...150).contains(value) else { return nil }
      return value
    }
    for (prefix, shift) in [(">=", 0), ("≥", 0), (">", 1)] where plain.hasPrefix(prefix) {
      guard let value = number(plain.dropFirst(prefix.count)) else { return nil }
      self.init(min: value + shift)
      return
    }
    for (prefix, shift) in [("<=", 0), ("≤", 0), ("<", -1), ("不满", -1), ("未满", -1), ("-", 0)]
    where plain.hasPrefix(prefix) {
      guard let value = number(plain.dropFirst(prefix.count)) else { return nil }
      self.init(max: value + shift)
      return
    }
    for suffix in ["+", "以上"] where plain.hasSuffix(suffix) {
      guard let value = number(plain.dropLast(suffix.count)) else { return nil }
      self.init(min: value)
      return
    }
    if plain.hasSuffix("以下"), let value = number(plain.dropLast(2)) {
      self.init(max: value)
      return
    }
    let parts = plain.split(whereSeparator: { "-–—~至到".contains($0) })
    guard parts.count == 2, let low = number(parts[0]), let high = number(parts[1]), low <= high
    else { return nil }
    self.init(min: low, max: high)
  }
}

extension Form where T == Category {
  static var category: Form {
    Form(zh: "写类别名称或代码，如 低保 或 DIBAO", en: "write a category, such as DIBAO") {
      Category(named: $0)
    }
  }
}

extension Form where T == CareLevel {
  static var careLevel: Form {
    Form(zh: "照护等级写 mild、moderate、severe 或 0 到 6", en: "write mild, moderate, severe or 0 to 6") {
      CareLevel(named: $0)
    }
  }
}

extension Form where T == FundingSource {
  static var source: Form {
    Form(zh: "资金来源写 city、district、street、charity、operator 等", en: "write a source, such as city") {
      let word = PolicyWords.sources[$0.trimmedSpaces()] ?? $0.lowercased()
      guard word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
        return nil
      }
      return FundingSource(word)
    }
  }
}

extension Form where T == Region.Code {
  static var region: Form {
    Form(
      zh: "写区划代码（如 310107），或先在 places 里给地名写上代码",
      en: "write a region's code, such as 310107, or define the name under places"
    ) { text, reader in
      if let code = reader.places[text] { return code }
      let plain = text.normalisedWidth()
      return plain.first?.isASCIIDigit == true ? Region.Code(plain) : nil
    }
  }
}

extension Form where T == (from: TimeOfDay, to: TimeOfDay) {
  static var timeSpan: Form {
    Form(zh: "时间段写作 10:30-13:00", en: "write a span as 10:30-13:00") {
      let parts = $0.normalisedWidth().split(whereSeparator: { "-–—~至".contains($0) })
      guard parts.count == 2, let from = TimeOfDay(String(parts[0])),
        let to = TimeOfDay(String(parts[1])), from <= to
      else { return nil }
      return (from, to)
    }
  }
}

extension Form where T: RawRepresentable & CaseIterable, T.RawValue == String {
  /// One of a fixed set of words, in English or as offices say it.
  static func choice(_ others: [String: T] = [:]) -> Form {
    let listed = T.allCases.map(\.rawValue).joined(separator: "、")
    return Form(
      zh: "可写：\(listed)", en: "write one of \(listed.split(separator: "、").joined(separator: ", "))"
    ) { text in
      let word = PolicyWords.plain(text)
      return T.allCases.first { $0.rawValue == word } ?? others[text.trimmedSpaces()]
        ?? others[word]
    }
  }
}
