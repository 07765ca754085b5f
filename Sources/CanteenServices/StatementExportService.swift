import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenVault
import Foundation
import Postgres

/// The files of a closed statement: 申报表, 汇总表, 明细表 and 异常清单, made from the statement alone, so
/// that the same statement always gives the same bytes. Memory does not grow with its lines.
public struct StatementExportService: Sendable {
  private let database: Database
  private let calendar: CanteenCalendar
  private let vault: @Sendable () throws -> Vault

  /// - Parameter vault: asked for only where numbers are to be shown in full.
  public init(
    _ database: Database, calendar: CanteenCalendar = .shanghai,
    vault: @escaping @Sendable () throws -> Vault
  ) {
    self.database = database
    self.calendar = calendar
    self.vault = vault
  }

  /// The form of a file.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case xlsx
    case csv
    case html
  }

  /// What is to be written.
  public struct Order: Sendable, Hashable {
    public var number: String
    public var formats: [Format]
    /// 表样; nil for the one that the statement was closed with.
    public var form: String?
    /// 脱敏口径; nil for the form's own.
    public var masking: String?
    /// Why full numbers leave the office.
    public var reason: String

    public init(
      _ number: String, formats: [Format], form: String? = nil, masking: String? = nil,
      reason: String = ""
    ) {
      self.number = number
      self.formats = formats
      self.form = form
      self.masking = masking
      self.reason = reason
    }
  }

  /// A file that was written.
  public struct Written: Sendable, Hashable {
    public var path: String
    public var sha256: String
  }

  /// Writes the files and records that they leave the office; either all of them stand, or none.
  /// - Parameter place: a file's path without its ending; CSV adds each table's name.
  /// - Throws: `StatementRefusal.unknown`, `StatementFormRefusal`, `DinerRefusal` where full numbers
  ///   are not allowed, `FileRefusal`; `StatementFault` if the statement was changed.
  public func export(
    _ order: Order, to place: String, by: Attribution, report: Progress.Report = { _ in }
  ) async throws -> [Written] {
    let opened = try await open(order)
    if opened.tables.profile.isFull {
      try await database.transaction(readOnly: true) {
        try RightStore.checkMayExport(by, reason: order.reason, $0)
      }
    }
    if order.formats.contains(.xlsx), opened.lines > WorkbookSheets.rowsMax {
      throw FileRefusal.unwritable(
        file: place + ".xlsx", reason: "\(opened.lines) > \(WorkbookSheets.rowsMax)")
    }
    let createdAt = opened.tables.statement.closedAt
    let seals = FileSeals()
    let writers = order.formats.map { format -> any SheetWriter in
      switch format {
      case .xlsx: WorkbookSheets(path: place + ".xlsx", createdAt: createdAt)
      case .csv: CSVSheets(watch: seals.take) { "\(place)-\($0.name).csv" }
      case .html: PageSheets(path: place + ".html", title: "\(order.number) 助餐补贴结算单")
      }
    }
    do {
      try await write(opened, into: writers, report: report)
      let files = try writers.flatMap(\.paths).map { path in
        (path: path, sha256: try seals.seal(of: path))
      }
      try await database.transaction { transaction in
        let isFull = opened.tables.profile.isFull
        if isFull { try RightStore.checkMayExport(by, reason: order.reason, transaction) }
        try StatementExportStore.insert(
          files.map { (name: ($0.path as NSString).lastPathComponent, sha256: $0.sha256) },
          of: order.number,
          form: opened.tables.form.id, masking: opened.masking, full: isFull,
          reason: order.reason, by: by, transaction)
      }
      try OutputFile.place(files.map(\.path))
      return files.map { Written(path: $0.path, sha256: $0.sha256.hex) }
    } catch {
      OutputFile.discard(writers.flatMap(\.paths))
      throw error
    }
  }

  /// Writes the list of files and their hashes, which `sha256sum -c` reads.
  public static func list(_ files: [Written], at place: String) throws(FileRefusal) -> Written {
    let text = files.map { "\($0.sha256)  \(($0.path as NSString).lastPathComponent)\n" }.joined()
    let bytes = try TableFile.replace("\(place).sha256") { _ in Array(text.utf8) }
    return Written(path: "\(place).sha256", sha256: Seal.of(bytes).hex)
  }

  /// The seals of files in the making: of what was shown while it was written, or of the draft.
  private final class FileSeals {
    private var streams: [String: SealStream] = [:]

    func take(_ path: String, _ bytes: [UInt8]) {
      streams[path, default: SealStream()].update(bytes)
    }

    func seal(of path: String) throws -> Seal {
      if let known = streams[path] { return known.seal() }
      var stream = SealStream()
      try OutputFile.read(OutputFile.draft(of: path)) { stream.update($0) }
      return stream.seal()
    }
  }

  /// A statement ready to be written.
  struct Opened: Sendable {
    var tables: StatementTables
    var masking: String
    var lines: Int
    var findings: [StatementFinding]
    var people: [Diner.ID: StatementTables.FullPerson]
  }

  func open(_ order: Order) async throws -> Opened {
    let (calendar, vault) = (calendar, vault)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      guard let (statement, sha256) = try StatementStore.statement(order.number, transaction) else {
        throw StatementRefusal.unknown(order.number)
      }
      let form = try StatementFormStore.form(
        order.form ?? statement.form ?? StatementForm.standardID, transaction)
      let masking = order.masking ?? form.masking
      guard let profile = form.profiles[masking] else {
        throw StatementFormRefusal.maskingUnknown(masking, known: form.profiles.keys.sorted())
      }
      return Opened(
        tables: StatementTables(
          statement: statement, sha256: sha256.hex, form: form, profile: profile,
          calendar: calendar), masking: masking,
        lines: try StatementExportStore.count(order.number, transaction),
        findings: try StatementFindingStore.closed(statement, transaction),
        people: profile.isFull
          ? try StatementExportStore.people(statement, vault: try vault(), transaction) : [:])
    }
  }

  /// Writes every table, and finds out on the way whether the statement is what was closed.
  func write(
    _ opened: Opened, into writers: [any SheetWriter], report: Progress.Report
  ) async throws {
    let tables = opened.tables
    let sheets = SealedSheets(
      writers, statement: tables.statement.number, sha256: tables.sha256, form: tables.form.id,
      masking: opened.masking)
    try writeCover(tables, sheets)
    try writeSummary(tables, sheets)
    try await writeDetails(opened, sheets, report)
    try writeFindings(opened, sheets)
    try sheets.close()
  }

  private func writeCover(_ tables: StatementTables, _ sheets: SealedSheets) throws {
    try sheets.begin(
      "申报表", title: tables.form.cover.title, subtitle: tables.subtitle,
      [
        SealedSheets.Column(title: "项目", kind: .text, width: 32),
        SealedSheets.Column(title: "内容", kind: .value, width: 76),
      ])
    for row in tables.coverRows { try sheets.append(row.cells, isByHand: row.isByHand) }
    try sheets.end(signatures: tables.form.signatures)
  }

  private func writeSummary(_ tables: StatementTables, _ sheets: SealedSheets) throws {
    let columns = tables.columns(tables.form.summary)
    try begin("汇总表", tables.form.summary.title, tables, columns, sheets)
    for row in tables.summaryRows { try sheets.append(row) }
    // 人数 of all tiers is no sum: a person may be in several.
    var others: [Int: CSVCell] = [:]
    for (index, column) in columns.enumerated() {
      if column.content == .field(.persons) { others[index] = .integer(tables.statement.persons) }
      if column.content == .field(.servingDays) {
        others[index] = .integer(tables.statement.servingDays)
      }
    }
    try sheets.total(others)
    try check(columns, sheets, tables.statement, tables.statement.borne) { field in
      switch field {
      case .list: \.list
      case .diner: \.diner
      case .claimed: \.claimed
      default: nil
      }
    }
    try sheets.end(signatures: tables.form.signatures)
  }

  private func writeDetails(
    _ opened: Opened, _ sheets: SealedSheets, _ report: Progress.Report
  ) async throws {
    let tables = opened.tables
    let columns = tables.columns(tables.form.details)
    try begin("明细表", tables.form.details.title, tables, columns, sheets)
    guard let codes = sheets.codes else { return }
    let details = StatementDetailRows(
      tables, columns, codes: codes, people: opened.people, makesCSV: sheets.takesCSV,
      makesCells: sheets.takesCells)
    var stream = SealStream()
    stream.update(try CanonicalJSON.text(tables.statement))
    var done = 0
    try await StatementExportStore.pages(
      of: tables.statement.number, lines: opened.lines, database, details.rows
    ) { made in
      stream.update(made.canonical)
      try sheets.append(made.sealed)
      done += made.sealed.count
      report(Progress(done: done, total: opened.lines))
    }
    guard stream.seal().hex == tables.sha256 else {
      throw StatementFault.changed(tables.statement.number)
    }
    try sheets.total()
    try check(columns, sheets, tables.statement, tables.statement.sources) { field in
      switch field {
      case .list: \.list
      case .diner: \.diner
      default: nil
      }
    }
    try sheets.end(signatures: tables.form.signatures)
  }

  private func writeFindings(_ opened: Opened, _ sheets: SealedSheets) throws {
    let tables = opened.tables
    let columns = tables.columns(tables.form.findings)
    try begin("异常清单", tables.form.findings.title, tables, columns, sheets)
    for finding in opened.findings {
      try sheets.append(columns.map { tables.finding($0.content, finding) })
    }
    try sheets.end(signatures: tables.form.signatures)
  }

  private func begin<Field: FormField>(
    _ name: String, _ title: String, _ tables: StatementTables,
    _ columns: [StatementTables.Column<Field>], _ sheets: SealedSheets
  ) throws {
    try sheets.begin(
      name, title: title, subtitle: tables.subtitle,
      columns.map { SealedSheets.Column(title: $0.title, kind: $0.kind, width: $0.width) })
  }

  /// Σ 明细 = 结算单: what was written adds up to what was closed, column by column.
  private func check<Field: FormField>(
    _ columns: [StatementTables.Column<Field>], _ sheets: SealedSheets, _ statement: Statement,
    _ sources: [Statement.SourceTotal], _ total: (Field) -> KeyPath<Statement, Fen>?
  ) throws {
    for (index, column) in columns.enumerated() {
      let stated: Fen? =
        switch column.content {
        case .source(let source): sources[source]
        case .field(let field): total(field).map { statement[keyPath: $0] }
        case .sources, .blank: nil
        }
      guard let stated, stated.count != sheets.sums[index] else { continue }
      throw StatementFault.linesDifferFromTotals(
        column: column.title, lines: Fen(sheets.sums[index]), stated: stated)
    }
  }
}
