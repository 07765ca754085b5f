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
  static let formulaStarts: Set<Character> = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]

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

  private static func line(_ cells: [CSVCell]) -> [UInt8] {
    Array((cells.map(text(of:)).joined(separator: ",") + "\r\n").utf8)
  }

  public static func text(of cell: CSVCell) -> String {
    switch cell {
    case .empty: ""
    case .integer(let value): String(value)
    case .money(let fen): fen.yuan
    case .day(let day): day.description
    case .text(let text): quoted(marked(text))
    }
  }

  /// The text as a spreadsheet will leave it alone.
  private static func marked(_ text: String) -> String {
    guard let first = text.first else { return text }
    if formulaStarts.contains(first) { return "'" + text }
    return losesDigits(text) ? "\t" + text : text
  }

  /// Whether a spreadsheet would take the text for a number or a date and show another: long
  /// digits, leading zeros, `1E5`, `3/4`, `10-11`.
  private static func losesDigits(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.contains(where: { (48...57).contains($0) }),
      bytes.allSatisfy({ (48...57).contains($0) || "-/.,Ee".utf8.contains($0) })
    else { return false }
    let onlyDigits = bytes.allSatisfy { (48...57).contains($0) }
    return !onlyDigits || bytes.count > 11 || (bytes[0] == 48 && bytes.count > 1)
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
