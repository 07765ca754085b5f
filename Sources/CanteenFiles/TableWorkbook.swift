import CanteenDomain
import Foundation
import Spreadsheets

/// Writes a table as a workbook (XLSX) from the same cells as `CSVWriter` takes.
public struct TableWorkbook {
  private let writer: WorkbookWriter
  private let path: String

  /// - Parameters:
  ///   - path: written when the table is closed; a file that is there is replaced then.
  ///   - createdAt: the time that the file carries; the same rows and time give the same bytes.
  /// - Throws: `FileRefusal` if the folder is not there or may not be written.
  public init(
    path: String, layout: WorkbookLayout, createdAt: Instant
  ) throws(FileRefusal) {
    self.path = path
    do {
      writer = try WorkbookWriter(
        path: path, layout: layout, createdAt: Int(createdAt.microseconds / 1_000_000))
    } catch {
      throw .unwritable(file: path, reason: error.reason)
    }
  }

  /// Writes one row.
  public func append(_ cells: [CSVCell]) throws(FileRefusal) {
    do {
      try writer.append(cells.map(TableWorkbook.cell))
    } catch {
      throw .unwritable(file: path, reason: error.reason)
    }
  }

  /// Ends the sheet and begins another one.
  func beginSheet(_ layout: WorkbookLayout) throws(FileRefusal) {
    do {
      try writer.beginSheet(layout)
    } catch {
      throw .unwritable(file: path, reason: error.reason)
    }
  }

  /// Draws the rows so far as a native chart of columns under them.
  /// - Parameters:
  ///   - labels: the column, from 0, that names the bars.
  ///   - values: the column of their numbers.
  public func addChart(_ title: String, labels: Int, values: Int) throws(FileRefusal) {
    do {
      try writer.addChart(title, labels: labels, values: values)
    } catch {
      throw .unwritable(file: path, reason: error.reason)
    }
  }

  func setFooter(_ lines: [String]) { writer.setFooter(lines) }

  /// Finishes the file.
  public func close() throws(FileRefusal) {
    do {
      try writer.close()
    } catch {
      throw .unwritable(file: path, reason: error.reason)
    }
  }

  private static func cell(_ cell: CSVCell) -> WorkbookCell {
    switch cell {
    case .text(let text): text.isEmpty ? .empty : .text(text)
    case .integer(let value): .integer(value)
    case .money(let fen): .hundredths(fen.count)
    case .day(let day): .day(day)
    case .empty: .empty
    }
  }
}
