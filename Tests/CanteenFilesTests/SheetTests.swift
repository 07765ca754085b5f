import CanteenDomain
import CanteenFiles
import Foundation
import Testing

/// Tables that are handed out in three forms, and read back.
@Suite("Sheets in every form")
struct SheetTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-sheets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private func write(_ rows: [[CSVCell]], into folder: URL) throws -> [String] {
    let writers: [any SheetWriter] = [
      WorkbookSheets(path: folder.appendingPathComponent("t.xlsx").path, createdAt: aMoment),
      CSVSheets { folder.appendingPathComponent("t-\($0.name).csv").path },
      PageSheets(path: folder.appendingPathComponent("t.html").path, title: "表"),
    ]
    for writer in writers {
      for name in ["甲表", "乙表"] {
        try writer.begin(
          SheetHead(
            name: name, title: "题 <\(name)>", subtitle: "副题",
            columns: [
              SheetHead.Column("文字", width: 10), SheetHead.Column("数", width: 8, isFigure: true),
              SheetHead.Column("末列", width: 8),
            ]))
        for row in rows { try writer.append(row) }
        try writer.end(seal: "封行", signatures: "制表人：")
      }
      try writer.close()
    }
    let paths = writers.flatMap(\.paths)
    try OutputFile.place(paths)
    return paths
  }

  private let aMoment = Instant(seconds: 1_800_000_000)

  @Test
  func `what was written reads back as the same plain text in every form`() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let texts = [
      "511323194308150022", "=1+1", "a\"b", "a,b", "上\r\n下", "007", "-", "<b>&amp;</b>", "'5",
      " 前后 ", "12.50", "10-11", "1e234567", "\t制表", "\u{1}控制", "😀", "＝1", "", "a  b",
    ]
    let rows = texts.map { [CSVCell.text($0), .money(1250), .text("x")] }

    for path in try write(rows, into: folder) {
      let file = try SheetFile(path: path)
      #expect(file.sheets.count == (path.hasSuffix(".csv") ? 1 : 2), "\(path)")
      for sheet in file.sheets {
        let header = try #require(sheet.rows.firstIndex { $0.cells == ["文字", "数", "末列"] })
        let body = sheet.rows[(header + 1)...].prefix(texts.count)
        #expect(body.map { $0.cells[0] } == rows.map { $0[0].plain }, "\(path)")
        #expect(body.allSatisfy { Fen(yuan: $0.cells[1]) == 1250 })
        #expect(sheet.rows[header + 1 + texts.count].cells[0] == "封行")
      }
    }
  }

  @Test
  func `files are their owner's alone, and a draft is not taken for a file`() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try write([["a", .integer(1), "b"]], into: folder)

    #expect(paths.count == 4)
    for path in paths {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(path)")
      #expect(!FileManager.default.fileExists(atPath: OutputFile.draft(of: path)))
    }
    #expect(throws: FileRefusal.self) {
      try CSVSheets { _ in "/nowhere/x.csv" }.begin(
        SheetHead(name: "a", title: "", subtitle: "", columns: [SheetHead.Column("b", width: 5)]))
    }
  }
}
