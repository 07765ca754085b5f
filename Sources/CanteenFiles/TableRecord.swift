import CanteenDomain
import Foundation
import Spreadsheets

/// One record of a file before it is known what its columns mean.
struct TableRecord {
  /// The line of a text file, or the row of a sheet, from 1.
  let line: Int
  /// Nil where its quotation marks make no sense.
  var cells: [String]?
  /// The columns whose cell is struck through, from 0; a text has none.
  var struck: [Int] = []

  var texts: [String] { cells ?? [] }

  /// Puts what stands in the row above in the place of 同上 and 〃, crossed out where it is there.
  mutating func repeatMarked(from above: [String], struck struckAbove: [Int]) {
    guard let texts = cells else { return }
    for (index, text) in texts.enumerated()
    where index < above.count && !text.isEmpty
      && ["同上", "〃", "″", "仝"].contains(text.trimmedSpaces())
    {
      cells?[index] = above[index]
      if struckAbove.contains(index) { struck.append(index) }
    }
  }
}

/// The records of a file in the one form in which `Table` reads them all.
struct TableRecords {
  let fileName: String
  /// Nil for a workbook.
  let encoding: DecodedText.Encoding?
  /// Nil for a file of text.
  let sheet: String?
  /// Without the blank ones.
  var records: [TableRecord]
  /// What the reader of the table should know.
  var remarks: [Sentence] = []
  /// Whether a row with fewer cells than the header is torn; a sheet leaves blank cells out.
  var isText: Bool { encoding != nil }
}

extension TableRecords {
  /// Cuts a text into records.
  init(_ text: DecodedText) throws(FileRefusal) {
    fileName = text.fileName
    encoding = text.encoding
    sheet = nil
    let result: Result<[TableRecord], RecordScanner.UnclosedQuote> =
      text.utf8.withUnsafeBufferPointer { bytes in
        let delimiter = Delimiter.detect(in: bytes)
        let splitter = CellSplitter(delimiter: delimiter)
        var scanner = RecordScanner(bytes, delimiter: delimiter)
        var records: [TableRecord] = []
        do throws(RecordScanner.UnclosedQuote) {
          while let record = try scanner.next() {
            let cells = splitter.cells(of: record, in: bytes)
            if let cells, cells.allSatisfy({ $0.isBlank }) { continue }
            records.append(TableRecord(line: record.line, cells: cells))
          }
        } catch {
          return .failure(error)
        }
        return .success(records)
      }
    do {
      records = try result.get()
    } catch {
      throw .unclosedQuote(file: text.fileName, line: error.line)
    }
  }

  /// The sheets that have the header, each by itself; where only one has it, that one.
  static func all(
    _ workbook: Workbook, fileName: String, columns: ColumnNames
  ) throws(FileRefusal) -> [TableRecords] {
    try refusing(fileName) {
      let complete = try workbook.sheets.filter { sheet in
        guard !sheet.isHidden, !isSample(sheet) else { return false }
        let top = try top(of: sheet, in: workbook)
        guard let header = Table.header(in: top, columns: columns) else { return false }
        return header.missing.isEmpty && top.contains { $0.line > header.line }
      }
      guard complete.count > 1 else {
        return [try one(of: workbook, fileName: fileName, columns: columns)]
      }
      var tables = try complete.map { try whole($0, of: workbook, "\(fileName)（\($0.name)）") }
      let names = complete.map(\.name)
      let others = try workbook.sheets.filter { sheet in
        try !names.contains(sheet.name) && top(of: sheet, in: workbook).count > 1
      }.map { "“\($0.name)”" }
      if !others.isEmpty {
        tables[0].remarks.append(
          Sentence(
            zh: "工作表\(others.joined(separator: "、"))没有读取：是隐藏的、示例，或缺少需要的列",
            en:
              "not read: \(others.joined(separator: ", ")), hidden, a sample or without a needed column"
          ))
      }
      return tables
    }
  }

  /// Says what is wrong with a workbook as a refusal of its file.
  private static func refusing<Value>(
    _ fileName: String, _ read: () throws -> Value
  ) throws(FileRefusal) -> Value {
    do {
      return try read()
    } catch let fault as WorkbookFault {
      throw .workbook(file: fileName, fault)
    } catch let refusal as FileRefusal {
      throw refusal
    } catch {
      throw .unreadable(file: fileName, reason: "\(error)")
    }
  }

  /// A sheet that shows how the table is to be filled in.
  private static func isSample(_ sheet: Workbook.Sheet) -> Bool {
    ["示例", "样表", "样例", "模板", "填表说明", "填写说明"].contains { sheet.name.contains($0) }
  }

  /// The one sheet that has the header and rows; visible ones count first, samples behind them.
  static func one(
    of workbook: Workbook, fileName: String, columns: ColumnNames
  ) throws(FileRefusal) -> TableRecords {
    try refusing(fileName) {
      let visible = workbook.sheets.filter { !$0.isHidden }
      let order =
        visible.filter { !isSample($0) } + visible.filter(isSample)
        + workbook.sheets.filter(\.isHidden)
      var best: (sheet: Workbook.Sheet, count: Int)?
      var (complete, filled): ([String], [String]) = ([], [])
      for sheet in order {
        let top = try top(of: sheet, in: workbook)
        guard let header = Table.header(in: top, columns: columns) else { continue }
        var count = header.count
        if header.missing.isEmpty {
          complete.append(sheet.name)
          count += 1000
          if top.contains(where: { $0.line > header.line }) {
            count += 1000
            filled.append(sheet.name)
          }
        }
        if count > best?.count ?? -1 { best = (sheet, count) }
      }
      guard let best else { throw FileRefusal.empty(file: fileName) }
      let shown = order.filter { !$0.isHidden && !isSample($0) && filled.contains($0.name) }
      guard shown.count < 2 else {
        throw FileRefusal.severalSheets(file: fileName, sheets: shown.map(\.name))
      }
      var table = try whole(best.sheet, of: workbook, fileName)
      table.remarkSheets(complete, taken: best.sheet)
      return table
    }
  }

  private static func whole(
    _ sheet: Workbook.Sheet, of workbook: Workbook, _ name: String
  ) throws -> TableRecords {
    var table = TableRecords(fileName: name, encoding: nil, sheet: sheet.name, records: [])
    try table.readAll(sheet, in: workbook)
    return table
  }

  /// The rows among which a header is looked for.
  private static func top(
    of sheet: Workbook.Sheet, in workbook: Workbook
  ) throws -> [TableRecord] {
    let rows = Rows()
    try workbook.read(sheet) { row in
      rows.append(row)
      return rows.records.count < Table.titleRowsMax + 1
    }
    return rows.records
  }

  private mutating func readAll(_ sheet: Workbook.Sheet, in workbook: Workbook) throws {
    let rows = Rows()
    let end = try workbook.read(sheet) { row in
      rows.append(row)
      return true
    }
    records = rows.records
    fill(end.merged)
    if end.hiddenRows > 0 {
      remarks.append(
        Sentence(
          zh: "有 \(end.hiddenRows) 行在表格中被隐藏（或被筛选掉），同样读入",
          en: "\(end.hiddenRows) rows are hidden or filtered out on the sheet; they are read too"))
    }
  }

  private mutating func remarkSheets(_ complete: [String], taken: Workbook.Sheet) {
    if taken.isHidden {
      remarks.append(
        Sentence(
          zh: "表头在隐藏的工作表“\(taken.name)”中", en: "the header is on the hidden sheet \(taken.name)"))
    }
    let others = complete.filter { $0 != taken.name }
    if !others.isEmpty {
      let names = others.map { "“\($0)”" }
      remarks.append(
        Sentence(
          zh: "读取工作表“\(taken.name)”；空的、隐藏的或示例的\(names.joined(separator: "、"))也有这样的表头，未读取",
          en:
            "the sheet “\(taken.name)” is read; \(names.joined(separator: ", ")), empty, hidden or samples, have "
            + "such a header too and are not read"))
    }
  }

  /// A text merged over several rows (a community's name beside all its people) holds for each of them,
  /// in the first column of the merged ones; so does the line through it.
  private mutating func fill(_ merged: [MergedCells]) {
    let tall = merged.filter { $0.rows.count > 1 }
    guard !tall.isEmpty else { return }
    let positions = Dictionary(
      records.enumerated().map { ($1.line, $0) }, uniquingKeysWith: { first, _ in first })
    for cells in tall {
      let column = cells.columns.lowerBound
      guard let first = positions[cells.rows.lowerBound],
        column < records[first].texts.count
      else { continue }
      let text = records[first].texts[column]
      let isStruck = records[first].struck.contains(column)
      for index in (first + 1)..<max(first + 1, records.count) {
        guard cells.rows.contains(records[index].line) else { break }
        var row = records[index].texts
        while row.count <= column { row.append("") }
        if row[column].isBlank {
          row[column] = text
          if isStruck { records[index].struck.append(column) }
        }
        records[index].cells = row
      }
    }
  }

  /// Gathers rows from a closure that must not throw.
  private final class Rows {
    var records: [TableRecord] = []

    func append(_ row: SheetRow) {
      guard !row.cells.allSatisfy(\.isBlank) else { return }
      records.append(TableRecord(line: row.number, cells: row.cells, struck: row.struck))
    }
  }
}
