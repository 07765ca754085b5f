import ArgumentParser
import CanteenDomain
import CanteenFiles
import Foundation

/// A table whose good rows are taken, and whose others come back with the reason.
struct TableOptions: ParsableArguments {
  @Argument(help: ArgumentHelp(said("表格文件", "a table file"))) var file: String
  @Option(
    help: ArgumentHelp(
      said(
        "把未导入的行写成同样格式的文件（.xlsx 或 .csv），末列为原因",
        "write the rows that were not taken, with the reason, to this file (.xlsx, .csv)"),
      valueName: "file"))
  var rejected: String?

  var fileName: String { RowReport.fileName(file) }

  /// Reads the tables, one a sheet, and says on standard error which columns were taken for what and what
  /// was not understood.
  /// - Throws: `FileRefusal`, also where the rows that are not taken could not be written.
  func tables(_ columns: [Column]) throws -> [Table] {
    if let rejected { try TableFile.checkPlace(rejected) }
    let tables = try Table.all(contentsOf: file, columns: columns)
    for table in tables { Self.say(table) }
    return tables
  }

  /// The same of a file that has one table.
  /// - Throws: `FileRefusal`, also for several sheets.
  func table(_ columns: [Column]) throws -> Table {
    if let rejected { try TableFile.checkPlace(rejected) }
    let table = try Table(contentsOf: file, columns: columns)
    Self.say(table)
    return table
  }

  /// Says how a table is read, and which of its lines are no rows.
  private static func say(_ table: Table) {
    let taken = table.mapping.taken.map { "\($0.column)＝\($0.place.header)" }
      .joined(separator: "、")
    let sheet = table.sheet.map { "（\($0)）" } ?? ""
    Failure.say(
      Sentence(
        zh: "\(table.fileName)\(sheet) 第 \(table.headerLine) 行为表头；按下列对应读取：\(taken)",
        en: "\(table.fileName)\(sheet): header in line \(table.headerLine); taken as: \(taken)"))
    for sentence in table.remarks + table.mapping.warnings {
      Failure.say(Sentence(zh: "提醒：\(sentence.zh)", en: "note: \(sentence.en)"))
    }
    let notes = table.skipped.map(\.line)
    guard !notes.isEmpty else { return }
    let shown = notes.prefix(10).map(String.init).joined(separator: said("、", ", "))
    let more = notes.count > 10 ? said(" 等", " …") : ""
    Failure.say(
      Sentence(
        zh: "有 \(notes.count) 行是合计、签名、说明、重复的表头或划掉的行，没有读入：第 \(shown)\(more) 行",
        en:
          "\(notes.count) lines are totals, signatures, notes, the header again or crossed out and are "
          + "not read: \(shown)\(more)"))
  }

  /// Names the rows that were not taken, and writes them in the shape of their table if asked to.
  /// - Returns: how many they are.
  func say(_ refused: [RowFault], of table: Table, at now: Instant) throws -> Int {
    RowReport.say(refused)
    if let rejected = rejected.map({ path(of: table, beside: $0) }) {
      let reasons = Dictionary(grouping: refused, by: \.address.line)
        .mapValues { $0.map(\.cellSentence) }
      let rows = RejectedRows(table, reasons: reasons, language: .current)
      try rows.file.write(to: rejected, createdAt: now)
      Failure.say(
        Sentence(
          zh: "未导入的 \(rows.rows.count) 行已写到 \(rejected)",
          en: "\(rows.rows.count) rows that were not taken are in \(rejected)"))
    }
    return RowReport.rows(refused)
  }

  /// Where the rows of a table go: those of each of several sheets to a file of their own.
  private func path(of table: Table, beside path: String) -> String {
    guard table.fileName != fileName, let sheet = table.sheet else { return path }
    let place = URL(fileURLWithPath: path)
    let name = "\(place.deletingPathExtension().lastPathComponent)-\(sheet).\(place.pathExtension)"
    return place.deletingLastPathComponent().appendingPathComponent(name).path
  }
}
