import CXLSXWriter

extension WorkbookWriter {
  /// Draws the rows of the table as a chart of columns under the table, native to the spreadsheet:
  /// it changes when the cells do. No rows follow a chart.
  /// - Parameters:
  ///   - labels: the column, from 0, whose cells name the bars.
  ///   - values: the column whose numbers they show.
  public func addChart(_ title: String, labels: Int, values: Int) throws(Failure) {
    let (first, last) = (headerRow + 1, tableEnd)
    guard first <= last else { return }
    guard let chart = workbook_add_chart(workbook, UInt8(LXW_CHART_COLUMN.rawValue)),
      let series = chart_add_series(chart, nil, nil)
    else { throw Failure(reason: "cannot begin the chart \(title)") }
    let sheetName = WorkbookWriter.sheetName(layout.sheet)
    chart_series_set_categories(
      series, sheetName, first, UInt16(labels), last, UInt16(labels))
    chart_series_set_values(series, sheetName, first, UInt16(values), last, UInt16(values))
    chart_title_set_name(chart, title)
    chart_legend_set_position(chart, UInt8(LXW_CHART_LEGEND_NONE.rawValue))
    try check(worksheet_insert_chart(sheet, nextRow + 1, 0, chart))
    // The rows that a chart of the usual height covers.
    nextRow += 17
  }
}
