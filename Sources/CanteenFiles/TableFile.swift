import CanteenDomain
import Foundation
import Spreadsheets

/// A table to hand out as a file: a workbook where the name ends in `.xlsx`, CSV otherwise.
///
/// The file is whole or not there, and only its owner may read it.
public struct TableFile: Sendable {
  /// The name of the workbook's sheet.
  public var sheet: String
  /// Printed above a workbook's header; empty for none.
  public var title: String
  public var header: [String]
  public var rows: [[CSVCell]]
  /// Whether CSV has the title too: a table that comes in again may need it.
  public var titleInText: Bool

  public init(
    sheet: String, title: String = "", header: [String], rows: [[CSVCell]],
    titleInText: Bool = false
  ) {
    self.sheet = sheet
    self.title = title
    self.header = header
    self.rows = rows
    self.titleInText = titleInText
  }

  /// Whether a file of this name is a workbook.
  public static func isWorkbook(_ path: String) -> Bool {
    path.lowercased().hasSuffix(".xlsx")
  }

  /// Writes the file and gives its bytes, to seal them.
  /// - Parameter createdAt: the time that a workbook carries; the same rows and time give the same
  ///   bytes.
  /// - Throws: `FileRefusal.unwritable`.
  @discardableResult
  public func write(to path: String, createdAt: Instant) throws(FileRefusal) -> [UInt8] {
    try Self.replace(path) { draft throws(FileRefusal) in
      guard Self.isWorkbook(path) else { return text }
      let layout = WorkbookLayout(sheet: sheet, title: title, columns: columns)
      let workbook = try TableWorkbook(path: draft, layout: layout, createdAt: createdAt)
      for row in rows { try workbook.append(row) }
      try workbook.close()
      return nil
    }
  }

  private var text: [UInt8] {
    guard titleInText, !title.isEmpty, !header.isEmpty else {
      return CSVWriter.bytes(header: header, rows: rows)
    }
    let top = [title] + Array(repeating: "", count: header.count - 1)
    return CSVWriter.bytes(header: top, rows: [header.map { CSVCell.text($0) }] + rows)
  }

  /// Columns as wide as what stands in them, up to a limit beyond which reading across is hard.
  private var columns: [WorkbookLayout.Column] {
    header.enumerated().map { index, title in
      let widest = rows.prefix(200).map { CSVWriter.text(of: $0[index]).displayWidth }.max() ?? 0
      return WorkbookLayout.Column(
        title, width: Double(min(60, max(8, max(title.displayWidth, widest) + 3))))
    }
  }

  /// Says beforehand that no file can be written there: it is a folder, or there is none for it.
  /// - Throws: `FileRefusal.unwritable`.
  public static func checkPlace(_ path: String) throws(FileRefusal) {
    func refusal(_ code: Int32) -> FileRefusal {
      .unwritable(file: path, reason: String(cString: strerror(code)))
    }
    let files = FileManager.default
    guard let last = path.last else { throw refusal(ENOENT) }
    guard last != "/" else { throw refusal(EISDIR) }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw refusal(EISDIR)
    }
    guard files.fileExists(atPath: folder, isDirectory: &isFolder) else { throw refusal(ENOENT) }
    guard isFolder.boolValue else { throw refusal(ENOTDIR) }
    guard files.isWritableFile(atPath: folder) else { throw refusal(EACCES) }
  }

  /// Writes a file that only its owner may read: whole, or not at all.
  /// - Parameter make: gives the bytes, or writes the file of the name that it gets and gives nil.
  @discardableResult
  public static func replace(
    _ path: String, _ make: (String) throws(FileRefusal) -> [UInt8]?
  ) throws(FileRefusal) -> [UInt8] {
    let draft = "\(path).draft"
    let files = FileManager.default
    func refusal() -> FileRefusal {
      .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
    guard
      files.createFile(atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw refusal() }
    do throws(FileRefusal) {
      if let bytes = try make(draft) {
        guard (try? Data(bytes).write(to: URL(fileURLWithPath: draft))) != nil else {
          throw refusal()
        }
      }
      guard let written = files.contents(atPath: draft), rename(draft, path) == 0 else {
        throw refusal()
      }
      return [UInt8](written)
    } catch {
      try? files.removeItem(atPath: draft)
      throw error
    }
  }
}

extension String {
  /// In digits of a spreadsheet's font; a Chinese character takes two.
  fileprivate var displayWidth: Int {
    unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
  }
}
