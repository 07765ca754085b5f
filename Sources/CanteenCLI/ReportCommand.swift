import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenWeb
import Foundation
import Spreadsheets

/// `canteen report`: 服务统计 for a street or a city.
struct ReportCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report",
      abstract: said("服务统计：人次与去重人数", "person-times and persons, each once"),
      discussion: said(
        "人次和人数分列，从不相加；人数是去重人数，各行之和可大于合计。累计自第一餐起。",
        """
        Person-times and persons stand apart and are never added; who came to two parts is one person \
        of the whole. The cumulative figures run from the first meal.
        """))
  }

  @Option(
    help: ArgumentHelp(
      said("按什么分行", "what tells the rows apart"), valueName: "month|canteen|period|age|category"))
  var per: ServiceReport.Grouping = .month
  @Option(help: ArgumentHelp(said("地区代码，如街道、区县", "region code, e.g. of a street"))) var region:
    String?
  @Option(help: ArgumentHelp(said("只看一个助餐点", "one canteen only"))) var canteen: String?
  @Option(help: .day("从哪一天，默认本年初", "first day; of this year")) var from: Day?
  @Option(name: .to, help: .day("到哪一天，默认今天", "last day; today")) var to: Day?
  @Flag(help: ArgumentHelp(said("画出条形图", "draw bars"))) var chart = false
  @Option(
    help: ArgumentHelp(
      said("另存为 .xlsx（带图表）或 .html（SVG 图）", "also write .xlsx with a chart, or .html with SVG")))
  var write: String?
  @OptionGroup var output: FormatOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard let write else { return }
    guard write.hasSuffix(".xlsx") || write.hasSuffix(".html") else {
      throw ValidationError(
        said("--write 的文件名以 .xlsx 或 .html 结尾", "--write names a file that ends in .xlsx or .html"))
    }
  }

  func run() async throws {
    try await Workspace.run(common) { workspace in
      let last = to ?? workspace.today
      let report = try await ServiceReportService(workspace.database).report(
        by: per, region: region.map { Region.Code($0) }, canteen: canteen,
        from: from ?? last.firstOfYear, to: last)
      if let write { try save(report, to: write, at: workspace.attribution.at) }
      try print(report)
    }
  }

  private func print(_ report: ServiceReport) throws {
    var listing = Listing([
      ListingColumn("key", report.grouping.name.zh, report.grouping.name.en),
      ListingColumn("person_times", "人次", "person-times", number: true),
      ListingColumn("persons", "人数", "persons", number: true),
    ])
    for row in report.rows {
      listing.append([
        .text(row.title.text(in: .current)), .integer(row.count.personTimes),
        .integer(row.count.persons),
      ])
    }
    switch output.format {
    case .json:
      func object(_ count: ServiceReport.Count) -> [String: Any] {
        ["person_times": count.personTimes, "persons": count.persons]
      }
      var all: [String: Any] = [
        "place": report.place, "from": report.from.description, "to": report.to.description,
        "by": report.grouping.rawValue, "total": object(report.total),
        "cumulative": object(report.cumulative),
        "rows": report.rows.map { row in
          object(row.count).merging(["key": row.key]) { first, _ in first }
        },
      ]
      all["since"] = report.since?.description
      try printJSON(all)
    case .csv: try listing.print(.csv)
    case .text:
      Swift.print(report.headline.text(in: .current))
      listing.append([
        .text(said("合计", "total")), .integer(report.total.personTimes),
        .integer(report.total.persons),
      ])
      try listing.print(.text)
      guard chart else { return }
      var bars = TextTable(header: ["", ""], alignments: [.left, .left])
      for (row, bar) in report.bars(width: 40) {
        bars.append([row.title.text(in: .current), "\(bar) \(row.count.personTimes)"])
      }
      Swift.print(bars.text(), terminator: "")
    }
  }

  private func save(_ report: ServiceReport, to path: String, at now: Instant) throws {
    guard path.hasSuffix(".xlsx") else {
      return try Data(ServiceReportPage(report, language: .current).html.utf8)
        .write(to: URL(fileURLWithPath: path), options: .atomic)
    }
    let book = try TableWorkbook(
      path: path,
      layout: WorkbookLayout(
        sheet: said("服务统计", "service report"), title: report.place,
        subtitle: report.headline.text(in: .current),
        columns: [
          WorkbookLayout.Column(report.grouping.name.text(in: .current), width: 24),
          WorkbookLayout.Column(said("人次", "person-times"), width: 16),
          WorkbookLayout.Column(said("人数（去重）", "persons, each once"), width: 20),
        ],
        footer: [
          said(
            "合计：\(report.total.personTimes) 人次，\(report.total.persons) 人（去重）",
            "total: \(report.total.personTimes) person-times, \(report.total.persons) persons")
        ]), createdAt: now)
    for row in report.rows {
      try book.append([
        .text(row.title.text(in: .current)), .integer(row.count.personTimes),
        .integer(row.count.persons),
      ])
    }
    try book.addChart(said("人次", "person-times"), labels: 0, values: 1)
    try book.addChart(said("人数（去重）", "persons, each once"), labels: 0, values: 2)
    try book.close()
  }
}

extension ServiceReport.Grouping: NamedCode {}
