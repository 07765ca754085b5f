import CanteenDomain
import Foundation
import Spreadsheets

/// The tables of a file that was handed out, read back as plain text: a workbook, a page or CSV.
public struct SheetFile: Sendable {
  /// One table with its title lines, header and all that stands under it.
  public struct Sheet: Sendable, Hashable {
    /// Nil in CSV, which has one table.
    public var name: String?
    public var rows: [Row]
  }

  /// One line: where it stands, from 1, and its cells.
  public struct Row: Sendable, Hashable {
    public var line: Int
    public var cells: [String]
  }

  public var fileName: String
  public var sheets: [Sheet]

  /// - Throws: `FileRefusal`.
  public init(path: String) throws(FileRefusal) {
    fileName = (path as NSString).lastPathComponent
    switch (path as NSString).pathExtension.lowercased() {
    case "xlsx": sheets = try Self.workbook(path, fileName)
    case "html", "htm": sheets = try Self.page(path)
    default:
      let records = try TableRecords(DecodedText(contentsOf: path)).records
      sheets = [
        Sheet(
          name: nil, rows: records.map { Row(line: $0.line, cells: $0.texts.map(\.plain)) })
      ]
    }
  }

  private static func workbook(
    _ path: String, _ fileName: String
  ) throws(FileRefusal) -> [Sheet] {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(file: path) }
    let found = Found()
    do {
      let workbook = try Workbook(path: path)
      var sheets: [Sheet] = []
      for sheet in workbook.sheets {
        found.rows = []
        try workbook.read(sheet) { row in
          found.rows.append(Row(line: row.number, cells: row.cells.map(\.plain)))
          return true
        }
        sheets.append(Sheet(name: sheet.name, rows: found.rows))
      }
      return sheets
    } catch {
      throw .workbook(file: fileName, error)
    }
  }

  /// Gathers rows from a closure that must not throw.
  private final class Found { var rows: [Row] = [] }

  /// Reads what `PageSheets` wrote, which has one row a line.
  private static func page(_ path: String) throws(FileRefusal) -> [Sheet] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .missing(file: path)
    }
    let text = String(decoding: data, as: UTF8.self)
    var sheets: [Sheet] = []
    var number = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      if let start = line.range(of: "data-sheet=\"") {
        let name = line[start.upperBound...].prefix { $0 != "\"" }
        sheets.append(Sheet(name: unescape(name), rows: []))
      }
      guard !sheets.isEmpty, line.contains("<td") || line.contains("<th") || line.hasPrefix("<p")
      else { continue }
      sheets[sheets.count - 1].rows.append(Row(line: number, cells: cells(line)))
    }
    return sheets
  }

  /// What stands in the cells of a row; no cell has a tag in it but the title's.
  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: "<").compactMap { piece -> String? in
      guard let end = piece.firstIndex(of: ">") else { return nil }
      let tag = piece[..<end].prefix { $0 != " " }
      guard ["td", "th", "small", "p"].contains(tag) else { return nil }
      return unescape(piece[piece.index(after: end)...]).plain
    }
  }

  private static func unescape(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
    return String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
  }
}

extension CSVCell {
  /// As people see it.
  var shown: String {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .money(let fen): fen.yuan
    case .day(let day): day.description
    case .empty: ""
    }
  }

  /// As every form of file gives it back: the text without the marks that CSV needs, without
  /// control characters and outer blanks.
  public var plain: String { shown.plain }
}

extension String {
  fileprivate var plain: String {
    let isPlain = utf8.allSatisfy { $0 > 0x20 && $0 != 0x27 && $0 < 0x7F }
    if isPlain { return self }
    // Most words of an office have nothing to be taken out; 0xEF begins what no cell can hold.
    let isOneLine = utf8.count < 16_000 && utf8.allSatisfy { $0 >= 0x20 && $0 != 0xEF }
    return (isOneLine ? self : oneLine).unmarked()
  }

  /// Without what a workbook's cell cannot hold, and on one line.
  var oneLine: String {
    // As `WorkbookWriter` cuts a text.
    let scalars = utf8.count > 32_767 ? unicodeScalars.prefix(16_000) : unicodeScalars[...]
    var result = ""
    for scalar in scalars {
      switch scalar.value {
      case 0x09, 0x0A: result += " "
      case ..<0x20, 0xFFFE, 0xFFFF: break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
