import CanteenDomain

/// 服务统计 as a page of its own that needs nothing beside it: tables, bars and a heat map as SVG.
public struct ServiceReportPage: Sendable {
  private let report: ServiceReport
  private let language: Language

  public init(_ report: ServiceReport, language: Language = .zh) {
    self.report = report
    self.language = language
  }

  private func said(_ zh: String, _ en: String) -> String {
    Sentence(zh: zh, en: en).text(in: language)
  }

  private static let style = """
    body{font:16px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2em .6em}\
    td{text-align:right}figure{margin:1rem 0}svg{max-width:100%;height:auto}rect{fill:#b3541e}\
    text{font-size:13px;text-anchor:middle}.heat text,.lying text{text-anchor:start}\
    @page{size:A4 landscape}
    """

  /// The whole page.
  public var html: String {
    """
    <!doctype html>
    <html lang="\(language == .zh ? "zh-CN" : "en")"><head><meta charset="utf-8">\
    <title>\(escape(report.place)) \(said("服务统计", "service report"))</title>\
    <style>\(Self.style)</style></head><body>
    <h1>\(escape(report.place)) \(said("服务统计", "service report"))</h1>
    \(body)
    </body></html>

    """
  }

  /// What it says and shows, to stand in a page.
  var body: String {
    """
    <p>\(escape(report.headline.text(in: language)))</p>
    <table><thead><tr><th>\(report.grouping.name.text(in: language))</th>\
    <th>\(said("人次", "person-times"))</th><th>\(said("人数（去重）", "persons, each once"))</th></tr></thead>
    <tbody>
    \(report.rows.map { row($0.title.text(in: language), $0.count) }.joined(separator: "\n"))
    \(row(said("合计", "total"), report.total))
    </tbody></table>
    <p>\(said("人数为去重人数，各行之和可大于合计。", "Who came to two parts is one person of the whole."))</p>
    <figure><figcaption>\(said("人次", "person-times"))</figcaption>\(bars)</figure>
    \(heatMap)
    """
  }

  private func row(_ title: String, _ count: ServiceReport.Count) -> String {
    "<tr><th>\(escape(title))</th><td>\(count.personTimes)</td><td>\(count.persons)</td></tr>"
  }

  private var bars: String {
    BarChart(
      title: report.headline.text(in: language),
      bars: report.rows.map {
        BarChart.Bar(label: $0.title.text(in: language), value: $0.count.personTimes)
      }
    ).svg
  }

  /// A row a part and a column a month; the darker the more. Empty where it would say nothing that
  /// the bars do not: of months by themselves, and of one month.
  private var heatMap: String {
    let months = report.months
    guard report.grouping != .month, months.count > 1 else { return "" }
    let most = max(1, report.cells.map(\.personTimes).max() ?? 1)
    let titles = report.rows.map { $0.title.text(in: language) }
    let left = (titles.map(chartWidth).max() ?? 0) + 8
    let (top, width, height) = (20, 64, 26)
    var drawn = months.enumerated().map { index, month in
      "<text x=\"\(left + index * width)\" y=\"14\">\(month)</text>"
    }
    for (line, row) in report.rows.enumerated() {
      let y = top + line * height
      drawn.append("<text x=\"0\" y=\"\(y + 17)\">\(escape(titles[line]))</text>")
      for (index, month) in months.enumerated() {
        let times =
          report.cells.first { $0.month == month && $0.key == row.key }?.personTimes ?? 0
        let opacity = Double(times * 100 / most) / 100
        drawn.append(
          """
          <rect x="\(left + index * width)" y="\(y)" width="\(width - 2)" height="\(height - 2)" \
          fill-opacity="\(opacity)"><title>\(escape(titles[line])) \(month): \(times)</title></rect>
          """)
      }
    }
    let (across, down) = (left + months.count * width, top + report.rows.count * height)
    return """
      <figure><figcaption>\(said("各月人次", "person-times by month"))</figcaption>\
      <svg class="heat" role="img" aria-label="\(said("各月人次热图", "heat map by month"))" \
      viewBox="0 0 \(across) \(down)" width="\(across)" height="\(down)">\
      \(drawn.joined(separator: "\n"))</svg></figure>
      """
  }
}
