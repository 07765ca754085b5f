import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// A statement's files in a folder of their own, gone with this value.
final class StatementFiles: Sendable {
  let folder: URL
  /// By name.
  let bytes: [String: [UInt8]]

  /// Exports a statement in every form.
  init(
    _ database: Database, _ number: String, form: String? = nil, masking: String? = nil,
    reason: String = "", by: Attribution = aClerk,
    formats: [StatementExportService.Format] = StatementExportService.Format.allCases
  ) async throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-statement-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let written = try await StatementExportService(database) { theVault }.export(
      StatementExportService.Order(
        number, formats: formats, form: form, masking: masking, reason: reason),
      to: folder.appendingPathComponent(number).path, by: by)
    bytes = Dictionary(
      uniqueKeysWithValues: try written.map { file in
        let place = URL(fileURLWithPath: file.path)
        return (place.lastPathComponent, [UInt8](try Data(contentsOf: place)))
      })
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  var paths: [String] { bytes.keys.sorted().map(path) }

  /// Writes a file with other contents beside them.
  func changed(_ name: String, _ change: (String) -> String) throws -> String {
    let text = String(decoding: try #require(bytes[name]), as: UTF8.self)
    let other = change(text)
    try #require(other != text)
    let place = folder.appendingPathComponent("changed-\(name)")
    try Data(other.utf8).write(to: place)
    return place.path
  }

  /// A workbook with other cells, as a spreadsheet saves it.
  func changedWorkbook(
    _ name: String, _ change: (String, [[String]]) -> [[String]]
  ) throws -> String {
    let file = try SheetFile(path: path(name))
    let place = path("changed-\(name)")
    let writer = WorkbookSheets(path: place, createdAt: aMoment)
    for sheet in file.sheets {
      let rows = change(sheet.name ?? "", sheet.rows.map(\.cells))
      let width = rows.map(\.count).max() ?? 1
      try writer.begin(
        SheetHead(
          name: sheet.name ?? "", title: "", subtitle: "",
          columns: (0..<width).map { _ in SheetHead.Column("列", width: 9) }))
      for row in rows {
        try writer.append(
          (0..<width).map { $0 < row.count ? .text(row[$0]) : .empty }, isTotal: false)
      }
    }
    try writer.close()
    try OutputFile.place([place])
    return place
  }
}

/// One table of an exported file as another reader sees it.
struct ReadTable {
  var titles: [String]
  /// Without the total row.
  var rows: [[String]]
  var total: [String]

  /// - Parameter name: `明细表`; in CSV every file has one table.
  init(_ path: String, _ name: String) throws {
    let file = try SheetFile(path: path)
    let sheet = try #require(file.sheets.first { $0.name == name || $0.name == nil })
    let rows = sheet.rows.map(\.cells)
    let header = try #require(rows.firstIndex { $0.last == "校验码" })
    let end = try #require(rows.firstIndex { $0.first?.hasPrefix("结算单 ") == true })
    titles = rows[header]
    self.rows = Array(rows[(header + 1)..<end])
    total = self.rows.last?.first == "合计" ? self.rows.removeLast() : []
  }

  func column(_ title: String) throws -> [String] {
    let index = try #require(titles.firstIndex(of: title))
    return rows.map { index < $0.count ? $0[index] : "" }
  }

  func fen(_ title: String) throws -> Fen {
    try column(title).map { try #require(Fen(yuan: $0)) }.sum()
  }

  func total(_ title: String) throws -> String { total[try #require(titles.firstIndex(of: title))] }
}
