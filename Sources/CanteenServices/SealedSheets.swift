import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenVault

/// Writes a statement's tables into several forms of files at once, seals them, and adds up what
/// adds up: the total row is the sum of the rows above it because it is made so.
final class SealedSheets {
  /// A column as a file shows it.
  struct Column {
    var title: String
    var kind: ColumnKind
    var width: Int
  }

  private let writers: [any SheetWriter]
  private let statement: String
  private let sha256: String
  private let form: String
  private let masking: String
  private var kinds: [ColumnKind] = []
  private var seal: TableSeal?

  /// Whether lines of CSV are of any use, and whether cells are.
  var takesCSV: Bool { writers.contains { $0 is CSVSheets } }
  var takesCells: Bool { writers.contains { !($0 is CSVSheets) } }

  /// Of the rows of the table that was begun.
  var codes: TableSeal.RowCodes? { seal?.codes }

  /// Of money in fen, and of counts, by column.
  private(set) var sums: [Int] = []

  init(
    _ writers: [any SheetWriter], statement: String, sha256: String, form: String, masking: String
  ) {
    self.writers = writers
    self.statement = statement
    self.sha256 = sha256
    self.form = form
    self.masking = masking
  }

  func begin(_ name: String, title: String, subtitle: String, _ columns: [Column]) throws {
    kinds = columns.map(\.kind)
    sums = Array(repeating: 0, count: columns.count)
    let titles = columns.map(\.title) + [TableSeal.codeTitle]
    seal = TableSeal(
      TableSeal.Head(
        number: statement, sha256: sha256, table: name, form: form, masking: masking, kinds: kinds),
      titles: titles)
    let head = SheetHead(
      name: name, title: title, subtitle: subtitle,
      columns: columns.map {
        SheetHead.Column($0.title, width: $0.width, isFigure: $0.kind.isFigure)
      } + [SheetHead.Column(TableSeal.codeTitle, width: 11)])
    for writer in writers { try writer.begin(head) }
  }

  /// - Parameter isByHand: whether all but the first cell is left to be filled in.
  func append(_ cells: [CSVCell], isByHand: Bool = false) throws {
    add(cells)
    try write(cells, isTotal: false, isByHand: isByHand)
  }

  /// Rows that were made and sealed beforehand.
  struct Sealed: Sendable {
    var count = 0
    /// With their codes, as the files take them.
    var rows = SheetRows(cells: [], csv: nil)
    /// As `TableSeal` counts them.
    var texts: [UInt8] = []
    /// Of money in fen, by column.
    var sums: [Int]

    init(columns: Int) { sums = Array(repeating: 0, count: columns) }
  }

  func append(_ sealed: Sealed) throws {
    for (index, sum) in sealed.sums.enumerated() { sums[index] += sum }
    seal?.append(rows: sealed.count, texts: sealed.texts)
    for writer in writers { try writer.append(sealed.rows) }
  }

  private func add(_ cells: [CSVCell]) {
    for (index, cell) in cells.enumerated() {
      switch cell {
      case .money(let fen): sums[index] += fen.count
      case .integer(let value): sums[index] += value
      case .text, .day, .empty: break
      }
    }
  }

  private func write(_ cells: [CSVCell], isTotal: Bool, isByHand: Bool = false) throws {
    let plain = cells.map(\.plain)
    guard let code = seal?.append(plain, isTotal: isTotal, isByHand: isByHand) else { return }
    for writer in writers { try writer.append(cells + [.text(code)], isTotal: isTotal) }
  }

  /// Writes the total row; `others` has what does not add up, by column.
  func total(_ others: [Int: CSVCell] = [:]) throws {
    let place = kinds.firstIndex { $0 != .money && $0 != .count }
    try write(
      kinds.enumerated().map { index, kind -> CSVCell in
        if index == place { return "合计" }
        switch kind {
        case .money: return .money(Fen(sums[index]))
        case .count: return .integer(sums[index])
        case .text, .number, .day, .value, .blank: return others[index] ?? .empty
        }
      }, isTotal: true)
  }

  func end(signatures: [String]) throws {
    guard let line = seal?.line else { return }
    let signs = signatures.map { "\($0)：" }.joined(separator: "　　　　　　　")
    for writer in writers { try writer.end(seal: line, signatures: signs) }
  }

  func close() throws { for writer in writers { try writer.close() } }
}

extension ColumnKind {
  /// Whether figures stand in it, to the right.
  var isFigure: Bool { self == .money || self == .count || self == .number }
}
