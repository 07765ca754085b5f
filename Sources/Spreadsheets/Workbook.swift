/// A workbook (XLSX) opened for reading: its sheets, and their rows as text, streamed.
///
/// Only what a table needs is read: texts, numbers, dates by their styles, what is struck through, the
/// values that formulas had when the file was saved. Macros, drawings and links are never touched.
public final class Workbook {
  /// A sheet by its name; hidden ones are told apart.
  public struct Sheet: Sendable, Hashable {
    public let name: String
    public let isHidden: Bool
    let part: String
  }

  /// What is known of a sheet when its rows have been read.
  public struct SheetEnd: Sendable, Hashable {
    public let merged: [MergedCells]
    /// How many of the rows are hidden, by hand or by a filter.
    public let hiddenRows: Int
  }

  /// In the order of their tabs.
  public let sheets: [Sheet]
  private let archive: ZipArchive
  private let strings: [String]
  private let styles: CellStyles
  private let startsIn1904: Bool

  /// Opens the file at `path`.
  public convenience init(path: String) throws(WorkbookFault) {
    try self.init(ZipArchive(path: path))
  }

  /// Opens bytes that came some other way, such as an upload.
  public convenience init(bytes: [UInt8]) throws(WorkbookFault) {
    try self.init(ZipArchive(bytes: bytes))
  }

  private init(_ archive: ZipArchive) throws(WorkbookFault) {
    self.archive = archive
    let root = RelationParts(folder: "")
    if archive.has("_rels/.rels") { try XMLScan.run("_rels/.rels", of: archive, root) }
    let main = root.byType["officeDocument"] ?? "xl/workbook.xml"
    if main.hasSuffix(".bin") { throw .binaryForm }
    let list = SheetList()
    guard archive.has(main) else { throw .noWorkbook }
    try XMLScan.run(main, of: archive, list)
    let folder = main.split(separator: "/").dropLast().joined(separator: "/")
    let file = main.split(separator: "/").last ?? ""
    let relations = RelationParts(folder: folder)
    let relationsPart = (folder.isEmpty ? "" : folder + "/") + "_rels/\(file).rels"
    if archive.has(relationsPart) { try XMLScan.run(relationsPart, of: archive, relations) }
    // Chart sheets have no rows; parts that are missing are told when they are read.
    sheets = list.sheets.compactMap { sheet in
      relations.byID[sheet.relation].map {
        Sheet(name: sheet.name, isHidden: sheet.isHidden, part: $0)
      }
    }
    guard !sheets.isEmpty else { throw .noWorkbook }
    startsIn1904 = list.startsIn1904
    let shared = SharedStrings()
    if let part = relations.byType["sharedStrings"], archive.has(part) {
      try XMLScan.run(part, of: archive, shared)
    }
    if shared.isTooLarge { throw .tooLarge(limit: "400 MB") }
    strings = shared.texts
    let styles = CellStyles()
    if let part = relations.byType["styles"], archive.has(part) {
      try XMLScan.run(part, of: archive, styles)
    }
    self.styles = styles
  }

  /// Hands the rows that are not blank to `take`, until it returns false.
  @discardableResult
  public func read(
    _ sheet: Sheet, _ take: @escaping (SheetRow) -> Bool
  ) throws(WorkbookFault) -> SheetEnd {
    let scan = SheetScan(
      strings: strings, styles: styles, startsIn1904: startsIn1904, take: take)
    try XMLScan.run(sheet.part, of: archive, scan)
    if scan.isTooLarge { throw .tooLarge(limit: "\(SheetScan.cellsMax) cells") }
    return SheetEnd(merged: scan.merged, hiddenRows: scan.hiddenRows)
  }
}
