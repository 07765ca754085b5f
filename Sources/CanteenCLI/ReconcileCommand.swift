import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// `canteen reconcile`: the nightly job, and its report. The job is a subcommand of its own, or it would
/// take the report's options for its own.
struct ReconcileCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reconcile",
      abstract: said("核对：检查所有尚未核对的日期，出报告", "reconcile: look at every day not yet covered"),
      discussion: said(
        "每晚运行 canteen reconcile；选项见 canteen reconcile run --help。",
        "Run canteen reconcile every night; its options are those of canteen reconcile run --help."),
      subcommands: [ReconcileRunCommand.self, ReconcileReportCommand.self],
      defaultSubcommand: ReconcileRunCommand.self)
  }
}

/// `canteen reconcile run`, or `canteen reconcile` alone.
struct ReconcileRunCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run",
      abstract: said(
        "检查所有尚未核对的日期；run 可不写", "look at every day not yet covered; run may be left out"),
      discussion: said(
        """
        可由定时任务每晚运行；漏掉的日期会自动补上，重复运行无害。自有检查放在 CANTEEN_CHECKS 指定的文件夹。\
        先收取 --counts 或 CANTEEN_COUNTS 文件夹里的清点表：收过的移到 taken，读不懂的移到 rejected 并写明原因。\
        退出码 0 无异常，3 有异常待说明或有清点表未收，1 故障。
        """,
        """
        For a nightly timer: missed nights are caught up, running twice is harmless. Checks of your own \
        stand in the folder that CANTEEN_CHECKS names. Tables of counts in the folder of --counts or \
        CANTEEN_COUNTS are taken first: each is moved to taken, or to rejected with a note that says why. \
        Exit status 0 clean, 3 findings or a table that was not taken, 1 fault.
        """))
  }
  @Option(
    help: ArgumentHelp(
      said("清点表的文件夹；也可用 CANTEEN_COUNTS", "the folder of counts; or CANTEEN_COUNTS")))
  var counts: String?
  @Option(help: ArgumentHelp(said("只核对这个助餐点；默认全部", "only this canteen; all"))) var canteen: String?
  @Option(name: .day, help: .day("只核对这一天", "only this day")) var day: Day?
  @Option(help: .day("从哪一天起；默认全部未核对的", "the first day; all not yet covered"))
  var from: Day?
  @Option(
    name: .through,
    help: .day("核对到哪一天，默认昨天", "the last day; yesterday")) var through: Day?
  @Flag(help: ArgumentHelp(said("补上所有漏掉的日期（默认就是如此）", "all missed days; that is the default")))
  var catchUp = false
  @Flag(
    help: ArgumentHelp(
      said(
        "只看各助餐点核对到哪一天；有漏掉的退出码为 3",
        "only say how far each canteen is covered; 3 if a night was missed")
    )) var status = false
  @OptionGroup var output: FormatOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard day == nil || (from == nil && through == nil), !catchUp || (day == nil && from == nil)
    else {
      throw ValidationError(
        said("--day、--from/--to、--catch-up 只能选一种", "choose one of --day, --from/--to, --catch-up"))
    }
  }

  func run() async throws {
    let open = try await Workspace.run(common) { workspace in
      let last = day ?? through ?? workspace.today - 1
      if status { return try await missed(through: last, workspace) }
      let places = CanteenService(workspace.database)
      let canteens =
        if let canteen { [try await places.canteen(canteen).code] } else {
          try await places.all().map(\.code)
        }
      // What is wrong with the folder is said at the end: the night is reconciled all the same.
      var rejected = 0
      var refusal: (any Refusal)?
      do { rejected = try await takeCounts(workspace) } catch let error as any Refusal {
        refusal = error
      }
      let progress = ProgressLine("核对", "reconciling")
      let report = try await workspace.reconciliation.run(
        canteens, from: day ?? from, through: last, by: workspace.attribution
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
      if let fault = report.ownChecksFault {
        if let refusal { Failure.say(refusal.sentence) }
        Failure.say(Sentence(zh: "故障：\(fault.zh)", en: "fault: \(fault.en)"))
        throw Failure.EndedWith(status: 1)
      }
      if let refusal { throw refusal }
      return report.open.count + rejected
    }
    if open > 0 { throw Failure.EndedWith(status: 3) }
  }

  /// Takes what tills, kitchens and gates dropped, and names each table.
  /// - Returns: how many tables were not taken.
  private func takeCounts(_ workspace: Workspace) async throws -> Int {
    let folder = counts ?? ProcessInfo.processInfo.environment["CANTEEN_COUNTS"] ?? ""
    guard !folder.isEmpty else { return 0 }
    let files = try await CountFolder(folder, counts: IndependentCountService(workspace.database))
      .take(by: workspace.attribution)
    for file in files {
      switch file.outcome {
      case .taken(let rows, let new):
        Failure.say(
          Sentence(
            zh: "清点表 \(file.name)：\(rows) 行，新增或更正 \(new) 行",
            en: "counts \(file.name): \(rows) rows, \(new) new or corrected"))
      case .known:
        Failure.say(
          Sentence(zh: "清点表 \(file.name)：此前已收", en: "counts \(file.name): taken before"))
      case .rejected(let reasons):
        for reason in reasons { Failure.say(reason) }
        Failure.say(
          Sentence(
            zh: "清点表 \(file.name) 未收，已移到 rejected",
            en: "counts \(file.name): not taken, moved to rejected"))
      }
    }
    return files.count {
      if case .rejected = $0.outcome { true } else { false }
    }
  }

  /// - Returns: how many canteen-days were missed.
  private func missed(through last: Day, _ workspace: Workspace) async throws -> Int {
    var listing = Listing([
      ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("last", "核对到", "covered to"),
      ListingColumn("missed", "未核对天数", "days missed"),
      ListingColumn("open", "待说明异常", "open findings"),
    ])
    let coverage = try await workspace.reconciliation.coverage(through: last)
      .filter { canteen == nil || $0.canteen == canteen }
    for row in coverage {
      listing.append([
        .text(row.canteen), row.last.map { .text($0.description) } ?? .none, .integer(row.missed),
        .integer(row.open),
      ])
    }
    try listing.print(output.format)
    return coverage.reduce(0) { $0 + $1.missed }
  }
}
