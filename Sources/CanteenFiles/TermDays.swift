import CanteenDomain

/// The days of a term as one cell says them; nil where it does not.
struct TermDays: Sendable, Hashable {
  var from: Day?
  var to: Day?

  /// What a single day in a cell means, by its column.
  enum Part { case first, last, both, validity }

  /// The texts of both days, `2022.3.1至2026.12.31`; nil unless both are days, or the last one open. A
  /// hyphen parts them where it stands between two dates: `2022-03-01-2026-12-31`.
  static func ends(_ plain: String) -> (first: String, last: String)? {
    func cut(at mark: String.Index) -> (first: String, last: String)? {
      var before = plain[..<mark]
      // A second sign of a pair, `2022.3.1——2026.12.31`, `2022.3.1-至今`.
      while let sign = before.last, "-—–―─ ".contains(sign) { before.removeLast() }
      let first = bare(before).day
      let last = bare(plain[plain.index(after: mark)...]).day
      guard OfficeDate(first) != nil, OfficeDate(last) != nil || isOpen(last) else { return nil }
      return (first, last)
    }
    let cuts = plain.indices.filter { "-至到~〜—–―─−".contains(plain[$0]) }.compactMap(cut)
    guard let only = cuts.first, cuts.allSatisfy({ $0 == only }) else { return nil }
    return only
  }

  /// Whether the last day of a term is none: `2022.3.1至今`, `2022.3.1至长期`.
  static func isOpen(_ last: String) -> Bool {
    last == "今" || Words.openEnds.contains(Column.key(last))
  }

  /// A day without what says which it is: `2022年3月1日起`, `至2026-12-31`.
  static func bare(_ text: some StringProtocol) -> (day: String, isFirst: Bool, isLast: Bool) {
    var (day, isFirst, isLast) = (String(text).trimmedSpaces(), false, false)
    func take(_ words: [String], _ hasWord: (String) -> Bool) -> Int? {
      words.first(where: hasWord)?.count
    }
    if let count = take(["自", "从"], { day.hasPrefix($0) }) {
      day.removeFirst(count)
    } else if let count = take(["至", "到"], { day.hasPrefix($0) }) {
      day.removeFirst(count)
      isLast = true
    }
    if let count = take(["起", "始"], { day.hasSuffix($0) }) {
      day.removeLast(count)
      isFirst = true
    } else if let count = take(["为止", "截止", "到期", "止"], { day.hasSuffix($0) }) {
      day.removeLast(count)
      isLast = true
    }
    return (day.trimmedSpaces(), isFirst, isLast)
  }

  /// How long without when: `12个月`, `一年`, `三年六个月`.
  static func isDuration(_ plain: String) -> Bool {
    let text = plain.filter { !$0.isWhitespace }
    return text.wholeMatch(
      of: /[为期满共]*(?:(?:[0-9]{1,3}|[一二两三四五六七八九十半]+)(?:年|个月|个季度|季度|天)半?)+/) != nil
  }

  /// Whether a text that is no day may be meant for one.
  static func looksLikeDate(_ plain: String) -> Bool {
    plain.contains(/[0-9]{4}|[0-9] *[-\/.年月] *[0-9]|[0-9] *[月日号]/)
  }
}

extension RowReader {
  /// The days of a cell, or of a part of one: `2022-03-01`, `2022.3.1至2026.12.31`, `2022年3月起`, `长期`.
  mutating func termDays(_ column: Column, _ text: String, _ part: TermDays.Part) -> TermDays? {
    let plain = text.normalisedWidth().trimmedSpaces()
    if Words.openEnds.contains(Column.key(plain)), part != .first { return nil }
    if let (first, last) = TermDays.ends(plain) {
      let to = TermDays.isOpen(last) ? nil : endDate(column, last)
      return TermDays(from: date(column, first), to: to)
    }
    let (day, isFirst, isLast) = TermDays.bare(plain)
    guard OfficeDate(day) != nil else {
      doubt(column, plain, part)
      return nil
    }
    switch part {
    case .first where !isLast: return TermDays(from: date(column, day))
    case .last where !isFirst, .validity where !isFirst:
      return TermDays(to: endDate(column, day))
    case _ where isFirst: return TermDays(from: date(column, day))
    case _ where isLast: return TermDays(to: endDate(column, day))
    default:
      fail(column, Self.termForm)
      return nil
    }
  }

  /// Warns of what says no day; what may be meant for one refuses the row, as money depends on it.
  private mutating func doubt(_ column: Column, _ text: String, _ part: TermDays.Part) {
    if TermDays.isDuration(text) {
      warn(
        column,
        Sentence(
          zh: "“\(text)”只写了多久，没有起止日期，期限未录入，请补上",
          en: "“\(text)” says how long, not from when to when; the term is left out"))
      return
    }
    let isWhole = part == .both || part == .validity
    let form = isWhole ? Self.spanForm : Self.dateForm
    let reason = Sentence(zh: "“\(text)”\(form.zh)", en: "“\(text)” \(form.en)")
    if isWhole, !TermDays.looksLikeDate(text) {
      warn(
        column, Sentence(zh: "\(reason.zh)，期限未录入", en: "\(reason.en); the term is left out"))
    } else {
      fail(column, reason)
    }
  }

  private static let termForm = Sentence(
    zh: "不知是起始还是截止，写法如 2022-03-01至2026-12-31",
    en: "may be the first or the last day; write it like 2022-03-01至2026-12-31")
  private static let spanForm = Sentence(
    zh: "不是看得懂的起止日期，写法如 2022-03-01至2026-12-31",
    en: "is no first and last day; write them like 2022-03-01至2026-12-31")

  /// What several cells say of one end of a term; where they differ the row is refused.
  mutating func agreed(_ days: [Day?], _ column: Column) -> Day? {
    let said = days.compactMap(\.self)
    if let first = said.first, said.contains(where: { $0 != first }) {
      fail(column, Sentence(zh: "与另一列写的日期不一致", en: "differs from the day in another column"))
    }
    return said.first
  }
}
