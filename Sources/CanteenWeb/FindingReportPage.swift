import CanteenDomain
import CanteenServices

/// 核对报告: one page to print, for a canteen or for the street office. It names no person.
public struct FindingReportPage: Sendable {
  private let report: FindingReport
  private let isForStreet: Bool
  private let calendar: CanteenCalendar
  private let language: Language

  /// Lines that one page holds.
  private static let linesMax = 24

  public init(
    _ report: FindingReport, isForStreet: Bool, calendar: CanteenCalendar, language: Language = .zh
  ) {
    self.report = report
    self.isForStreet = isForStreet
    self.calendar = calendar
    self.language = language
  }

  private static let style = """
    @page{size:A4;margin:12mm}body{font:14px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;
    max-width:48rem;margin:1rem auto;color:#1b1b1b}h1{font-size:1.5em;margin:0}
    h2{font-size:1.1em;margin:1em 0 .3em;border-bottom:2px solid #b3541e}
    table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ccc;
    padding:.2em .4em;text-align:left;vertical-align:top}td.n,th.n{text-align:right}
    .blocking{color:#a40000;font-weight:bold}.late{color:#a40000}small{color:#555}
    tr{break-inside:avoid}
    """

  /// The whole document.
  public var html: String {
    let name =
      isForStreet
      ? said("街道", "street office")
      : report.places.first.map { "\($0.code) \($0.name)" } ?? ""
    let title = said("核对报告", "Reconciliation report")
    let made = "\(calendar.day(of: report.madeAt)) \(calendar.time(of: report.madeAt))"
    let new = report.lines.filter(\.isNew)
    let old = report.lines.filter { !$0.isNew }
    let room = max(4, Self.linesMax - min(new.count, Self.linesMax))
    return """
      <!doctype html><html lang="\(language.rawValue)"><head><meta charset="utf-8">\
      <title>\(escape(title))</title><style>\(Self.style)</style></head><body>
      <h1>\(escape(title)) · \(escape(name))</h1>
      <p><small>\(said("截至", "through")) \(report.day) · \(said("制表", "made")) \(made)</small></p>
      \(places)
      \(section(said("昨日以来新增", "New since yesterday"), new, Self.linesMax))
      \(section(said("此前未说明", "Open before"), old, room))
      \(returning)
      </body></html>

      """
  }

  private func said(_ zh: String, _ en: String) -> String {
    Sentence(zh: zh, en: en).text(in: language)
  }

  private var places: String {
    let heads = [
      said("助餐点", "canteen"), said("核对到", "covered to"), said("未核对天数", "days missed"),
      said("新增", "new"), said("须说明", "blocking"), said("提醒", "warnings"), said("告知", "notices"),
    ].enumerated().map { $0 < 2 ? "<th>\($1)</th>" : "<th class=\"n\">\($1)</th>" }.joined()
    let rows = report.places.map { place in
      let missed =
        place.missed > 0
        ? "<td class=\"n late\">\(place.missed)</td>" : "<td class=\"n\">0</td>"
      let counts = [
        place.new.count, place.open(.blocking), place.open(.warning), place.open(.notice),
      ].map { "<td class=\"n\">\($0)</td>" }.joined()
      return """
        <tr><td>\(escape("\(place.code) \(place.name)"))</td>\
        <td>\(place.coveredThrough?.description ?? "")</td>\(missed)\(counts)</tr>
        """
    }.joined(separator: "\n")
    return "<table><thead><tr>\(heads)</tr></thead><tbody>\n\(rows)\n</tbody></table>"
  }

  private func section(
    _ title: String, _ lines: [FindingReport.Line], _ room: Int
  ) -> String {
    guard !lines.isEmpty else { return "<h2>\(title)</h2><p>\(said("无", "none"))</p>" }
    let rows = lines.prefix(room).map { line in
      let finding = line.finding
      let place = isForStreet ? "<td>\(escape(finding.canteen))</td>" : ""
      return """
        <tr><td>\(finding.day)</td>\(place)<td class="\(finding.severity.rawValue)">\
        \(finding.severity.name.text(in: language))</td><td>\(escape(finding.check)) \
        \(escape(finding.title.text(in: language)))</td>\
        <td>\(escape(finding.sentence.text(in: language)))<br><small>\
        \(escape(finding.subjectName.text(in: language)))</small></td></tr>
        """
    }.joined(separator: "\n")
    let rest = lines.count - room
    let more =
      rest > 0
      ? "<p>\(said("另有 \(rest) 条，见异常清单", "\(rest) more stand in the list"))</p>" : ""
    return "<h2>\(title)（\(lines.count)）</h2><table><tbody>\n\(rows)\n</tbody></table>\(more)"
  }

  private var returning: String {
    let rows = report.places.flatMap { place in
      place.trends.filter(\.returns).map { trend in
        let weeks = trend.weeks.map(String.init).joined(separator: " ")
        return """
          <tr><td>\(escape(place.code))</td><td>\(escape(trend.check)) \
          \(escape(trend.title.text(in: language)))</td>\
          <td>\(said("连续 \(trend.weeksRunning) 周", "\(trend.weeksRunning) weeks running"))</td>\
          <td class="n">\(weeks)</td></tr>
          """
      }
    }
    guard !rows.isEmpty else { return "" }
    let title = said("反复出现（近八周，每周条数）", "Returning (findings of the last eight weeks)")
    return "<h2>\(title)</h2><table><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>"
  }
}
