import CanteenDomain
import CanteenFiles
import CanteenForms
import Synchronization

/// Makes rows of the 明细表 from stored lines, on any core. What lines of one pattern share is written
/// once for all of them.
final class StatementDetailRows: Sendable {
  /// What some lines became.
  struct Made: Sendable {
    /// What the statement's hash takes in of them.
    var canonical: [UInt8] = []
    var sealed: SealedSheets.Sealed
  }

  /// A cell, as the seal counts it, and as a line of CSV has it.
  private struct Cell {
    var cell: CSVCell
    var text: [UInt8]
    var csv: [UInt8]
  }

  /// What lines of one pattern share: nil where a cell is the line's own.
  private final class Shared: Sendable {
    let cells: [Cell?]

    init(_ cells: [Cell?]) { self.cells = cells }
  }

  private typealias Column = StatementTables.Column<DetailField>

  private let tables: StatementTables
  private let columns: [Column]
  private let codes: TableSeal.RowCodes
  private let people: [Diner.ID: StatementTables.FullPerson]
  private let makesCSV: Bool
  private let makesCells: Bool
  private let reader = StatementLineReader()
  /// Of a line of no pattern.
  private let nothing: Shared
  /// By a pattern's number.
  private let shared = Mutex<[Int: Shared]>([:])

  /// As many patterns as the reader keeps.
  private static let sharedMax = 10_000

  /// - Parameters:
  ///   - people: names and numbers in full; empty where the masking shows none.
  ///   - makesCSV: whether lines of CSV are wanted.
  ///   - makesCells: whether anything else is.
  init(
    _ tables: StatementTables, _ columns: [StatementTables.Column<DetailField>],
    codes: TableSeal.RowCodes, people: [Diner.ID: StatementTables.FullPerson], makesCSV: Bool,
    makesCells: Bool
  ) {
    self.tables = tables
    self.columns = columns
    self.codes = codes
    self.people = people
    self.makesCSV = makesCSV
    self.makesCells = makesCells
    nothing = Shared(Array(repeating: nil, count: columns.count))
  }

  func rows(_ contents: [String]) throws -> Made {
    var made = Made(sealed: SealedSheets.Sealed(columns: columns.count))
    var csv: [UInt8] = []
    for content in contents {
      let stored = try reader.read(content)
      made.canonical.append(UInt8(ascii: "\n"))
      made.canonical += stored.canonical
      let shared = shared(stored)
      let person = people.isEmpty ? nil : people[stored.line.diner]
      var cells: [CSVCell] = []
      let start = made.sealed.texts.count
      for (index, column) in columns.enumerated() {
        let cell = shared.cells[index] ?? cell(column, stored.line, person)
        if index > 0 { made.sealed.texts.append(TableSeal.separator) }
        made.sealed.texts += cell.text
        if case .money(let fen) = cell.cell { made.sealed.sums[index] += fen.count }
        if makesCells { cells.append(cell.cell) }
        guard makesCSV else { continue }
        csv += cell.csv
        csv.append(CSVWriter.comma)
      }
      let code = CSVCell.text(codes.code(of: made.sealed.texts[start...]))
      made.sealed.texts.append(UInt8(ascii: "\n"))
      made.sealed.count += 1
      if makesCells { made.sealed.rows.cells.append(cells + [code]) }
      guard makesCSV else { continue }
      CSVWriter.append(code, to: &csv)
      csv += CSVWriter.end
    }
    if makesCSV { made.sealed.rows.csv = csv }
    return made
  }

  /// What a line shares with others.
  private func shared(_ stored: StoredLine) -> Shared {
    guard let pattern = stored.pattern else { return nothing }
    if let known = shared.withLock({ $0[pattern] }) { return known }
    let made = Shared(columns.map { $0.isOwn ? nil : cell($0, stored.line, nil) })
    shared.withLock { shared in
      if shared.count >= Self.sharedMax { shared.removeAll() }
      shared[pattern] = made
    }
    return made
  }

  private func cell(
    _ column: Column, _ line: StatementLine, _ person: StatementTables.FullPerson?
  ) -> Cell {
    let cell = tables.detail(column.content, line, person)
    var csv: [UInt8] = []
    if makesCSV { CSVWriter.append(cell, to: &csv) }
    return Cell(
      cell: cell, text: Array(TableSeal.counted(cell.plain, column.kind).utf8), csv: csv)
  }
}

extension StatementTables.Column<DetailField> {
  /// Whether it shows what is a line's own: what `StatementLineReader.ownKeys` name.
  fileprivate var isOwn: Bool {
    switch content {
    case .field(.line), .field(.sourceNo), .field(.name), .field(.idNumber), .field(.age),
      .field(.hukou), .field(.residence), .field(.checkIn):
      true
    case .field, .source, .sources, .blank: false
    }
  }
}
