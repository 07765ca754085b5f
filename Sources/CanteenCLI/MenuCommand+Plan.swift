import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

extension MenuCommand {
  /// `canteen menu plan`: a week before it is published.
  struct Plan: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("排餐：导入、查看、复制、检查一周", "a week's plan: import, show, copy, check"),
        subcommands: [Import.self, Show.self, Copy.self, Check.self])
    }
  }

  /// `canteen menu day`: closing and special days.
  struct SetDay: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "day",
        abstract: said("停餐日和特殊日；ordinary 撤销", "closing and special days; ordinary takes one back"))
    }
    @Argument(help: .day("日期", "day")) var day: Day
    @Argument(help: ArgumentHelp(said("closed、special 或 ordinary", "closed, special or ordinary")))
    var kind: CanteenDay.Kind
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("名称，如 重阳节", "such as a feast's name"))) var name: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try await MenuPlanService(workspace.database).set(
          CanteenDay(canteen: canteen, day: day, kind: kind, name: name),
          by: workspace.attribution)
        try Outcome.print(
          output.format, said("\(day) \(kind.name.zh) \(name)", "\(day) \(kind.name.en) \(name)"),
          [
            (ListingColumn("day", "日期", "day"), .text(day.description)),
            (ListingColumn("kind", "种类", "kind"), .word(kind)),
            (ListingColumn("name", "名称", "name"), .text(name)),
          ])
      }
    }
  }
}

/// Which week of which canteen.
struct WeekOptions: ParsableArguments {
  @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
  @Option(help: .day("一周中的任一天，默认下周", "any day of the week; next week"))
  var week: Day?

  func day(_ workspace: Workspace) -> Day { week ?? workspace.today.monday + 7 }
}

extension MenuCommand.Plan {
  /// A week's grid.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入一周的排餐表（CSV 或 XLSX）", "import a week's grid (CSV or XLSX)"),
        discussion: said(
          "列：餐次、类别、周一至周日。格中写菜名，多道用、分开；“（单点）”表示套餐之外另售；价格写在菜名后：红烧肉 8.00元。菜名须在菜品档案中，否则整表不存。",
          """
          Columns: period, category, Mon to Sun (周一 to 周日). A cell holds dishes separated by 、; \
          （单点） marks one sold by itself; a price follows the name: 红烧肉 8.00元. A dish that the \
          canteen does not have refuses the whole grid.
          """))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "a CSV or XLSX file"))) var file: String
    @OptionGroup var week: WeekOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try MenuGrid.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      let cells = readings.compactMap(\.value).flatMap { $0 }
      try await Workspace.run(common) { workspace in
        let monday = week.day(workspace).monday
        let plans = MenuGrid.plans(cells, canteen: week.canteen, monday: monday)
        try await MenuPlanService(workspace.database).plan(plans, by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "排餐：\(monday) 起的一周，\(plans.count) 餐", "planned: \(plans.count) meals from \(monday) on"),
          [
            (ListingColumn("week", "周一", "Monday"), .text(monday.description)),
            (ListingColumn("meals", "餐次", "meals"), .integer(plans.count)),
          ])
      }
    }
  }

  /// The grid as it is planned.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看一周的排餐", "show a week's plan"))
    }
    @OptionGroup var week: WeekOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let plans = try await MenuPlanService(workspace.database)
          .week(week.canteen, of: week.day(workspace))
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("period", "餐次", "meal"),
          ListingColumn("dish", "菜名", "dish"),
          ListingColumn("price_fen", "价格", "price", number: true),
          ListingColumn("single", "单点", "single"),
        ])
        for plan in plans {
          for entry in plan.entries {
            listing.append([
              .text(plan.day.description), .word(plan.period),
              .text(entry.dish), entry.price.map(Cell.money) ?? .none, .boolean(entry.isSingle),
            ])
          }
        }
        try listing.print(output.format)
      }
    }
  }

  /// Another week's plan.
  struct Copy: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("把一周的排餐复制到另一周", "copy a week's plan to another"))
    }
    @OptionGroup var week: WeekOptions
    @Option(help: .day("从哪一周（任一天）", "any day of the week to copy")) var from: Day
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let to = week.day(workspace)
        let copied = try await MenuPlanService(workspace.database)
          .copy(week.canteen, from: from, to: to, by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "排餐：复制 \(copied) 餐到 \(to.monday) 起的一周",
            "planned: \(copied) meals copied to the week of \(to.monday)"),
          [
            (ListingColumn("week", "周一", "Monday"), .text(to.monday.description)),
            (ListingColumn("meals", "餐次", "meals"), .integer(copied)),
          ])
      }
    }
  }

  /// What is wrong with a week.
  struct Check: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "检查一周的排餐：主菜、指导价、花样、过敏原", "check a week: mains, guide price, variety, allergens"))
    }
    @OptionGroup var week: WeekOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let findings = try await MenuPlanService(workspace.database)
          .check(week.canteen, of: week.day(workspace))
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("period", "餐次", "meal"),
          ListingColumn("weight", "程度", "weight"), ListingColumn("finding", "内容", "finding"),
        ])
        for finding in findings {
          listing.append([
            .text(finding.day.description), .word(finding.period),
            .word(finding.weight),
            .text(finding.sentence.text(in: .current)),
          ])
        }
        if findings.isEmpty, output.format == .text {
          print(said("没有发现问题，可以发布", "nothing to mend; it may be published"))
        } else {
          try listing.print(output.format)
        }
        if findings.contains(where: { $0.weight == .mend }) { throw Failure.EndedWith(status: 3) }
      }
    }
  }
}
