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
  /// The names of the columns as the file has them, trimmed; behind them those that only a later
  /// header of it has.
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
  /// The lines of the rows that are crossed out and not read.
  let crossedOut: [Int]
  /// The lines of headings among the rows, ascending.
  let sections: [Int]

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
    try header.refuseDoubles(columns, fileName: source.fileName)
    fileName = source.fileName
    encoding = source.encoding
    sheet = source.sheet
    headerLine = header.line
    let start = source.records.firstIndex { $0.line == header.line } ?? 0
    title = source.records.prefix(start).flatMap(\.texts).map { $0.trimmedSpaces() }
      .filter { !$0.isEmpty }.joined(separator: " ")
    let split = try TableSplit(source, from: start, title: title, header, columns)
    self.header = split.header
    rows = split.rows
    skipped = split.skipped
    mapping = split.mappings[0].mapping
    remarks = source.remarks + split.remarks
    crossedOut = split.crossedOut
    sections = split.sections
  }

  /// The first record among the top ones that has every required column, else the best.
  static func header(in records: [TableRecord], columns: ColumnNames) -> TableHeader? {
    let count = min(records.count, titleRowsMax)
    let candidates = (0..<count).map { TableHeader(records, at: $0, columns: columns) }
    return candidates.first { $0.missing.isEmpty } ?? candidates.max { $0.count < $1.count }
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
