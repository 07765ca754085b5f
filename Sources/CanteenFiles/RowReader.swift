import CanteenDomain

/// What became of one row: a value, or faults that reject it, or the remark that it repeats an
/// earlier row; with warnings beside a value.
public struct RowReading<Value: Sendable>: Sendable {
  /// The line of the file on which the row begins.
  public let line: Int
  /// Nil if the row is rejected or a duplicate.
  public let value: Value?
  /// Why it is rejected; empty otherwise.
  public let faults: [RowFault]
  /// What should be looked at although the row is accepted.
  public let warnings: [RowFault]
  /// The row says again what an earlier one said: where, and which.
  public let duplicate: RowFault?

  init(
    line: Int, value: Value?, faults: [RowFault] = [], warnings: [RowFault] = [],
    duplicate: RowFault? = nil
  ) {
    self.line = line
    self.value = faults.isEmpty && duplicate == nil ? value : nil
    self.faults = faults
    self.warnings = warnings
    self.duplicate = duplicate
  }

  /// The same with one more warning.
  func warned(_ warning: RowFault) -> Self {
    RowReading(
      line: line, value: value, faults: faults, warnings: warnings + [warning],
      duplicate: duplicate)
  }
}

/// Reads the cells of one row and gathers every fault, so that a clerk mends a row once.
struct RowReader {
  let row: Row
  private(set) var faults: [RowFault]
  private(set) var warnings: [RowFault]

  init(_ row: Row) {
    self.row = row
    faults = row.fault.map { [$0] } ?? []
    warnings = row.crossedOut.map {
      RowFault(
        address: row.address($0),
        reason: Sentence(
          zh: "划了删除线，未录入；仍有效的请去掉删除线",
          en: "is crossed out and is left out; take the line off if it holds"))
    }
  }

  /// - Parameter code: the machine's word for it, where it has one.
  mutating func fail(_ column: Column, _ reason: Sentence, code: String? = nil) {
    // A row with the wrong number of cells has its cells in the wrong places: one fault says it
    // all.
    guard row.fault == nil else { return }
    faults.append(RowFault(address: row.address(column.name), reason: reason, code: code))
  }

  mutating func warn(_ column: Column, _ reason: Sentence) {
    warnings.append(RowFault(address: row.address(column.name), reason: reason))
  }

  func text(_ column: Column) -> String { row[column.name] }

  func has(_ column: Column) -> Bool { row.has(column.name) }

  /// Nil for a blank cell, and for the error of a formula, with a warning.
  mutating func optionalText(_ column: Column) -> String? {
    let text = row[column.name]
    if text.isEmpty { return nil }
    if let fault = RowReader.formulaFault(text) {
      fail(column, fault)
      return nil
    }
    if text.utf8.first == UInt8(ascii: "#"), RowReader.spreadsheetErrors.contains(text) {
      warn(
        column,
        Sentence(
          zh: "是表格公式的错误值 \(text)，未录入", en: "is the error \(text) of a formula and is left out"))
      return nil
    }
    return text
  }

  /// A cell that must not be blank.
  mutating func requiredText(_ column: Column) -> String? {
    let text = row[column.name]
    if text.isEmpty {
      fail(column, Sentence(zh: "不能为空", en: "must not be blank"))
      return nil
    }
    if let fault = RowReader.formulaFault(text) {
      fail(column, fault)
      return nil
    }
    if text.utf8.first == UInt8(ascii: "#"), RowReader.spreadsheetErrors.contains(text) {
      fail(
        column,
        Sentence(
          zh: "是表格公式的错误值 \(text)，请填写内容", en: "is the error \(text) of a formula; enter the value"))
      return nil
    }
    return text
  }

  /// A cell that must not be blank, read by `read`; nil from it is a fault that says `form`.
  mutating func required<T>(
    _ column: Column, form: Sentence, _ read: (String) -> T?
  ) -> T? {
    guard let text = requiredText(column) else { return nil }
    return value(text, column, form, read)
  }

  /// A cell that may be blank.
  mutating func optional<T>(
    _ column: Column, form: Sentence, _ read: (String) -> T?
  ) -> T? {
    guard let text = optionalText(column) else { return nil }
    return value(text, column, form, read)
  }

  /// A text read by `read`; nil from it is a fault that says `form`.
  mutating func value<T>(
    _ text: String, _ column: Column, _ form: Sentence, _ read: (String) -> T?
  ) -> T? {
    if let value = read(text) { return value }
    fail(column, Sentence(zh: "“\(text)”\(form.zh)", en: "“\(text)” \(form.en)"))
    return nil
  }

  /// A cell that holds one of the words of a list.
  mutating func required<T>(_ column: Column, in words: WordList<T>) -> T? {
    required(column, form: words.form) { words[$0] }
  }

  func finish<Value>(_ value: Value?) -> RowReading<Value> {
    RowReading(line: row.line, value: value, faults: faults, warnings: warnings)
  }
}

extension RowReader {
  /// Fails a day that has not come: what a table counts has happened, and its year was mistyped.
  mutating func refuseFuture(_ day: Day, _ column: Column, asOf today: Day) {
    guard day > today else { return }
    fail(
      column,
      Sentence(
        zh: "\(day) 尚未到来，请核对年份", en: "\(day) has not come yet; look at its year"),
      code: "in_the_future")
  }

  static let dateForm = Sentence(
    zh: "不是有效日期，写法如 2026-10-31", en: "is no date; write it like 2026-10-31")
  /// A formula whose result a program left out when it wrote the file.
  private static func formulaFault(_ text: String) -> Sentence? {
    guard text.utf8.first == UInt8(ascii: "="), text.utf8.count > 1 else { return nil }
    return Sentence(
      zh: "是没有结果的公式，请在表格软件中打开、保存后再导入",
      en: "is a formula without its result; open and save the file in a spreadsheet first")
  }

  static let spreadsheetErrors: Set<String> = [
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!",
  ]
  static let timeForm = Sentence(
    zh: "不是有效时间，写法如 12:04:31", en: "is no time of day; write it like 12:04:31")
}
