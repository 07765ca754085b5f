import CanteenDomain

/// A table of text with a header, each row knowing its line.
///
/// The header may stand below a title: the first of the top rows that has every required column is
/// taken. Commas, semicolons and tabs are told apart by the header; blank lines are skipped.
public struct Table: Sendable {
  /// The file's name without its folders.
  public let fileName: String
  /// How the file was written.
  public let encoding: DecodedText.Encoding
  /// The names of the columns as the file has them, trimmed.
  public let header: [String]
  /// The rows below the header, without the blank ones.
  public let rows: [Row]

  /// How far down a header is looked for.
  private static let titleRowsMax = 10

  /// Reads the file at `path`.
  public init(contentsOf path: String, columns: [Column]) throws(FileRefusal) {
    try self.init(DecodedText(contentsOf: path), columns: columns)
  }

  /// - Throws: `FileRefusal` for missing columns (all of them at once), a column that stands twice,
  ///   or a quotation mark that is never closed. What is wrong with one row is that row's `fault`.
  public init(_ text: DecodedText, columns: [Column]) throws(FileRefusal) {
    let records = try Table.records(of: text)
    let top = records.prefix(Table.titleRowsMax).map { ($0.line, $0.cells ?? []) }
    let candidates = top.map { Header(line: $0, cells: $1, columns: columns) }
    guard
      let found = candidates.firstIndex(where: { $0.missing.isEmpty })
        ?? candidates.indices.max(by: { candidates[$0].count < candidates[$1].count })
    else { throw .empty(file: text.fileName) }
    let header = candidates[found]
    guard header.missing.isEmpty else {
      throw .missingColumns(file: text.fileName, missing: header.missing, found: header.names)
    }
    if let twice = header.twice {
      throw .columnTwice(file: text.fileName, column: twice, line: header.line)
    }
    fileName = text.fileName
    encoding = text.encoding
    self.header = header.names
    let layout = Row.Layout(
      fileName: text.fileName, width: header.names.count, indexes: header.indexes)
    rows = records.dropFirst(found + 1).map { record in
      Row(line: record.line, cells: record.cells, layout: layout)
    }
  }

  /// One record's cells; nil where its quotation marks make no sense.
  private struct ReadRecord {
    let line: Int
    let cells: [String]?
  }

  private static func records(of text: DecodedText) throws(FileRefusal) -> [ReadRecord] {
    let result: Result<[ReadRecord], RecordScanner.UnclosedQuote> =
      text.utf8.withUnsafeBufferPointer { bytes in
        let delimiter = Delimiter.detect(in: bytes)
        let splitter = CellSplitter(delimiter: delimiter)
        var scanner = RecordScanner(bytes, delimiter: delimiter)
        var records: [ReadRecord] = []
        do throws(RecordScanner.UnclosedQuote) {
          while let record = try scanner.next() {
            let cells = splitter.cells(of: record, in: bytes)
            if let cells, cells.allSatisfy({ $0.isBlank }) { continue }
            records.append(ReadRecord(line: record.line, cells: cells))
          }
        } catch {
          return .failure(error)
        }
        return .success(records)
      }
    do {
      return try result.get()
    } catch {
      throw .unclosedQuote(file: text.fileName, line: error.line)
    }
  }
}

/// The columns found in one record that may be the header.
private struct Header {
  let line: Int
  let names: [String]
  /// Where each wanted column stands, by its first name.
  var indexes: [String: Int] = [:]
  var missing: [String] = []
  var twice: String?

  var count: Int { indexes.count }

  init(line: Int, cells: [String], columns: [Column]) {
    self.line = line
    var names = cells.map { $0.trimmedSpaces() }
    while names.last?.isEmpty == true { names.removeLast() }
    self.names = names
    var positions: [String: [Int]] = [:]
    for (index, name) in names.enumerated() {
      positions[Column.key(name), default: []].append(index)
    }
    for column in columns {
      // An earlier name wins over a later one; under one name there may be one column only.
      let hits = column.names.lazy.compactMap { positions[Column.key($0)] }.first
      if let hits {
        indexes[column.name] = hits[0]
        if hits.count > 1 { twice = twice ?? names[hits[0]] }
      } else if column.isRequired {
        missing.append(column.name)
      }
    }
  }
}

/// The character between cells.
private enum Delimiter {
  /// The one of comma, semicolon and tab that stands most often in the first ten lines' best line.
  static func detect(in bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    let candidates: [UInt8] = [0x2C, 0x3B, 0x09]
    var best: (delimiter: UInt8, count: Int) = (0x2C, 0)
    var counts = [0, 0, 0]
    var lines = 0
    var inQuotes = false
    for byte in bytes {
      if byte == RecordScanner.quote { inQuotes.toggle() }
      if !inQuotes, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
      guard byte == 0x0A || byte == 0x0D else { continue }
      for (index, count) in counts.enumerated() where count > best.count {
        best = (candidates[index], count)
      }
      counts = [0, 0, 0]
      lines += 1
      if lines >= 20 { return best.delimiter }
    }
    for (index, count) in counts.enumerated() where count > best.count {
      best = (candidates[index], count)
    }
    return best.delimiter
  }
}

extension String {
  /// Nothing but white space; quick for the usual cell.
  var isBlank: Bool {
    guard let first = utf8.first else { return true }
    if first > 0x20, first < 0x80 { return false }
    return trimmedSpaces().isEmpty
  }
}
