import CXLSXWriter
import CanteenDomain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is written into one cell of a workbook.
public enum WorkbookCell: Sendable, Hashable {
  /// Kept as text, so that no spreadsheet takes an ID number for a number.
  case text(String)
  case integer(Int)
  /// Hundredths, shown with two decimals: yuan from fen.
  case hundredths(Int)
  case day(Day)
  case empty
}

/// How a sheet stands on paper and on the screen.
public struct WorkbookLayout: Sendable, Hashable {
  /// One column of the table.
  public struct Column: Sendable, Hashable {
    public let title: String
    /// In digits of the standard font; a Chinese character takes two.
    public let width: Double

    /// A column of a width, or as wide as its title needs.
    public init(_ title: String, width: Double? = nil) {
      self.title = title
      let places = title.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
      self.width = width ?? Double(max(8, places + 3))
    }
  }

  /// The name of the sheet: at most 31 characters, without `[]:*?/\`.
  public var sheet: String
  /// Merged over all columns above the header; empty for none.
  public var title: String
  /// A line under the title: who made the table, and when; empty for none.
  public var subtitle: String
  public var columns: [Column]
  /// Lines under the table for signatures and notes.
  public var footer: [String]

  /// A sheet of A4 across.
  public init(
    sheet: String, title: String = "", subtitle: String = "", columns: [Column],
    footer: [String] = []
  ) {
    self.sheet = sheet
    self.title = title
    self.subtitle = subtitle
    self.columns = columns
    self.footer = footer
  }
}

/// Writes the sheets of a workbook one after another, row by row, through libxlsxwriter in constant
/// memory.
///
/// The header is bold, locked, frozen and repeated on every printed page; a sheet prints on A4
/// across, one page wide. The same rows give the same bytes: the time that the file carries is given.
public final class WorkbookWriter {
  /// The library could not write the file; what it said.
  public struct Failure: Error, Sendable, Hashable {
    public let reason: String
  }

  let workbook: UnsafeMutablePointer<lxw_workbook>
  private(set) var sheet: UnsafeMutablePointer<lxw_worksheet>
  private(set) var layout: WorkbookLayout
  private let formats: Formats
  private(set) var headerRow: UInt32
  var nextRow: UInt32
  /// The last row of the table itself; the header's while it is empty.
  private(set) var tableEnd: UInt32
  private var isClosed = false

  /// The last row of a sheet, counted from 1.
  public static let rowsMax = 1_048_576

  /// - Parameters:
  ///   - path: written when the writer is closed; a file that is there is replaced.
  ///   - createdAt: seconds since 1970-01-01, UTC.
  public init(path: String, layout: WorkbookLayout, createdAt: Int) throws(Failure) {
    precondition(!layout.columns.isEmpty, "a sheet has a column")
    // The library would find out only when the last row is written.
    guard let file = fopen(path, "a") else {
      throw Failure(reason: String(cString: strerror(errno)))
    }
    fclose(file)
    var options = lxw_workbook_options()
    options.constant_memory = 1
    guard let workbook = workbook_new_opt(path, &options),
      let sheet = workbook_add_worksheet(workbook, WorkbookWriter.sheetName(layout.sheet))
    else { throw Failure(reason: "cannot begin \(path)") }
    self.workbook = workbook
    self.sheet = sheet
    self.layout = layout
    formats = Formats(workbook)
    headerRow = Self.headerRow(of: layout)
    nextRow = headerRow + 1
    tableEnd = headerRow
    var properties = lxw_doc_properties()
    properties.created = createdAt
    workbook_set_properties(workbook, &properties)
    setPage()
    try writeHead()
  }

  private static func headerRow(of layout: WorkbookLayout) -> UInt32 {
    (layout.title.isEmpty ? 0 : 1) + (layout.subtitle.isEmpty ? 0 : 1)
  }

  /// Ends the sheet and begins another one.
  public func beginSheet(_ layout: WorkbookLayout) throws(Failure) {
    try endSheet()
    guard let sheet = workbook_add_worksheet(workbook, WorkbookWriter.sheetName(layout.sheet))
    else { throw Failure(reason: "cannot begin the sheet \(layout.sheet)") }
    self.sheet = sheet
    self.layout = layout
    headerRow = Self.headerRow(of: layout)
    nextRow = headerRow + 1
    tableEnd = headerRow
    setPage()
    try writeHead()
  }

  /// Lines to stand under this sheet's table, known only when its rows are written.
  public func setFooter(_ lines: [String]) { layout.footer = lines }

  deinit {
    // A writer that is given up leaves no half file: the library must close to free its memory.
    if !isClosed { lxw_workbook_free(workbook) }
  }

  /// Writes one row, which has as many cells as the layout has columns.
  public func append(_ cells: [WorkbookCell]) throws(Failure) {
    precondition(cells.count == layout.columns.count, "a row has as many cells as the header")
    for (column, cell) in cells.enumerated() {
      try write(cell, nextRow, UInt16(column))
    }
    tableEnd = nextRow
    nextRow += 1
  }

  /// Writes the signature lines and the file.
  public func close() throws(Failure) {
    precondition(!isClosed, "a writer is closed once")
    try endSheet()
    isClosed = true
    try check(workbook_close(workbook))
  }

  private func endSheet() throws(Failure) {
    let last = UInt16(layout.columns.count - 1)
    for line in layout.footer {
      nextRow += 1
      try check(worksheet_set_row(sheet, nextRow, 24, nil))
      try check(worksheet_write_string(sheet, nextRow, 0, line, formats.plain))
    }
    try check(worksheet_print_area(sheet, 0, 0, nextRow, last))
  }

  private func write(_ cell: WorkbookCell, _ row: UInt32, _ column: UInt16) throws(Failure) {
    switch cell {
    case .text(let text):
      try check(
        worksheet_write_string(sheet, row, column, WorkbookWriter.plain(text), formats.text))
    case .integer(let value):
      try check(worksheet_write_number(sheet, row, column, Double(value), formats.integer))
    case .hundredths(let value):
      try check(worksheet_write_number(sheet, row, column, Double(value) / 100, formats.money))
    case .day(let day):
      // Serial 1 is 1900-01-01; every day that offices write lies after the false 29 February.
      try check(
        worksheet_write_number(sheet, row, column, Double(day.number + 25_569), formats.day))
    case .empty:
      try check(worksheet_write_blank(sheet, row, column, formats.text))
    }
  }

  private func setPage() {
    worksheet_set_landscape(sheet)
    worksheet_set_paper(sheet, 9)
    worksheet_fit_to_pages(sheet, 1, 0)
    worksheet_set_margins(sheet, 0.4, 0.4, 0.6, 0.6)
    worksheet_repeat_rows(sheet, headerRow, headerRow)
    worksheet_freeze_panes(sheet, headerRow + 1, 0)
    worksheet_set_footer(sheet, "&C第 &P 页，共 &N 页")
    for (index, column) in layout.columns.enumerated() {
      worksheet_set_column(sheet, UInt16(index), UInt16(index), column.width, nil)
    }
    // Only the header is locked: cells below stay open to mending, widths and rows to changing.
    var allowed = lxw_protection()
    allowed.format_cells = 1
    allowed.format_columns = 1
    allowed.format_rows = 1
    allowed.insert_rows = 1
    allowed.delete_rows = 1
    allowed.sort = 1
    allowed.autofilter = 1
    worksheet_protect(sheet, nil, &allowed)
  }

  private func writeHead() throws(Failure) {
    let last = UInt16(layout.columns.count - 1)
    var row: UInt32 = 0
    for (text, format, height) in [
      (layout.title, formats.title, 30.0), (layout.subtitle, formats.plain, 20.0),
    ] where !text.isEmpty {
      try check(worksheet_set_row(sheet, row, height, nil))
      if last > 0 {
        try check(worksheet_merge_range(sheet, row, 0, row, last, text, format))
      } else {
        try check(worksheet_write_string(sheet, row, 0, text, format))
      }
      row += 1
    }
    try check(worksheet_set_row(sheet, headerRow, 24, nil))
    for (index, column) in layout.columns.enumerated() {
      try check(
        worksheet_write_string(
          sheet, headerRow, UInt16(index), WorkbookWriter.plain(column.title), formats.header))
    }
  }

  func check(_ code: lxw_error) throws(Failure) {
    guard code != LXW_NO_ERROR else { return }
    throw Failure(reason: lxw_strerror(code).map { String(cString: $0) } ?? "\(code.rawValue)")
  }

  /// Without the control characters that XML cannot hold, and within a cell's 32,767 characters.
  private static func plain(_ text: String) -> String {
    let isHeld: (Unicode.Scalar) -> Bool = {
      ($0.value >= 0x20 || $0 == "\n" || $0 == "\t") && $0.value != 0xFFFE && $0.value != 0xFFFF
    }
    if text.utf8.count <= 32_767, text.unicodeScalars.allSatisfy(isHeld) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter(isHeld).prefix(16_000)))
  }

  static func sheetName(_ name: String) -> String {
    let plain = name.filter { !"[]:*?/\\'".contains($0) }
    return plain.isEmpty ? "Sheet1" : String(plain.prefix(31))
  }
}

/// The looks of cells.
private struct Formats {
  let title: UnsafeMutablePointer<lxw_format>?
  let header: UnsafeMutablePointer<lxw_format>?
  let text: UnsafeMutablePointer<lxw_format>?
  let integer: UnsafeMutablePointer<lxw_format>?
  let money: UnsafeMutablePointer<lxw_format>?
  let day: UnsafeMutablePointer<lxw_format>?
  let plain: UnsafeMutablePointer<lxw_format>?

  init(_ workbook: UnsafeMutablePointer<lxw_workbook>) {
    title = workbook_add_format(workbook)
    format_set_bold(title)
    format_set_font_size(title, 16)
    format_set_align(title, UInt8(LXW_ALIGN_CENTER.rawValue))
    format_set_align(title, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
    header = workbook_add_format(workbook)
    format_set_bold(header)
    format_set_text_wrap(header)
    format_set_border(header, UInt8(LXW_BORDER_THIN.rawValue))
    format_set_bg_color(header, 0xDDEBF7)
    format_set_align(header, UInt8(LXW_ALIGN_CENTER.rawValue))
    format_set_align(header, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
    // `@` is the format of text.
    text = Formats.cell(workbook, "@")
    integer = Formats.cell(workbook, "0")
    money = Formats.cell(workbook, "#,##0.00")
    day = Formats.cell(workbook, "yyyy-mm-dd")
    plain = workbook_add_format(workbook)
    format_set_align(plain, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
  }

  private static func cell(
    _ workbook: UnsafeMutablePointer<lxw_workbook>, _ form: String
  ) -> UnsafeMutablePointer<lxw_format>? {
    let format = workbook_add_format(workbook)
    format_set_num_format(format, form)
    format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue))
    format_set_unlocked(format)
    return format
  }
}
