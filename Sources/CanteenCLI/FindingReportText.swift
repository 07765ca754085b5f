import CanteenDomain
import CanteenFiles
import CanteenServices

/// A report as text, as JSON, and as the list of irregularities (异常清单).
struct FindingReportText {
  private let report: FindingReport
  private let isForStreet: Bool
  private let calendar: CanteenCalendar

  /// How many lines a page shows of a canteen, or of the street.
  private static let linesMax = 20

  init(_ report: FindingReport, isForStreet: Bool, _ calendar: CanteenCalendar) {
    self.report = report
    self.isForStreet = isForStreet
    self.calendar = calendar
  }

  /// One page: no name of a person.
  var text: String {
    var text =
      said("核对报告  截至 \(report.day)", "Reconciliation report, through \(report.day)") + "\n\n"
    text += places.text + "\n"
    let new = report.lines.filter(\.isNew)
    text += section(said("昨日以来新增", "New since yesterday"), new)
    text += section(said("此前未说明", "Open before"), report.lines.filter { !$0.isNew })
    let returning = report.places.flatMap { place in
      place.trends.filter(\.returns).map { (place, $0) }
    }
    if !returning.isEmpty {
      text += said("反复出现\n", "Returning\n")
      for (place, trend) in returning {
        text += said(
          "  \(place.name) \(trend.check) \(trend.title.zh)：连续 \(trend.weeksRunning) 周（近八周 \(Self.weeks(trend))）\n",
          "  \(place.code) \(trend.check) \(trend.title.en): \(trend.weeksRunning) weeks running (last eight \(Self.weeks(trend)))\n"
        )
      }
    }
    return text
  }

  private static func weeks(_ trend: FindingReport.Trend) -> String {
    trend.weeks.map(String.init).joined(separator: " ")
  }

  private var places: Listing {
    var listing = Listing([
      ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("last", "核对到", "covered to"),
      ListingColumn("missed", "未核对天数", "days missed", number: true),
      ListingColumn("new", "新增", "new", number: true),
      ListingColumn("blocking", "须说明", "blocking", number: true),
      ListingColumn("warning", "提醒", "warnings", number: true),
      ListingColumn("notice", "告知", "notices", number: true),
    ])
    for place in report.places {
      listing.append([
        .text("\(place.code) \(place.name)"),
        place.coveredThrough.map { .text($0.description) } ?? .none, .integer(place.missed),
        .integer(place.new.count), .integer(place.open(.blocking)), .integer(place.open(.warning)),
        .integer(place.open(.notice)),
      ])
    }
    return listing
  }

  private func section(_ title: String, _ lines: [FindingReport.Line]) -> String {
    guard !lines.isEmpty else { return "\(title)  \(said("无", "none"))\n\n" }
    var text = "\(title)  \(lines.count)\n"
    for line in lines.prefix(Self.linesMax) {
      let finding = line.finding
      text += "  \(finding.day) "
      if isForStreet { text += "\(finding.canteen) " }
      text +=
        "[\(finding.severity.name.text(in: .current))] \(finding.check) "
        + "\(finding.title.text(in: .current)): \(finding.sentence.text(in: .current))"
        + " (\(finding.subjectName.text(in: .current)))\n"
    }
    if lines.count > Self.linesMax {
      let more = lines.count - Self.linesMax
      text += said("  另有 \(more) 条，见异常清单\n", "  \(more) more stand in the list\n")
    }
    return text + "\n"
  }

  /// The same for a program: no name of a person.
  var json: [String: Any] {
    [
      "through": report.day.description,
      "made_at": moment(report.madeAt),
      "canteens": report.places.map { place -> [String: Any] in
        [
          "code": place.code, "name": place.name,
          "covered_through": place.coveredThrough?.description ?? "",
          "days_missed": place.missed, "new": place.new.count,
          "open": Dictionary(
            uniqueKeysWithValues: Finding.Severity.allCases.map { ($0.rawValue, place.open($0)) }),
          "findings": place.lines.map { line -> [String: Any] in
            [
              "check": line.finding.check, "title": line.finding.title.json,
              "severity": line.finding.severity.rawValue, "day": line.finding.day.description,
              "detail": line.finding.sentence.json, "subject": line.finding.subject,
              "is_new": line.isNew,
            ]
          },
          "trends": place.trends.map { trend -> [String: Any] in
            [
              "check": trend.check, "weeks": trend.weeks, "weeks_running": trend.weeksRunning,
              "returns": trend.returns,
            ]
          },
        ]
      },
    ]
  }

  private func moment(_ instant: Instant) -> String {
    "\(calendar.day(of: instant)) \(calendar.time(of: instant))"
  }

  private static let columns = [
    "核销ID", "订单ID", "老人ID", "姓名", "年龄", "所属社区", "核销时间", "核销方式", "操作人", "异常类型", "异常说明",
    "下单日期", "餐次", "助餐点", "轻重", "昨日以来新增",
  ]

  private var rows: [[CSVCell]] {
    report.lines.map { whom($0) + how($0) + what($0) }
  }

  private func whom(_ line: FindingReport.Line) -> [CSVCell] {
    let (checkIn, person) = (line.checkIn, line.person)
    return [
      text(checkIn?.id), text(checkIn?.sourceNo), text(person.map { "\($0.diner)" }),
      text(person?.name), (person?.age).map(CSVCell.integer) ?? .empty, text(person?.community),
    ]
  }

  private func how(_ line: FindingReport.Line) -> [CSVCell] {
    let checkIn = line.checkIn
    return [
      text((checkIn?.servedAt).map(moment)), text(checkIn?.auth.name.zh),
      text(line.recordedBy),
    ]
  }

  private func what(_ line: FindingReport.Line) -> [CSVCell] {
    let finding = line.finding
    return [
      .text("\(finding.check) \(finding.title.zh)"), .text(finding.sentence.zh),
      .day(finding.day), text(line.checkIn?.period.name.zh), .text(finding.canteen),
      .text(finding.severity.name.zh), .text(line.isNew ? "是" : "否"),
    ]
  }

  private func text(_ text: String?) -> CSVCell { text.map(CSVCell.text) ?? .empty }

  /// The list of irregularities with the columns that offices use; names are masked.
  var table: TableFile {
    TableFile(
      sheet: "异常清单", title: "异常清单（截至 \(report.day)）", header: Self.columns, rows: rows)
  }

  /// The list for the screen.
  var listing: Listing {
    var listing = Listing(Self.columns.map { ListingColumn($0, $0, $0) })
    for row in rows { listing.append(row.map { .text(CSVWriter.text(of: $0)) }) }
    return listing
  }
}
