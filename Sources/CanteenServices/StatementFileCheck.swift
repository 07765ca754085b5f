import CanteenDomain
import CanteenFiles
import CanteenForms

/// Checks a file that left the office by what it says of itself: no database is asked.
///
/// Who changes a cell and leaves the codes alone is found, with the row. Who makes new codes as well
/// is found by comparing with the books, and with a saved head if he changed the SHA-256 too.
public struct StatementFileCheck: Sendable {
  /// A table of the file and what it says of itself.
  public struct Table: Sendable, Hashable {
    public var name: String
    public var number: String
    public var sha256: String
    public var form: String
    public var masking: String
    /// Without the total row.
    public var rows: Int

    /// What stands above the header; it has no code, and only the books tell whether it is right.
    var above: [String]
    /// The header and the rows, the total row included, as plain text without the codes.
    var titles: [String]
    var kinds: [ColumnKind]
    var cells: [[String]]
    /// Where each row stands in the file.
    var places: [Int]
  }

  public let fileName: String
  public private(set) var tables: [Table] = []
  /// The sheets with half a seal, which `faults` names.
  private var damaged: Set<String> = []
  /// What differs, in the order of the file.
  public private(set) var faults: [Sentence] = []

  /// Reads and checks a file.
  /// - Throws: `FileRefusal` if it cannot be read; `StatementFileRefusal` if nothing in it is sealed.
  public init(path: String) throws {
    let file = try SheetFile(path: path)
    fileName = file.fileName
    for sheet in file.sheets { check(sheet) }
    guard !tables.isEmpty || !faults.isEmpty else {
      throw StatementFileRefusal.notSealed(file.fileName)
    }
    // A CSV file has one table and no name for it; every other file has all of them.
    if file.sheets.contains(where: { $0.name != nil }) { nameMissingTables() }
  }

  private mutating func nameMissingTables() {
    let found = Set(tables.map(\.name)).union(damaged)
    for name in Self.tableNames where !found.contains(name) {
      faults.append(
        Sentence(
          zh: "缺少整张“\(name)”，或它的表头和封行都不见了",
          en: "the table \(name) is missing, or both its header and its seal are gone"))
    }
  }

  /// The tables that an exported statement has, in their order.
  static let tableNames = ["申报表", "汇总表", "明细表", "异常清单"]

  private mutating func check(_ sheet: SheetFile.Sheet) {
    let header = sheet.rows.firstIndex { $0.cells.last == TableSeal.codeTitle }
    let end = sheet.rows.lastIndex { $0.cells.first.flatMap(TableSeal.Line.init) != nil }
    guard header != nil || end != nil else { return }
    let name = sheet.name.map { "\($0)：" } ?? ""
    guard let header, let end, header < end, let text = sheet.rows[end].cells.first,
      let line = TableSeal.Line(text)
    else {
      if let name = sheet.name { damaged.insert(name) }
      faults.append(
        Sentence(
          zh: "\(name)表头（末列“\(TableSeal.codeTitle)”）或表下的封行不见了",
          en: "\(name)the header or the line that seals the table is gone"))
      return
    }
    let titles = Array(sheet.rows[header].cells.dropLast())
    var table = Table(
      name: line.head.table, number: line.head.number, sha256: line.head.sha256,
      form: line.head.form, masking: line.head.masking, rows: 0,
      above: sheet.rows[..<header].flatMap(\.cells).filter { !$0.isEmpty }, titles: titles,
      kinds: line.head.kinds, cells: [], places: [])
    let rows = sheet.rows[(header + 1)..<end]
    faults += check(rows, under: titles, line, &table)
    tables.append(table)
  }

  private func check(
    _ rows: ArraySlice<SheetFile.Row>, under titles: [String], _ line: TableSeal.Line,
    _ table: inout Table
  ) -> [Sentence] {
    let width = line.head.kinds.count
    var faults: [Sentence] = []
    if titles.count != width {
      faults.append(
        table.fault(
          "有 \(titles.count) 列，应为 \(width) 列", "has \(titles.count) columns, not \(width)"))
    }
    var seal = TableSeal(line.head, titles: titles + [TableSeal.codeTitle])
    var sums = Array(repeating: 0, count: width)
    for (index, row) in rows.enumerated() {
      let cells = (0..<width).map { $0 < row.cells.count ? row.cells[$0] : "" }
      let isTotal = line.hasTotal && index == rows.count - 1
      let found = row.cells.count > width ? row.cells[width] : ""
      let code = seal.append(cells, isTotal: isTotal, isByHand: found == TableSeal.byHand)
      if found != code {
        let what = isTotal ? "合计行" : "第 \(index + 1) 行"
        faults.append(
          table.fault(
            "\(what)（文件第 \(row.line) 行）与校验码不符：\(Self.digest(titles, cells))",
            "\(isTotal ? "the total row" : "row \(index + 1)") (line \(row.line) of the file) does not "
              + "match its code: \(Self.digest(titles, cells))"))
      }
      if isTotal {
        faults += Self.sumFaults(cells, sums, line.head.kinds, titles, table)
      } else {
        Self.add(cells, line.head.kinds, to: &sums)
      }
      table.cells.append(cells)
      table.places.append(row.line)
    }
    table.rows = seal.rows
    if seal.rows != line.rows {
      faults.append(
        table.fault(
          "有 \(seal.rows) 行，封存时 \(line.rows) 行\(Self.gap(table, line))",
          "has \(seal.rows) rows and had \(line.rows)\(Self.gap(table, line))"))
    }
    if faults.isEmpty, sealed(seal) != line.seal {
      faults.append(
        table.fault("表头、行的次序或表下的封行被改动", "the header, the order of the rows or the seal is changed"))
    }
    return faults
  }

  private func sealed(_ seal: TableSeal) -> String? { TableSeal.Line(seal.line)?.seal }

  private static func add(_ cells: [String], _ kinds: [ColumnKind], to sums: inout [Int]) {
    for (index, kind) in kinds.enumerated() {
      // What somebody forged may be of any size.
      func add(_ value: Int) {
        let (sum, isTooMuch) = sums[index].addingReportingOverflow(value)
        sums[index] = isTooMuch ? .max : sum
      }
      switch kind {
      case .money: add(Fen(yuan: cells[index])?.count ?? 0)
      case .count: add(Int(cells[index]) ?? 0)
      case .text, .number, .day, .value, .blank: break
      }
    }
  }

  private static func sumFaults(
    _ total: [String], _ sums: [Int], _ kinds: [ColumnKind], _ titles: [String], _ table: Table
  ) -> [Sentence] {
    kinds.enumerated().compactMap { index, kind in
      guard kind == .money || kind == .count, index < titles.count else { return nil }
      let stated = kind == .money ? Fen(yuan: total[index])?.count : Int(total[index])
      guard stated != sums[index] else { return nil }
      let sum = kind == .money ? Fen(sums[index]).yuan : "\(sums[index])"
      let said = kind == .money ? Fen(yuan: total[index])?.yuan : nil
      return table.fault(
        "“\(titles[index])”各行合计 \(sum)，合计行为 \(said ?? total[index])",
        "\(titles[index]): the rows add up to \(sum), the total row says \(said ?? total[index])")
    }
  }

  /// The first cells of a row, by which people find it.
  private static func digest(_ titles: [String], _ cells: [String]) -> String {
    zip(titles, cells).filter { !$1.isEmpty }.prefix(6).map { "\($0) \($1)" }
      .joined(separator: "，")
  }

  /// Which number is missing, where rows are numbered from 1.
  private static func gap(_ table: Table, _ line: TableSeal.Line) -> String {
    guard line.head.kinds.first == .number else { return "" }
    let numbers = Set(table.cells.compactMap { $0.first.flatMap { Int($0) } })
    // Lazily: a forged count may be of any size.
    let missing = (1...max(1, line.rows)).lazy.filter { !numbers.contains($0) }.prefix(5)
    return missing.isEmpty ? "" : "（\(missing.map(String.init).joined(separator: "、"))）"
  }
}

extension StatementFileCheck.Table {
  func fault(_ zh: String, _ en: String) -> Sentence {
    Sentence(zh: "\(name)\(zh)", en: "\(name): \(en)")
  }
}

extension StatementFileCheck {
  /// What the file says otherwise than a head that was saved elsewhere.
  public func compare(_ head: AuditHead) -> [Sentence] {
    var seen: Set<String> = []
    return tables.filter { seen.insert($0.number + $0.sha256).inserted }.compactMap { table in
      let saved = head.entries.first { $0.subject == .statement(table.number) }
      guard let saved else {
        return Sentence(
          zh: "封存头没有结算单 \(table.number)", en: "the saved head has no statement \(table.number)")
      }
      guard saved.seal != table.sha256 else { return nil }
      return Sentence(
        zh: "\(table.name)的 SHA-256 与封存头的结算单 \(table.number) 不同",
        en: "\(table.name): its SHA-256 is not that of \(table.number) in the saved head")
    }
  }
}

extension StatementExportService {
  /// Makes the tables of a checked file again from the books, and names every cell that differs.
  /// - Returns: at most `most` differences.
  /// - Throws: as `export`, but nothing leaves the office; values that are shown in full are not told.
  public func compare(_ file: StatementFileCheck, most: Int = 100) async throws -> [Sentence] {
    var faults: [Sentence] = []
    let kinds = Dictionary(grouping: file.tables) { [$0.number, $0.form, $0.masking] }
    for (key, tables) in kinds.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let opened = try await open(
        Order(key[0], formats: [], form: key[1], masking: key[2]))
      let books = BookSheets(tables, isSecret: opened.tables.profile.isFull, most: most)
      try await write(opened, into: [books], report: { _ in })
      faults += books.faults
    }
    return Array(faults.prefix(most))
  }
}

/// Takes tables as they are made from the books and holds those of a file against them.
private final class BookSheets: SheetWriter {
  let paths: [String] = []
  private(set) var faults: [Sentence] = []
  private let tables: [StatementFileCheck.Table]
  private let isSecret: Bool
  private let most: Int
  private var current: StatementFileCheck.Table?
  private var next = 0

  init(_ tables: [StatementFileCheck.Table], isSecret: Bool, most: Int) {
    self.tables = tables
    self.isSecret = isSecret
    self.most = most
  }

  func begin(_ head: SheetHead) throws {
    current = tables.first { $0.name == head.name }
    next = 0
    guard let current else { return }
    for text in [head.title, head.subtitle] {
      // CSV has neither.
      guard !current.above.isEmpty, !current.above.contains(CSVCell.text(text).plain) else {
        continue
      }
      say(
        current.fault(
          "表上方的标题或期间与账上不同，应为“\(text)”",
          "the title or the period above the table differs from the books: “\(text)”"))
    }
    let titles = head.columns.dropLast().map(\.title)
    if current.titles != titles {
      say(current.fault("表头与账上不同", "the header differs from the books"))
    }
  }

  func append(_ cells: [CSVCell], isTotal: Bool) throws {
    guard let current else { return }
    defer { next += 1 }
    let row = isTotal ? "合计行" : "第 \(next + 1) 行"
    guard next < current.cells.count else {
      return say(current.fault("缺少\(row)", "row \(next + 1) is missing"))
    }
    let isByHand = cells.last == .text(TableSeal.byHand)
    for (index, cell) in cells.dropLast().enumerated()
    where index < current.titles.count && !(isByHand && index > 0)
      && current.kinds[index] != .blank
    {
      let (found, wanted) = (current.cells[next][index], cell.plain)
      guard !isSame(found, wanted, cell) else { continue }
      let title = current.titles[index]
      let values =
        isSecret
        ? Sentence(zh: "与账上不同", en: "differs from the books")
        : Sentence(
          zh: "文件 \(found)，账上 \(wanted)", en: "\(found) in the file, \(wanted) in the books")
      say(
        current.fault(
          "\(row)（文件第 \(current.places[next]) 行）“\(title)”：\(values.zh)",
          "row \(next + 1) (line \(current.places[next]) of the file), \(title): \(values.en)"))
    }
  }

  /// An amount may have lost its zeros in a spreadsheet.
  private func isSame(_ found: String, _ wanted: String, _ cell: CSVCell) -> Bool {
    if found == wanted { return true }
    guard case .money(let fen) = cell else { return false }
    return Fen(yuan: found) == fen
  }

  func end(seal: String, signatures: String) throws {
    guard let current, next < current.cells.count else { return }
    say(
      current.fault(
        "多出 \(current.cells.count - next) 行", "has \(current.cells.count - next) rows too many"))
  }

  func close() throws {}

  private func say(_ fault: Sentence) {
    if faults.count < most { faults.append(fault) }
  }
}

/// Why a file cannot be checked.
public enum StatementFileRefusal: Refusal, Hashable {
  case notSealed(String)

  public var kind: RefusalKind { .invalid }
  public var sentence: Sentence {
    switch self {
    case .notSealed(let file):
      Sentence(
        zh: "\(file) 里没有结算单的封行，不是本系统导出的结算单文件，或封行已被删去",
        en:
          "\(file) has no line that seals a table: it is no exported statement, or the line is gone"
      )
    }
  }
}
