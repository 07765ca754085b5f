import CanteenDomain

/// The days of a term as one cell says them; nil where it does not.
struct TermDays: Sendable, Hashable {
  var from: Day?
  var to: Day?

  /// What a single day in a cell means, by its column.
  enum Part { case first, last, both }
}

extension RowReader {
  /// The days of a cell, or of a part of one: `2022-03-01`, `2022.3.1至2026.12.31`, `2022年3月起`, `长期`.
  mutating func termDays(_ column: Column, _ text: String, _ part: TermDays.Part) -> TermDays? {
    let plain = text.normalisedWidth().trimmedSpaces()
    let ends = plain.split { "至到~—–".contains($0) }.map { String($0).trimmedSpaces() }
    if ends.count == 2 {
      let to = ends[1] == "今" ? nil : endDate(column, ends[1])
      return TermDays(from: date(column, ends[0]), to: to)
    }
    if ends.count == 1, let only = ends.first, only != "今" {
      let isFirst = only.hasSuffix("起") || only.hasSuffix("始")
      let isLast = plain.hasPrefix("至") || plain.hasPrefix("到") || only.hasSuffix("止")
      let day = isFirst || only.hasSuffix("止") ? String(only.dropLast()) : only
      switch part {
      case .first where !isLast: return TermDays(from: date(column, day))
      case .last where !isFirst: return TermDays(to: endDate(column, day))
      case _ where isFirst: return TermDays(from: date(column, day))
      case _ where isLast: return TermDays(to: endDate(column, day))
      default: break
      }
    }
    if Words.openEnds.contains(Column.key(plain)), part != .first { return nil }
    fail(column, part == .both ? Self.termForm : Self.dateForm)
    return nil
  }

  private static let termForm = Sentence(
    zh: "不知是起始还是截止，写法如 2022-03-01至2026-12-31",
    en: "may be the first or the last day; write it like 2022-03-01至2026-12-31")

  /// What several cells say of one end of a term; where they differ the row is refused.
  mutating func agreed(_ days: [Day?], _ column: Column) -> Day? {
    let said = days.compactMap(\.self)
    if let first = said.first, said.contains(where: { $0 != first }) {
      fail(column, Sentence(zh: "与另一列写的日期不一致", en: "differs from the day in another column"))
    }
    return said.first
  }
}
