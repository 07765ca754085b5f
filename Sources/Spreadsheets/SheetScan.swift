/// One row of a sheet that has anything in it.
public struct SheetRow: Sendable, Hashable {
  /// As the sheet counts, from 1.
  public let number: Int
  /// Up to the last cell that is not blank.
  public var cells: [String]
  /// The columns, from 0, of the filled cells that are struck through as a whole.
  public var struck: [Int] = []
}

/// Cells that stand merged on a sheet: rows from 1, columns from 0.
public struct MergedCells: Sendable, Hashable {
  public let rows: ClosedRange<Int>
  public let columns: ClosedRange<Int>

  /// A block of cells.
  public init(rows: ClosedRange<Int>, columns: ClosedRange<Int>) {
    self.rows = rows
    self.columns = columns
  }
}

/// Streams the rows of one sheet.
final class SheetScan: XMLHandler {
  private let strings: [String]
  private let forms: [CellStyles.Form]
  private let struckStyles: Set<Int>
  private let startsIn1904: Bool
  private let take: (SheetRow) -> Bool

  private(set) var merged: [MergedCells] = []
  private(set) var hiddenRows = 0
  private(set) var isTooLarge = false
  private var wantsNoMore = false
  var isDone: Bool { isTooLarge || wantsNoMore }

  private var row = 0
  private var isHidden = false
  private var cells: [String] = []
  private var struck: [Int] = []
  private var cellsTaken = 0

  private var column = -1
  private var kind: CellKind = .number
  private var style = 0
  private var value: [UInt8] = []
  private var formula: [UInt8] = []
  private var target: Target?
  private var readingDepth = 0

  /// Padded cells included; a roster of a million rows of sixteen columns stays below it.
  static let cellsMax = 24_000_000
  private static let columnsMax = 16_384

  private enum CellKind { case number, shared, text, boolean, error }
  private enum Target { case value, formula }

  init(
    strings: [String], styles: CellStyles, startsIn1904: Bool,
    take: @escaping (SheetRow) -> Bool
  ) {
    self.strings = strings
    forms = styles.forms
    struckStyles = styles.struck
    self.startsIn1904 = startsIn1904
    self.take = take
  }

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "c": startCell(attributes)
    case "v": target = .value
    case "t": target = readingDepth == 0 ? .value : nil
    case "f": target = .formula
    case "rPh": readingDepth += 1
    case "row":
      row = attributes.integer("r") ?? row + 1
      isHidden = attributes["hidden"].map { $0 == "1" || $0 == "true" } ?? false
      column = -1
      cells = []
      struck = []
    case "mergeCell": merge(attributes)
    default: return
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    switch target {
    case .value: value += bytes
    case .formula: formula += bytes
    case nil: return
    }
  }

  func end(_ name: XMLName) {
    switch name {
    case "v", "t", "f": target = nil
    case "rPh": readingDepth -= 1
    case "c": endCell()
    case "row": endRow()
    default: return
    }
  }

  private func startCell(_ attributes: XMLAttributes) {
    column = attributes.bytes("r").flatMap { CellReference($0)?.column } ?? column + 1
    kind =
      switch attributes["t"] {
      case "s": .shared
      case "str", "inlineStr", "d": .text
      case "b": .boolean
      case "e": .error
      default: .number
      }
    style = attributes.integer("s") ?? 0
    value.removeAll(keepingCapacity: true)
    formula.removeAll(keepingCapacity: true)
  }

  private func endCell() {
    let text = cellText()
    guard !text.isEmpty, (0..<SheetScan.columnsMax).contains(column) else { return }
    if !struckStyles.isEmpty, struckStyles.contains(style) { struck.append(column) }
    if column < cells.count {
      cells[column] = text
      return
    }
    while cells.count < column { cells.append("") }
    cells.append(text)
  }

  private func cellText() -> String {
    if value.isEmpty {
      // A formula that no spreadsheet has calculated yet has no value; its text says so.
      return formula.isEmpty ? "" : "=" + String(decoding: formula, as: UTF8.self)
    }
    switch kind {
    case .shared:
      let index = Int(String(decoding: value, as: UTF8.self)) ?? -1
      return strings.indices.contains(index) ? strings[index] : ""
    case .text: return CellText.text(value)
    case .boolean: return value == [0x31] ? "TRUE" : "FALSE"
    case .error: return String(decoding: value, as: UTF8.self)
    case .number:
      let form = forms.indices.contains(style) ? forms[style] : .plain
      return CellText.number(value, form, startsIn1904: startsIn1904)
    }
  }

  private func endRow() {
    guard !cells.isEmpty else { return }
    if isHidden { hiddenRows += 1 }
    cellsTaken += cells.count
    if cellsTaken > SheetScan.cellsMax { isTooLarge = true }
    if !take(SheetRow(number: row, cells: cells, struck: struck)) { wantsNoMore = true }
  }

  private func merge(_ attributes: XMLAttributes) {
    guard let ends = attributes["ref"]?.split(separator: ":"), ends.count == 2,
      let from = CellReference(String(ends[0])), let to = CellReference(String(ends[1])),
      from.row <= to.row, from.column <= to.column
    else { return }
    merged.append(MergedCells(rows: from.row...to.row, columns: from.column...to.column))
  }
}

/// `AB12`: the column from 0, the row from 1 (0 if only the column stands there).
struct CellReference {
  let column: Int
  let row: Int

  init?(_ text: UnsafePointer<CChar>) {
    var index = 0
    var column = 0
    var row = 0
    while true {
      let letter = UInt8(bitPattern: text[index]) & 0xDF
      guard (0x41...0x5A).contains(letter), index < 3 else { break }
      column = column * 26 + Int(letter) - 0x40
      index += 1
    }
    guard column > 0 else { return nil }
    while index < 12, (0x30...0x39).contains(UInt8(bitPattern: text[index])) {
      row = row * 10 + Int(text[index]) - 0x30
      index += 1
    }
    guard text[index] == 0 else { return nil }
    (self.column, self.row) = (column - 1, row)
  }

  init?(_ text: String) {
    guard let found = text.withCString({ CellReference($0) }) else { return nil }
    self = found
  }
}
