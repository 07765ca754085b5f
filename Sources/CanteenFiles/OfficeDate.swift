import CanteenDomain

/// A date as offices write it, with how exactly.
struct OfficeDate: Hashable {
  let day: Day
  /// The cell named a month only; `day` is its first.
  let isMonth: Bool

  /// Reads what `Day(office:)` reads, with or without a time of day, a month (`2024年1月`, `2024-01`,
  /// `202401`), and the serial number that a spreadsheet keeps for a date of 1927 to 2100.
  init?(_ text: String) {
    if let day = Day(iso: text) {
      (self.day, isMonth) = (day, false)
      return
    }
    let plain = text.normalisedWidth().trimmedSpaces()
    let date = OfficeDate.withoutTime(plain)
    if let day = Day(office: date) {
      (self.day, isMonth) = (day, false)
    } else if let day = OfficeDate.serial(date) {
      (self.day, isMonth) = (day, false)
    } else if let day = OfficeDate.month(date) {
      (self.day, isMonth) = (day, true)
    } else {
      return nil
    }
  }

  /// `2024/1/5 9:30:00`, `2024-01-05T00:00:00`.
  private static func withoutTime(_ text: String) -> String {
    guard let mark = text.firstIndex(where: { $0 == " " || $0 == "T" || $0 == "t" }) else {
      return text
    }
    let rest = text[mark...].dropFirst()
    let isTime =
      rest.first?.isASCIIDigit == true && rest.contains(":")
      && rest.allSatisfy { $0.isASCIIDigit || ":.Z".contains($0) }
    // Blanks between the parts say nothing: `2024 年 1 月 5 日`.
    return isTime ? String(text[..<mark]) : text.filter { !$0.isWhitespace }
  }

  private static func serial(_ text: String) -> Day? {
    guard text.utf8.count == 5, let value = Int(text),
      (10_000...73_415).contains(value)
    else { return nil }
    return Day(number: value - 25_569)
  }

  private static func month(_ text: String) -> Day? {
    var parts = text.split(omittingEmptySubsequences: false) { "-/.年".contains($0) }
    if parts.count == 1, text.utf8.count == 6 {
      parts = [text.prefix(4), text.suffix(2)]
    }
    guard parts.count == 2, parts[0].utf8.count == 4 else { return nil }
    let month = parts[1].hasSuffix("月") ? parts[1].dropLast() : parts[1]
    guard let year = Int(parts[0]), (1900...2100).contains(year), (1...2).contains(month.count),
      let number = Int(month)
    else { return nil }
    return Day(year, number, 1)
  }
}

extension OfficeDate {
  /// The first day of the one month that a title names (`2026年3月签到表`); nil for none or several.
  static func onlyMonth(in title: String) -> Day? {
    let found = title.normalisedWidth().matches(of: /(?:(20[0-9]{2}) *年 *)?([0-9]{1,2}) *月/)
    let years = Set(found.compactMap { $0.output.1.flatMap { Int($0) } })
    let months = Set(found.compactMap { Int($0.output.2) })
    guard years.count == 1, months.count == 1, let year = years.first, let month = months.first
    else { return nil }
    return Day(year, month, 1)
  }

  /// A day of a known month: `5`, `5日`, `3月5日`, `3/5`.
  static func day(_ text: String, in month: Day) -> Day? {
    var plain = text.normalisedWidth().filter { !$0.isWhitespace }
    if plain.hasSuffix("日") || plain.hasSuffix("号") { plain.removeLast() }
    let parts = plain.split(omittingEmptySubsequences: false) { "-/.月".contains($0) }
    let numbers = parts.compactMap { part -> Int? in
      part.count <= 2 && part.allSatisfy(\.isASCIIDigit) ? Int(part) : nil
    }
    guard numbers.count == parts.count, numbers.count <= 2, let day = numbers.last,
      numbers.count == 1 || numbers[0] == month.month
    else { return nil }
    return Day(month.year, month.month, day)
  }
}

extension RowReader {
  /// A date; a month alone counts from its first day, with a warning.
  mutating func date(_ column: Column) -> Day? {
    optionalText(column).flatMap { date(column, $0) }
  }

  /// The same of a cell's text or of a part of it.
  mutating func date(_ column: Column, _ text: String) -> Day? {
    date(column, text) { $0 }
  }

  /// - Parameter month: which day stands for a month alone, by its first.
  private mutating func date(
    _ column: Column, _ text: String, month: (Day) -> Day
  ) -> Day? {
    guard let read = value(text, column, RowReader.dateForm, { OfficeDate($0) }) else { return nil }
    guard read.isMonth else { return read.day }
    let day = month(read.day)
    warn(
      column, Sentence(zh: "只写到月份，按 \(day) 录入", en: "names a month only; taken as \(day)"))
    return day
  }

  /// The last day of a term; `长期` and its like are none.
  mutating func endDate(_ column: Column) -> Day? {
    optionalText(column).flatMap { endDate(column, $0) }
  }

  /// The same of a cell's text or of a part of it; a month alone lasts to its last day, with a warning.
  mutating func endDate(_ column: Column, _ text: String) -> Day? {
    Words.openEnds.contains(Column.key(text)) ? nil : date(column, text) { $0.lastOfMonth }
  }
}
