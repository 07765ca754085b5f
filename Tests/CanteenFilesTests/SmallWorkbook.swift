import CanteenDomain
import CanteenFiles
import Foundation
import Spreadsheets

/// Workbooks made for tests through our own writer.
enum SmallWorkbook {
  /// The bytes of a roster with a title and signature lines; the numbers are all one person's.
  static func roster(rows: Int) throws -> [UInt8] {
    try bytes(
      WorkbookLayout(
        sheet: "花名册", title: "花名册", columns: ["序号", "姓名", "身份证号"].map { .init($0) },
        footer: ["制表人：      审核人："]),
      rows: (0..<rows).map { [.integer($0 + 1), .text("王秀英"), .text("511323194308150022")] })
  }

  static func bytes(_ layout: WorkbookLayout, rows: [[CSVCell]]) throws -> [UInt8] {
    let path = NSTemporaryDirectory() + "canteen-small-\(UUID().uuidString).xlsx"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let table = try TableWorkbook(
      path: path, layout: layout, createdAt: Instant(seconds: 1_800_000_000))
    for row in rows { try table.append(row) }
    try table.close()
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
