import CanteenDomain

/// One row of a table.
public struct Row: Sendable {
  /// What all rows of a table share.
  final class Layout: Sendable {
    let fileName: String
    let width: Int
    /// The first column of a meaning.
    let indexes: [ColumnKey: Int]
    /// All columns of a meaning that has several.
    let repeated: [ColumnKey: [Int]]
    /// Where the cells stand among the columns of the table; nil if at their own places.
    let places: [Int]?
    /// Whether a row must have as many cells as the header; a sheet leaves blank ones out.
    let isText: Bool

    init(
      fileName: String, width: Int, indexes: [String: [Int]], places: [Int]?, isText: Bool
    ) {
      self.fileName = fileName
      self.width = width
      self.places = places
      let keyed = indexes.map { (ColumnKey(name: $0.key), $0.value) }
      let all = Dictionary(keyed, uniquingKeysWith: { first, _ in first })
      self.indexes = all.compactMapValues(\.first)
      repeated = all.filter { $0.value.count > 1 }
      self.isText = isText
    }
  }

  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// What is wrong with the row as a whole: too few or too many cells, or a stray quotation mark.
  public let fault: RowFault?
  private let cells: [String]
  /// The cells that are crossed out, from 0; they read as blank.
  private let struck: [Int]
  private let layout: Layout
  /// What stands above it.
  let headings: RowHeadings

  init(
    line: Int, cells: [String]?, struck: [Int], layout: Layout, headings: RowHeadings
  ) {
    self.headings = headings
    self.line = line
    self.layout = layout
    self.struck = struck
    self.cells = cells ?? []
    let reason = layout.isText ? Row.reason(cells, width: layout.width) : nil
    fault = reason.map {
      RowFault(address: CellAddress(file: layout.fileName, line: line), reason: $0)
    }
  }

  /// The cells as the file has them, one for each column of the table's header; without the last ones
  /// where only a header further down has these.
  public var texts: [String] {
    if let places = layout.places {
      var texts = Array(repeating: "", count: (places.max() ?? -1) + 1)
      for (cell, place) in zip(cells, places) { texts[place] = cell }
      return texts
    }
    let missing = max(0, layout.width - cells.count)
    return Array(cells.prefix(layout.width)) + Array(repeating: "", count: missing)
  }

  /// `texts` as they are read: those that are crossed out are blank.
  var unstruckTexts: [String] {
    var texts = self.texts
    for cell in struck {
      // Without places of their own, cells stand where the header has them.
      let place = layout.places.map { cell < $0.count ? $0[cell] : texts.count } ?? cell
      if place < texts.count { texts[place] = "" }
    }
    return texts
  }

  private static func reason(_ cells: [String]?, width: Int) -> Sentence? {
    guard let cells else {
      return Sentence(
        zh: "双引号的用法有误：单元格内的双引号应写成两个",
        en: "a quotation mark is out of place; write it twice inside a cell")
    }
    // Spreadsheets write empty cells after the last column; those do no harm.
    let count = cells.count > width ? (cells.lastIndex { !$0.isBlank } ?? -1) + 1 : cells.count
    guard cells.count < width || count > width else { return nil }
    let shown = max(count, min(cells.count, width))
    return Sentence(
      zh: "应有 \(width) 列，现有 \(shown) 列，请检查逗号和引号",
      en:
        "has \(shown) cells instead of \(width); look at its commas and quotes"
    )
  }

  /// The text of a column, by its first name, trimmed; empty if the file has no such column.
  ///
  /// An apostrophe that a spreadsheet uses to mark text is taken off. Several columns of one meaning
  /// give one list.
  public subscript(_ column: String) -> String {
    let key = ColumnKey(name: column)
    if !layout.repeated.isEmpty, let indexes = layout.repeated[key] {
      return indexes.filter { $0 < cells.count && !struck.contains($0) }
        .map { cells[$0].unmarked() }
        .filter { !$0.isEmpty }.joined(separator: "、")
    }
    guard let index = layout.indexes[key], index < cells.count, !struck.contains(index)
    else { return "" }
    return cells[index].unmarked()
  }

  /// The columns with a cell that is crossed out.
  var crossedOut: [String] {
    guard !struck.isEmpty else { return [] }
    return layout.indexes.filter { key, index in
      (layout.repeated[key] ?? [index]).contains { struck.contains($0) }
    }.map(\.key.name).sorted()
  }

  /// Whether the file has the column at all.
  public func has(_ column: String) -> Bool {
    layout.indexes[ColumnKey(name: column)] != nil
  }

  /// Where the cell of a column stands.
  public func address(_ column: String) -> CellAddress {
    CellAddress(file: layout.fileName, line: line, column: column)
  }

  /// The address of the row as a whole.
  public var address: CellAddress { CellAddress(file: layout.fileName, line: line) }
}

/// What stands above a row and may say of which community it is.
public struct RowHeadings: Sendable, Hashable {
  /// The nearest heading within the table that speaks of a community.
  /// Nil where the last heading names none; empty below one that is crossed out.
  public var community: String?
  /// The table's title and the name of its sheet.
  public let titles: [String]
}

/// A column's name, compared by its bytes: a look-up for each cell of a long file has no time for the
/// equivalences of Unicode.
struct ColumnKey: Hashable {
  let name: String

  static func == (one: ColumnKey, other: ColumnKey) -> Bool {
    one.name.utf8.elementsEqual(other.name.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var name = name
    name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Trimmed, and without the leading apostrophe that marks a cell as text: before a digit (as
  /// people type it) or before a sign that would begin a formula (as `CSVWriter` writes it).
  func unmarked() -> String {
    let utf8 = self.utf8
    guard let first = utf8.first, let last = utf8.last else { return "" }
    // Chinese letters begin with these bytes, and no blank does.
    let letters: ClosedRange<UInt8> = 0xE4...0xE9
    let hasPlainStart = first > 0x27 && first < 0x80 || letters.contains(first)
    let hasPlainEnd =
      last > 0x20 && last < 0x80 || utf8.count > 2 && letters.contains(utf8.suffix(3).first ?? 0)
    if hasPlainStart && hasPlainEnd { return self }
    let text = trimmedSpaces()
    // Scalar by scalar, as the mark was put before it.
    let scalars = text.unicodeScalars
    guard scalars.first == "'", let second = scalars.dropFirst().first,
      ("0"..."9").contains(second) || CSVWriter.formulaStarts.contains(String(second))
    else { return text }
    return String(scalars.dropFirst())
  }
}
