import ArgumentParser
import CanteenDomain
import CanteenServices

extension PolicyCommand {
  /// Finds meals that would be priced otherwise now, and writes adjustments.
  struct Reprice: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "追溯：按现在的登记册找出应另行计价的餐次，差额记入当期",
          "find meals that today's register prices otherwise, and adjust them in the open period"),
        discussion: said(
          """
          追溯批准、类别终止、晚报去世、入住机构、生日更正之后运行。差额按政策的追溯期和收付对象记入各食堂未结的账期；\
          已结的结算单不变；再运行一次不会重复。先用 --dry-run 看一遍。
          """,
          """
          For approvals dated back, ended categories, late deaths, admissions and corrected birthdays. \
          Closed statements stay as they are, and a second run adds nothing. Look first with --dry-run.
          """))
    }
    @Option(help: .day("从哪个就餐日期起", "the first service day to look at")) var since: Day
    @Flag(help: ArgumentHelp(said("只列出，不写入", "only list them"))) var dryRun = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("追溯（人）", "repricing (persons)")
        let found = try await AdjustmentService(workspace.database)
          .reprice(since: since, isDryRun: dryRun, by: workspace.attribution) {
            progress.report($0.done, of: $0.total)
          }
        if output.format == .text, found.isEmpty {
          print(said("没有需要调整的餐次", "no meal would be priced otherwise"))
          return
        }
        try listing(found).print(output.format)
        if output.format == .text { print(summary(found)) }
      }
    }

    private func listing(_ found: [AdjustmentService.Found]) -> Listing {
      var listing = Listing([
        ListingColumn("check_in", "签到键", "check-in"), ListingColumn("day", "就餐日期", "day"),
        ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("name", "姓名", "name"),
        ListingColumn("kind", "处理", "kind"), ListingColumn("cause", "原因", "cause"),
        ListingColumn("payee", "对象", "payee"),
        ListingColumn("old_fen", "原补贴", "old", number: true),
        ListingColumn("new_fen", "应补贴", "new", number: true),
        ListingColumn("difference_fen", "差额", "difference", number: true),
        ListingColumn("posted_on", "记入日期", "posted on"),
        ListingColumn("written", "已写入", "written"),
      ])
      for entry in found {
        let adjustment = entry.adjustment
        listing.append([
          .text(entry.checkIn.text), .text(adjustment.day.description), .text(entry.canteen),
          .text(entry.name),
          .word(adjustment.kind),
          .word(adjustment.cause),
          .word(adjustment.payee),
          .money(adjustment.old.sharesFen), .money(adjustment.new.sharesFen),
          .money(adjustment.fen),
          adjustment.isDue ? .text(entry.postedOn.description) : .none,
          .boolean(adjustment.isDue && !dryRun),
        ])
      }
      return listing
    }

    private func summary(_ found: [AdjustmentService.Found]) -> String {
      let parts = Adjustment.Kind.allCases.compactMap { kind -> String? in
        let these = found.filter { $0.adjustment.kind == kind }
        guard !these.isEmpty else { return nil }
        let sum = these.map(\.adjustment.fen).sum().yuan
        let name = kind.name
        return said("\(name.zh) \(these.count) 笔 \(sum) 元", "\(name.en): \(these.count), \(sum)")
      }
      let head = dryRun ? said("试运行，未写入：", "dry run, nothing written: ") : ""
      return head + parts.joined(separator: said("；", "; "))
    }
  }
}
