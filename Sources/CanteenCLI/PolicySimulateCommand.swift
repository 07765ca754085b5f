import ArgumentParser
import CanteenDomain
import CanteenPolicyFiles
import CanteenServices

extension PolicyCommand {
  /// What past meals would have cost under a draft.
  struct Simulate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "测算：按草案给过去的餐次重新计价，比较各来源、食堂、年龄段的花费",
          "what past meals would have cost under a draft, by source, canteen and age"),
        discussion: said(
          "草案按整个期间有效计算，代替同代号的现行政策；个人情况按登记册现在的记载，取就餐当日有效的。只读，不改动任何数据。",
          """
          The draft counts as in force over the whole time, in place of the policy of the same name; \
          people have the facts that the register has now for the day of each meal. Nothing is \
          written.
          """))
    }
    @Argument(help: ArgumentHelp(said("草案文件（YAML），可多个", "draft files (YAML)")))
    var drafts: [String]
    @Option(help: .day("第一天", "the first service day")) var from: Day
    @Option(name: .to, help: .day("最后一天", "the last service day")) var to: Day
    @Option(
      help: ArgumentHelp(
        said("草案一并代替的其他政策代号，可多次写", "another policy that the drafts replace; repeatable"),
        valueName: "policy"))
    var replaces: [String] = []
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try documents(drafts).map { PolicyFile.read($0.text, name: $0.name) }
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("测算（人）", "simulating (persons)")
        let report = try await SimulationService(workspace.database)
          .simulate(readings, from: from, to: to, replaced: replaces) {
            progress.report($0.done, of: $0.total)
          }
        try print(report)
      }
    }

    private func print(_ report: SimulationReport) throws {
      switch output.format {
      case .csv: try listing(report).print(.csv)
      case .json: try printJSON(json(report))
      case .text:
        try listing(report).print(.text)
        Swift.print("\n" + report.chart(language: .current), terminator: "")
        Swift.print(
          said(
            "少付的 \(report.personsPayingLess) 人，多付的 \(report.personsPayingMore) 人，不变的 "
              + "\(report.personsUnchanged) 人",
            "\(report.personsPayingLess) pay less, \(report.personsPayingMore) pay more, "
              + "\(report.personsUnchanged) pay the same"))
      }
    }

    private func groups(_ report: SimulationReport) -> [(SimulationReport.Kind, [Simulation.Row])] {
      [
        (.total, [report.total]), (.source, report.sources), (.canteen, report.canteens),
        (.ageBand, report.ageBands),
      ]
    }

    private func listing(_ report: SimulationReport) -> Listing {
      var listing = Listing([
        ListingColumn("kind", "分类", "kind"), ListingColumn("key", "项目", "key"),
        ListingColumn("meals", "人次", "meals", number: true),
        ListingColumn("persons", "人数", "persons", number: true),
        ListingColumn("old_fen", "现行", "now", number: true),
        ListingColumn("new_fen", "草案", "draft", number: true),
        ListingColumn("difference_fen", "差额", "difference", number: true),
      ])
      for (kind, rows) in groups(report) {
        for row in rows {
          listing.append([
            .text(output.format == .csv ? kind.rawValue : kind.name.text(in: .current)),
            .text(output.format == .csv ? row.key : kind.label(of: row).text(in: .current)),
            .integer(row.meals), .integer(row.persons), .money(row.oldFen), .money(row.newFen),
            .money(row.differenceFen),
          ])
        }
      }
      return listing
    }

    private func json(_ report: SimulationReport) -> [String: Any] {
      func object(_ row: Simulation.Row) -> [String: Any] {
        [
          "key": row.key, "meals": row.meals, "persons": row.persons,
          "old_fen": row.oldFen.count, "new_fen": row.newFen.count,
          "difference_fen": row.differenceFen.count,
        ]
      }
      return [
        "from": from.description, "to": to.description, "total": object(report.total),
        "sources": report.sources.map(object), "canteens": report.canteens.map(object),
        "age_bands": report.ageBands.map(object),
        "persons": [
          "paying_less": report.personsPayingLess, "paying_more": report.personsPayingMore,
          "unchanged": report.personsUnchanged,
        ],
      ]
    }
  }
}
