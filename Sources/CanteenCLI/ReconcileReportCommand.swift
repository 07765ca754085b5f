import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenWeb
import Foundation

/// `canteen reconcile report`: what is open, what is new since yesterday, what returns.
struct ReconcileReportCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "report",
      abstract: said("核对报告：昨日以来的新异常在前", "the report: what is new since yesterday comes first"),
      discussion: said(
        """
        带 --canteen 是一个助餐点的一页，不带是街道的一页。--file 按后缀写成 .html、.xlsx（异常清单）、.csv、.json 或 .txt。
        --push 发到环境变量 CANTEEN_REPORT_WEBHOOK 的网址，并交给 CANTEEN_REPORT_MAIL 的命令；都没设时拒绝。推送的内容不含姓名。
        """,
        """
        With --canteen one page for a canteen, without it one for the street office. --file writes .html, \
        .xlsx (the list of irregularities), .csv, .json or .txt by its ending. --push sends it to the URL \
        in CANTEEN_REPORT_WEBHOOK and to the command in CANTEEN_REPORT_MAIL, and refuses without either. \
        No name is pushed.
        """))
  }
  @Option(help: ArgumentHelp(said("只看这个助餐点；默认街道全部", "only this canteen; all"))) var canteen: String?
  @Option(name: .through, help: .day("截至哪一天，默认昨天", "the last day; yesterday")) var through: Day?
  @Option(help: ArgumentHelp(said("写成文件，可多次给出", "a file to write; may be repeated"))) var file:
    [String] = []
  @Flag(help: ArgumentHelp(said("推送", "push it"))) var push = false
  @OptionGroup var output: FormatOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let pushes = push ? try ReportPush.configured() : []
    let endings = ["html", "xlsx", "csv", "json", "txt"]
    for path in file where !endings.contains(where: { path.lowercased().hasSuffix("." + $0) }) {
      throw ReportRefusal.ending(path)
    }
    try await Workspace.run(common) { workspace in
      let places = CanteenService(workspace.database)
      let canteens =
        if let canteen { [try await places.canteen(canteen).code] } else {
          try await places.all().map(\.code)
        }
      let report = try await workspace.reconciliation.report(
        canteens, through: through ?? workspace.today - 1, at: workspace.attribution.at)
      let text = FindingReportText(report, isForStreet: canteen == nil, workspace.calendar)
      for path in file { try write(report, text, to: path, workspace) }
      for one in pushes { try await one.send(text) }
      guard file.isEmpty || output.format != .text else {
        print(said("已写入：", "written: ") + file.joined(separator: said("、", ", ")))
        return
      }
      switch output.format {
      case .text: print(text.text, terminator: "")
      case .json: try printJSON(text.json)
      case .csv: try text.listing.print(.csv)
      }
    }
  }

  private func write(
    _ report: FindingReport, _ text: FindingReportText, to path: String, _ workspace: Workspace
  ) throws {
    switch path.lowercased().split(separator: ".").last {
    case "html":
      let page = FindingReportPage(
        report, isForStreet: canteen == nil, calendar: workspace.calendar, language: .current)
      try TableFile.replace(path) { _ in Array(page.html.utf8) }
    case "json":
      let bytes = try jsonBytes(text.json)
      try TableFile.replace(path) { _ in bytes }
    case "txt": try TableFile.replace(path) { _ in Array(text.text.utf8) }
    default:
      try text.table.write(to: path, createdAt: workspace.attribution.at)
    }
  }
}

/// Why no report is made.
enum ReportRefusal: Refusal, Hashable {
  case ending(String)
  case nowhereToPush
  case badWebhook
  case webhookSilent
  case webhookRefused(status: Int)
  case mailFailed(status: Int32)

  var kind: RefusalKind { .invalid }

  var sentence: Sentence {
    switch self {
    case .ending(let path):
      Sentence(
        zh: "\(path)：文件名应以 .html、.xlsx、.csv、.json 或 .txt 结尾",
        en: "\(path): name a file that ends in .html, .xlsx, .csv, .json or .txt")
    case .nowhereToPush:
      Sentence(
        zh: "没有推送的去处：请设置 CANTEEN_REPORT_WEBHOOK 或 CANTEEN_REPORT_MAIL",
        en: "nowhere to push to: set CANTEEN_REPORT_WEBHOOK or CANTEEN_REPORT_MAIL")
    case .badWebhook:
      Sentence(
        zh: "CANTEEN_REPORT_WEBHOOK 不是 http 或 https 网址",
        en: "CANTEEN_REPORT_WEBHOOK is no http or https URL")
    case .webhookSilent:
      Sentence(
        zh: "CANTEEN_REPORT_WEBHOOK 的网址连不上或没有按时回答，报告没有送达",
        en: "the webhook cannot be reached or did not answer in time; the report did not arrive")
    case .webhookRefused(let status):
      Sentence(
        zh: "接收报告的网址回答 \(status)，报告没有送达",
        en: "the webhook answered \(status); the report did not arrive")
    case .mailFailed(let status):
      Sentence(
        zh: "CANTEEN_REPORT_MAIL 的命令以 \(status) 结束，报告没有送出",
        en: "the command of CANTEEN_REPORT_MAIL ended with \(status); the report was not sent")
    }
  }
}
