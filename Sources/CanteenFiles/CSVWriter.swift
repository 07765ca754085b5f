import CanteenDomain

/// A cell of a table to be written.
public enum CSVCell: Sendable, Hashable, ExpressibleByStringLiteral {
  /// Words, codes, ID numbers, card numbers: anything that is not to be calculated with.
  case text(String)
  case integer(Int)
  /// Yuan with two decimals.
  case money(Fen)
  case day(Day)
  case empty

  public init(stringLiteral value: String) { self = .text(value) }
}

/// Writes a table row by row as UTF-8 with a byte-order mark, CRLF and the quoting of RFC 4180: the
/// form that Excel and WPS open with a double click.
///
/// Long digit strings: a spreadsheet turns 511323194308150022 into 5.11323E+17 and loses its end. A
/// tab before the digits makes it keep them as text, and every other reader still sees plain data
/// with one blank in front (`="…"` would be a formula to them, and quotes alone change nothing).
///
/// Formulas: a text that begins with `=`, `+`, `-` or `@` would run in the reader's spreadsheet; an
/// apostrophe is put before it. `Row` takes both marks off again.
public struct CSVWriter {
  /// With their full-width forms, which East Asian spreadsheets accept as well.
  static let formulaStarts = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
  private static let formulaBytes = Set(formulaStarts.compactMap(\.utf8.first)).sorted()

  private let write: ([UInt8]) throws -> Void
  private let width: Int

  /// Writes the mark and the header at once.
  /// - Parameter write: takes each piece in order; a file, a response, or memory.
  public init(header: [String], write: @escaping ([UInt8]) throws -> Void) throws {
    self.write = write
    width = header.count
    try write([0xEF, 0xBB, 0xBF] + CSVWriter.line(header.map { .text($0) }))
  }

  /// Writes one row, which has as many cells as the header.
  public func append(_ cells: [CSVCell]) throws {
    precondition(cells.count == width, "a row has as many cells as the header")
    try write(CSVWriter.line(cells))
  }

  /// A whole table in memory.
  public static func bytes(header: [String], rows: some Sequence<[CSVCell]>) -> [UInt8] {
    var result: [UInt8] = [0xEF, 0xBB, 0xBF] + line(header.map { .text($0) })
    for row in rows { result += line(row) }
    return result
  }

  static func line(_ cells: [CSVCell]) -> [UInt8] {
    var line: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { line.append(comma) }
      append(cell, to: &line)
    }
    return line + end
  }

  /// What stands between two cells, and behind the last one.
  public static let comma = UInt8(ascii: ",")
  public static let end: [UInt8] = [0x0D, 0x0A]

  public static func text(of cell: CSVCell) -> String {
    var bytes: [UInt8] = []
    append(cell, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends a cell as it stands in a line.
  public static func append(_ cell: CSVCell, to line: inout [UInt8]) {
    guard case .text(var text) = cell else {
      line.append(contentsOf: cell.shown.utf8)
      return
    }
    text.withUTF8 { append($0, to: &line) }
  }

  private static func append(_ text: UnsafeBufferPointer<UInt8>, to line: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = text.contains { $0 == quote || $0 == comma || $0 == 0x0A || $0 == 0x0D }
    if needsQuotes { line.append(quote) }
    if let mark = mark(of: text) { line.append(mark) }
    if needsQuotes {
      for byte in text {
        if byte == quote { line.append(quote) }
        line.append(byte)
      }
      line.append(quote)
    } else {
      line.append(contentsOf: text)
    }
  }

  /// What makes a spreadsheet leave a text alone; nil where it does so by itself.
  private static func mark(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    // Few texts begin with one of these bytes.
    if let first = text.first, formulaBytes.contains(first),
      formulaStarts.contains(where: { text.starts(with: $0.utf8) })
    {
      return UInt8(ascii: "'")
    }
    return losesDigits(text) ? UInt8(ascii: "\t") : nil
  }

  /// Whether a spreadsheet would take the text for a number or a date and show another: long
  /// digits, leading zeros, `1E5`, `3/4`, `10-11`.
  private static func losesDigits(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var (digits, others) = (0, 0)
    for byte in text {
      switch byte {
      case 48...57: digits += 1
      case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), comma, UInt8(ascii: "E"),
        UInt8(ascii: "e"):
        others += 1
      default: return false
      }
    }
    guard digits > 0 else { return false }
    return others > 0 || digits > 11 || (text[0] == 48 && digits > 1)
  }
}
