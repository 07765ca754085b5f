import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

extension RosterCommand {
  /// Lists of deaths, moves and entries into institutions.
  struct End: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入身故、迁出、入住机构名单（XLSX、CSV）", "take a list of deaths and moves (XLSX, CSV)"),
        discussion: said(
          "按证件号找人，姓名须与登记册一致；没有证件号或号码有误时，按姓名和出生日期认定并提示核对，同名同生日的不导入。名单上未登记的人只列出姓名。资格在当日终止，其后的就餐逐笔列出。重复导入没有变化。",
          "Persons are found by number and must bear the registered name; without a whole number by name and birth date, with a remark, and not at all if several have both. Those not registered are only named. Entitlements end on the day, and meals after it are listed. Importing again changes nothing."
        ))
    }
    @OptionGroup var proposal: ProposalOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let table = try proposal.source.table(DepartureRow.columns)
      let readings = DepartureRow.read(
        table, asOf: CanteenCalendar.shanghai.day(of: Places(common).now))
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("登记", "recording")
        let outcome = try await DepartureImport(workspace.database, vault: workspace.vault()).run(
          readings, fileName: proposal.source.fileName, by: workspace.attribution,
          mode: proposal.mode
        ) { progress.report($0.done, of: $0.total) }
        RowReport.warn(readings.flatMap(\.warnings) + outcome.warnings + outcome.duplicates)
        Self.name(outcome.unknown)
        let refused = try proposal.source.say(
          outcome.refused, of: table, at: workspace.attribution.at)
        try Self.meals(outcome).print(output.format)
        if output.format == .text { try summary(outcome, readings.count, refused) }
        try proposal.end(refused: refused)
        if !outcome.mealsAfter.isEmpty { throw Failure.EndedWith(status: 3) }
      }
    }

    private func summary(_ outcome: DepartureImport.Outcome, _ rows: Int, _ refused: Int) throws {
      var listing = Listing([
        ListingColumn("rows", "行数", "rows"), ListingColumn("recorded", "登记", "recorded"),
        ListingColumn("unchanged", "此前已登记", "known before"),
        ListingColumn("unknown", "不在登记册", "not registered"),
        ListingColumn("entitlements", "终止资格", "entitlements ended"),
        ListingColumn("meals", "其后就餐", "meals after"),
        ListingColumn("refused", "未导入", "refused"),
      ])
      listing.append(
        [
          rows, outcome.recorded, outcome.unchanged, outcome.unknown.count,
          outcome.entitlementsEnded,
          outcome.mealsAfter.count, refused,
        ].map(Cell.integer))
      try listing.printSummary(.text)
      if proposal.dryRun { ProposalOptions.sayNothingWritten() }
    }

    /// Names who is not registered: most of a district's list, so at most this many.
    private static func name(_ unknown: [DepartureImport.Unknown], most: Int = 50) {
      guard !unknown.isEmpty else { return }
      let named = unknown.prefix(most)
      let rest = unknown.count - named.count
      Failure.say(
        Sentence(
          zh: "不在登记册 \(unknown.count) 人："
            + named.map { "第 \($0.line) 行 \($0.name)" }.joined(separator: "、")
            + (rest > 0 ? "，另有 \(rest) 人" : ""),
          en: "not registered, \(unknown.count): "
            + named.map { "line \($0.line) \($0.name)" }.joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")))
    }

    /// Meals after their diner had left.
    private static func meals(_ outcome: DepartureImport.Outcome) -> Listing {
      var listing = Listing([
        ListingColumn("id", "登记号", "no."), ListingColumn("name", "姓名", "name"),
        ListingColumn("status", "状态", "status"), ListingColumn("since", "自", "since"),
        ListingColumn("day", "就餐日期", "meal on"), ListingColumn("period", "餐次", "meal"),
        ListingColumn("canteen", "助餐点", "canteen"),
        ListingColumn("subsidy_fen", "补贴", "subsidy", number: true),
      ])
      for meal in outcome.mealsAfter {
        listing.append([
          .text("#\(meal.diner)"), .text(meal.name), .word(meal.status),
          .text(meal.since.description), .text(meal.day.description),
          .word(meal.period), .text(meal.canteen), .money(meal.subsidy),
        ])
      }
      return listing
    }
  }
}
