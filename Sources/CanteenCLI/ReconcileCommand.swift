import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen reconcile`: the nightly job.
struct ReconcileCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reconcile",
      abstract: said("核对：检查所有尚未核对的日期", "reconcile: look at every day not yet covered"),
      discussion: said(
        "可由定时任务每晚运行；漏掉的日期会自动补上，重复运行无害。退出码 0 无异常，3 有异常待说明，1 故障。",
        "For a nightly timer: missed nights are caught up, running twice is harmless. Exit status 0 clean, 3 findings, 1 fault."
      ))
  }
  @Option(help: ArgumentHelp(said("只核对这个助餐点；默认全部", "only this canteen; all"))) var canteen: String?
  @Option(help: ArgumentHelp(said("核对到哪一天，默认昨天", "the last day; yesterday"))) var through: Day?
  @OptionGroup var output: FormatOption
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let open = try await Workspace.run(common) { workspace in
      let places = CanteenService(workspace.database)
      let canteens =
        if let canteen { [try await places.canteen(canteen).code] } else {
          try await places.all().map(\.code)
        }
      let progress = ProgressLine("核对", "reconciling")
      let report = try await ReconciliationService(workspace.database).run(
        canteens, through: through ?? workspace.today - 1, by: workspace.attribution
      ) { progress.report($0.done, of: $0.total) }
      if output.format == .text {
        print(
          said(
            "核对 \(report.days) 个食堂日，新异常 \(report.new) 条，待说明 \(report.open.count) 条",
            "\(report.days) canteen-days covered, \(report.new) new findings, \(report.open.count) open"
          ))
      }
      if output.format != .text || !report.open.isEmpty {
        try FindingCommand.listing(report.open).print(output.format)
      }
      return report.open.count
    }
    if open > 0 { throw Failure.EndedWith(status: 3) }
  }
}
