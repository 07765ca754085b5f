import CanteenDomain
import Foundation
import Spreadsheets

/// What one table of a file that is handed out looks like.
public struct SheetHead: Sendable, Hashable {
  /// One column: its title, its width in digits, and whether figures stand in it.
  public struct Column: Sendable, Hashable {
    public var title: String
    public var width: Int
    public var isFigure: Bool

    public init(_ title: String, width: Int, isFigure: Bool = false) {
      self.title = title
      self.width = width
      self.isFigure = isFigure
    }
  }

  /// Short, without `[]:*?/\`: the sheet's name, and part of a file's.
  public var name: String
  public var title: String
  public var subtitle: String
  public var columns: [Column]

  public init(name: String, title: String, subtitle: String, columns: [Column]) {
    self.name = name
    self.title = title
    self.subtitle = subtitle
    self.columns = columns
  }
}

/// Writes tables row by row into the files of one form, in memory of a fixed size. The files stand as
/// drafts beside their places until they are put there.
public protocol SheetWriter: AnyObject {
  /// - Throws: `FileRefusal.unwritable`.
  func begin(_ head: SheetHead) throws
  func append(_ cells: [CSVCell], isTotal: Bool) throws
  func append(_ rows: SheetRows) throws
  /// Ends a table: the line that seals it, and the lines for signatures, which only paper needs.
  func end(seal: String, signatures: String) throws
  func close() throws
  /// Where the files are to stand; each is now at its path with `.draft` behind it.
  var paths: [String] { get }
}

extension SheetWriter {
  public func append(_ cells: [CSVCell]) throws { try append(cells, isTotal: false) }

  public func append(_ rows: SheetRows) throws { for cells in rows.cells { try append(cells) } }
}

/// Some rows of a table that were made beforehand, on another core.
public struct SheetRows: Sendable {
  public var cells: [[CSVCell]]
  /// The same as lines of CSV; nil where nobody asked for them.
  public var csv: [UInt8]?

  public init(cells: [[CSVCell]], csv: [UInt8]?) {
    self.cells = cells
    self.csv = csv
  }
}

/// All tables as sheets of one workbook.
public final class WorkbookSheets: SheetWriter {
  /// How many rows a table may have beside its titles, its total and its signatures.
  public static let rowsMax = WorkbookWriter.rowsMax - 20

  public let paths: [String]
  private let createdAt: Instant
  private var workbook: TableWorkbook?
  private var columns = 0

  /// - Parameter createdAt: the time that the file carries.
  public init(path: String, createdAt: Instant) {
    paths = [path]
    self.createdAt = createdAt
  }

  public func begin(_ head: SheetHead) throws {
    let layout = WorkbookLayout(
      sheet: head.name, title: head.title, subtitle: head.subtitle,
      columns: head.columns.map { WorkbookLayout.Column($0.title, width: Double($0.width)) })
    columns = head.columns.count
    if let workbook { return try workbook.beginSheet(layout) }
    try OutputFile.create(paths[0])
    workbook = try TableWorkbook(
      path: OutputFile.draft(of: paths[0]), layout: layout, createdAt: createdAt)
  }

  public func append(_ cells: [CSVCell], isTotal: Bool) throws { try workbook?.append(cells) }

  public func end(seal: String, signatures: String) throws {
    workbook?.setFooter([seal, signatures].filter { !$0.isEmpty })
  }

  public func close() throws { try workbook?.close() }
}

/// Each table as a CSV file of its own.
public final class CSVSheets: SheetWriter {
  public private(set) var paths: [String] = []
  private let pathOf: (SheetHead) -> String
  private let watch: (_ path: String, _ bytes: [UInt8]) -> Void
  private var file: OutputFile?
  private var writer: CSVWriter?
  private var width = 0

  /// - Parameters:
  ///   - watch: shown all that is written, in its order, so that nobody has to read the file for it.
  ///   - pathOf: where a table's file is to stand.
  public init(
    watch: @escaping (_ path: String, _ bytes: [UInt8]) -> Void = { _, _ in },
    pathOf: @escaping (SheetHead) -> String
  ) {
    self.watch = watch
    self.pathOf = pathOf
  }

  public func begin(_ head: SheetHead) throws {
    let path = pathOf(head)
    paths.append(path)
    let watch = watch
    let file = try OutputFile(path) { watch(path, $0) }
    self.file = file
    width = head.columns.count
    writer = try CSVWriter(header: head.columns.map(\.title)) { try file.write($0) }
  }

  public func append(_ cells: [CSVCell], isTotal: Bool) throws { try writer?.append(cells) }

  public func append(_ rows: SheetRows) throws {
    if let csv = rows.csv {
      try file?.write(csv)
    } else {
      for cells in rows.cells { try append(cells) }
    }
  }

  public func end(seal: String, signatures: String) throws {
    try writer?.append([.text(seal)] + Array(repeating: .empty, count: width - 1))
    try file?.close()
  }

  public func close() throws {}
}

/// A file in the making: a draft that only its owner may read, written through a buffer.
public final class OutputFile {
  private let handle: FileHandle
  private let path: String
  private let watch: ([UInt8]) -> Void
  private var buffer: [UInt8] = []

  /// What a file is called before it is whole.
  public static func draft(of path: String) -> String { "\(path).draft" }

  /// Makes the empty draft, so that a folder that is not there is found at once.
  static func create(_ path: String) throws(FileRefusal) {
    guard
      FileManager.default.createFile(
        atPath: draft(of: path), contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw .unwritable(file: path, reason: String(cString: strerror(errno))) }
  }

  /// - Parameter watch: shown what is written.
  init(_ path: String, watch: @escaping ([UInt8]) -> Void = { _ in }) throws(FileRefusal) {
    self.path = path
    self.watch = watch
    try Self.create(path)
    guard let handle = FileHandle(forWritingAtPath: Self.draft(of: path)) else {
      throw .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
    self.handle = handle
    buffer.reserveCapacity(1 << 17)
  }

  func write(_ bytes: some Sequence<UInt8>) throws(FileRefusal) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 16 { try flush() }
  }

  private func flush() throws(FileRefusal) {
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch {
      throw .unwritable(file: path, reason: error.localizedDescription)
    }
    watch(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  func close() throws(FileRefusal) {
    try flush()
    do {
      try handle.close()
    } catch {
      throw .unwritable(file: path, reason: error.localizedDescription)
    }
  }

  /// Puts drafts in their places.
  /// - Throws: `FileRefusal.unwritable`.
  public static func place(_ paths: [String]) throws(FileRefusal) {
    for path in paths {
      guard rename(draft(of: path), path) == 0 else {
        throw .unwritable(file: path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Takes drafts away.
  public static func discard(_ paths: [String]) {
    for path in paths { try? FileManager.default.removeItem(atPath: draft(of: path)) }
  }

  /// The bytes of a draft, piece by piece.
  public static func read(_ path: String, _ take: ([UInt8]) -> Void) throws(FileRefusal) {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .missing(file: path) }
    defer { try? handle.close() }
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { take([UInt8](piece)) }
    } catch {
      throw .unreadable(file: path, reason: error.localizedDescription)
    }
  }
}
