import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen day`: 日结.
struct DayCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "day", abstract: said("日结：逐日结账并封存", "day close: count and seal each day"),
      subcommands: [Close.self, Show.self, List.self])
  }

  /// Closes what is open.
  struct Close: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("日结到某一天（含）", "close every open day up to one"),
        discussion: said(
          "收银清点数可用 --till 现金=1203.50 给出（最后一天的），或事先用 canteen count import 导入；与台账不符的那天须用 --reason 说明原因，一次说明一天。没有日结成的，清点数也不留。",
          """
          What the till counted on the last day is given as --till cash=1203.50, or imported before by \
          canteen count import; a day on which it differs from the books needs --reason, one day at a time. \
          Where the day is not closed, the count is not kept either.
          """))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(name: .through, help: .day("结到哪一天，默认昨天", "the last day; yesterday")) var through: Day?
    @Option(
      help: ArgumentHelp(
        said("最后一天的收银清点，可多次，如 现金=1203.50", "till of the last day, repeatable: cash=1203.50")))
    var till: [TillArgument] = []
    @Option(help: ArgumentHelp(said("收银与台账不符的原因", "why till and books differ"))) var reason = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("日结", "closing days")
        let last = through ?? workspace.today - 1
        let till = try TillArgument.byMeans(till)
        let closed = try await DayCloseService(workspace.database).close(
          canteen, through: last, till: till, reason: reason, by: workspace.attribution
        ) { progress.report($0.done, of: $0.total) }
        let meals = closed.reduce(0) { $0 + $1.totals.meals }
        try Outcome.print(
          output.format,
          closed.isEmpty
            ? said("没有未结的日期", "no day was open")
            : said(
              "已日结 \(closed.count) 天，\(meals) 餐", "\(closed.count) days closed, \(meals) meals"),
          [
            (ListingColumn("days", "日结天数", "days"), .integer(closed.count)),
            (ListingColumn("meals", "餐数", "meals"), .integer(meals)),
            (
              ListingColumn("through", "结到", "through"),
              closed.last.map { .text($0.day.description) } ?? .none
            ),
          ])
        if last == workspace.today, !closed.isEmpty { try await noteWhatIsToCome(workspace) }
      }
    }

    /// Nothing is lost where a day is closed before its last meal; it stands in the next day's books.
    private func noteWhatIsToCome(_ workspace: Workspace) async throws {
      let time = workspace.calendar.time(of: workspace.attribution.at)
      let canteen = try await CanteenService(workspace.database).canteen(canteen)
      let isClosed = try await MenuPlanService(workspace.database)
        .days(canteen.code, from: workspace.today, to: workspace.today)
        .contains { $0.kind == .closed }
      guard !isClosed, let last = canteen.lastWindow(endingAfter: time) else { return }
      let next = workspace.today + 1
      Failure.say(
        Sentence(
          zh: "注意：今天的\(last.period.name.zh)到 \(last.to.hourAndMinute) 才结束；此后签到的餐记入 \(next) 的账",
          en:
            "note: today's \(last.period.name.en) ends at \(last.to.hourAndMinute); what is checked in"
            + " from now on is posted on \(next)"))
    }
  }

  /// Closed days.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出已结的日期", "list the closed days"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .month("月份，如 2026-10", "month, e.g. 2026-10")) var month: MonthArgument?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        _ = try await CanteenService(workspace.database).canteen(canteen)
        let month = month?.firstDay ?? workspace.today.firstOfMonth
        var listing = Listing([
          ListingColumn("day", "日期", "day"),
          ListingColumn("meals", "餐数", "meals", number: true),
          ListingColumn("reversals", "冲正", "reversed", number: true),
          ListingColumn("revenue_fen", "餐费净额", "revenue", number: true),
          ListingColumn("received_fen", "实收", "received", number: true),
          ListingColumn("receivable_fen", "应收补贴", "receivable", number: true),
          ListingColumn("seal", "封条", "seal"),
        ])
        let days = try await DayCloseService(workspace.database)
          .closed(canteen, from: month, to: month.lastOfMonth)
        for day in days {
          listing.append([
            .text(day.day.description), .integer(day.totals.meals), .integer(day.totals.reversals),
            .money(day.totals.revenue), .money(day.totals.received), .money(day.totals.receivable),
            .text(output.format == .text ? String(day.seal.prefix(12)) : day.seal),
          ])
        }
        try listing.print(output.format, (month, month.lastOfMonth))
      }
    }
  }
}
