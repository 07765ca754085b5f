import CanteenDomain
import Foundation
import Spreadsheets

/// A table with a header, each row knowing its line: a file of text (CSV) or a workbook (XLSX).
///
/// The header may stand below a title: the first of the top rows that has every required column is
/// taken. Commas, semicolons and tabs are told apart by the header; blank lines, totals, signatures
/// and notes are skipped, and it is said which.
public struct Table: Sendable {
  /// The file's name without its folders.
  public let fileName: String
  /// How a text was written; nil for a workbook.
  public let encoding: DecodedText.Encoding?
  /// The sheet that was taken; nil for a text.
  public let sheet: String?
  /// The names of the columns as the file has them, trimmed.
  public let header: [String]
  /// What stands above the header: the title, and who made the table; empty if nothing does.
  public let title: String
  /// The line of the header, from 1.
  public let headerLine: Int
  /// Which column was taken for what.
  public let mapping: ColumnMapping
  /// The rows below the header, without the blank ones.
  public let rows: [Row]
  /// Lines below the header that were taken for no row.
  public let skipped: [SkippedLine]
  /// What should be known of the file as a whole: hidden rows, sheets that were not read.
  public let remarks: [Sentence]

  /// How far down a header is looked for.
  static let titleRowsMax = 20

  /// Reads the file at `path`, a workbook or a text, told apart by its first bytes.
  public init(contentsOf path: String, columns: [Column]) throws(FileRefusal) {
    let name = (path as NSString).lastPathComponent
    guard try FileStart(path: path).isArchive else {
      try self.init(DecodedText(contentsOf: path), columns: columns)
      return
    }
    let names = ColumnNames(columns)
    try self.init(
      TableRecords.one(of: Self.workbook(path), fileName: name, columns: names), names)
  }

  /// Every sheet of a workbook that has the header, each as a table under its own name: offices keep a
  /// street, a meal or a month on each. Hidden sheets and samples of how to fill one in are left out.
  public static func all(
    contentsOf path: String, columns: [Column]
  ) throws(FileRefusal) -> [Table] {
    let name = (path as NSString).lastPathComponent
    guard try FileStart(path: path).isArchive else {
      return [try Table(DecodedText(contentsOf: path), columns: columns)]
    }
    let names = ColumnNames(columns)
    var tables: [Table] = []
    for records in try TableRecords.all(workbook(path), fileName: name, columns: names) {
      tables.append(try Table(records, names))
    }
    return tables
  }

  private static func workbook(_ path: String) throws(FileRefusal) -> Workbook {
    do {
      return try Workbook(path: path)
    } catch {
      throw .workbook(file: (path as NSString).lastPathComponent, error)
    }
  }

  /// Reads bytes that came some other way, such as an upload.
  public init(bytes: [UInt8], fileName: String, columns: [Column]) throws(FileRefusal) {
    guard try FileStart(bytes, fileName: fileName).isArchive else {
      try self.init(DecodedText(bytes: bytes, fileName: fileName), columns: columns)
      return
    }
    let workbook: Workbook
    do {
      workbook = try Workbook(bytes: bytes)
    } catch {
      throw .workbook(file: fileName, error)
    }
    let names = ColumnNames(columns)
    try self.init(TableRecords.one(of: workbook, fileName: fileName, columns: names), names)
  }

  /// - Throws: `FileRefusal` for missing columns (all of them at once), a column that stands twice,
  ///   or a quotation mark that is never closed. What is wrong with one row is that row's `fault`.
  public init(_ text: DecodedText, columns: [Column]) throws(FileRefusal) {
    try self.init(TableRecords(text), ColumnNames(columns))
  }

  private init(_ source: TableRecords, _ columns: ColumnNames) throws(FileRefusal) {
    guard let header = Table.header(in: source.records, columns: columns) else {
      throw .empty(file: source.fileName)
    }
    guard header.missing.isEmpty else {
      throw .missingColumns(
        file: source.fileName, missing: header.missing, found: header.names)
    }
    if let twice = header.twice {
      throw .columnTwice(file: source.fileName, column: twice, line: header.line)
    }
    let required = Set(columns.columns.filter(\.isRequired).map(\.name))
    if let alike = header.alike.first(where: { required.contains($0.column) }) {
      throw .columnsAlike(
        file: source.fileName, column: alike.column, found: alike.places.map(\.header),
        line: header.line)
    }
    fileName = source.fileName
    encoding = source.encoding
    sheet = source.sheet
    self.header = header.names
    headerLine = header.line
    let start = source.records.firstIndex { $0.line == header.line } ?? 0
    title = source.records.prefix(start).flatMap(\.texts).map { $0.trimmedSpaces() }
      .filter { !$0.isEmpty }.joined(separator: " ")
    let body = source.records.dropFirst(start + header.records)
    let split = Table.split(body, header, columns, source)
    rows = split.rows
    skipped = split.skipped
    mapping = header.mapping(filled: split.filled.contains, width: split.width)
    remarks = source.remarks + split.remarks
  }

  /// The first record among the top ones that has every required column, else the best.
  static func header(in records: [TableRecord], columns: ColumnNames) -> TableHeader? {
    let count = min(records.count, titleRowsMax)
    let candidates = (0..<count).map { TableHeader(records, at: $0, columns: columns) }
    return candidates.first { $0.missing.isEmpty } ?? candidates.max { $0.count < $1.count }
  }

  private struct Split {
    var rows: [Row] = []
    var skipped: [SkippedLine] = []
    /// Columns that the header does not name and that have contents.
    var filled: Set<Int> = []
    var width: Int
    var crossedOut: [Int] = []

    var remarks: [Sentence] {
      guard !crossedOut.isEmpty else { return [] }
      let shown = crossedOut.prefix(10).map(String.init)
      let isCut = crossedOut.count > 10
      return [
        Sentence(
          zh: "第 \(shown.joined(separator: "、"))\(isCut ? " 等" : "") 行划了删除线，没有读入；"
            + "仍有效的请去掉删除线再导入",
          en: "lines \(shown.joined(separator: ", "))\(isCut ? " …" : "") are crossed out and not "
            + "read; take the line off those that hold")
      ]
    }
  }

  private static func split(
    _ body: ArraySlice<TableRecord>, _ header: TableHeader, _ columns: ColumnNames,
    _ source: TableRecords
  ) -> Split {
    let sieve = RowSieve(header, columns: columns.columns)
    let width = header.names.count
    let layout = Row.Layout(
      fileName: source.fileName, width: width, indexes: header.indexes, isText: source.isText)
    let nameless = header.names.indices.filter { header.names[$0].isEmpty }
    var split = Split(width: width)
    split.rows.reserveCapacity(body.count)
    var above: [String] = []
    for var record in body {
      record.repeatMarked(from: above)
      if sieve.isCrossedOut(record) {
        split.crossedOut.append(record.line)
        split.skipped.append(
          SkippedLine(line: record.line, reason: Sentence(zh: "划掉的行", en: "crossed out")))
        continue
      }
      if let cells = record.cells, let reason = sieve.reason(cells) {
        split.skipped.append(SkippedLine(line: record.line, reason: reason))
        continue
      }
      split.rows.append(
        Row(line: record.line, cells: record.cells, struck: record.struck, layout: layout))
      let cells = record.texts
      above = cells
      for index in nameless where index < cells.count && !cells[index].isBlank {
        split.filled.insert(index)
      }
      guard cells.count > width, !source.isText else { continue }
      for index in width..<cells.count where !cells[index].isBlank { split.filled.insert(index) }
      split.width = max(split.width, cells.count)
    }
    return split
  }
}

/// The first bytes of a file, which tell what it is.
private struct FileStart {
  let isArchive: Bool

  init(path: String) throws(FileRefusal) {
    var bytes: [UInt8] = []
    if let file = FileHandle(forReadingAtPath: path) {
      defer { try? file.close() }
      bytes = FileStart.bytes(try? file.read(upToCount: 8))
      if bytes.starts(with: FileStart.compoundMark) {
        bytes += FileStart.bytes(try? file.readToEnd())
      }
    }
    try self.init(bytes, fileName: (path as NSString).lastPathComponent)
  }

  private static func bytes(_ data: Foundation.Data??) -> [UInt8] {
    guard let data, let data else { return [] }
    return [UInt8](data)
  }

  /// - Throws: for the compound files of old spreadsheets and of those under a password.
  init(_ bytes: [UInt8], fileName: String) throws(FileRefusal) {
    isArchive = bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
    guard bytes.starts(with: FileStart.compoundMark) else { return }
    // A protected workbook is a compound file with a stream of this name in UTF-16.
    let stream = "EncryptedPackage".utf8.flatMap { [$0, UInt8(0)] }
    throw Foundation.Data(bytes).range(of: Foundation.Data(stream)) != nil
      ? .workbook(file: fileName, .encrypted) : .oldWorkbook(file: fileName)
  }

  private static let compoundMark: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0]
}

extension String {
  /// Nothing but white space; quick for the usual cell.
  var isBlank: Bool {
    guard let first = utf8.first else { return true }
    if first > 0x20, first < 0x80 { return false }
    return trimmedSpaces().isEmpty
  }
}
