import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen menu`: what is served.
struct MenuCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "menu",
      abstract: said("食谱：排餐、发布、查看、打印", "menus: plan, publish, show, print"),
      subcommands: [
        Plan.self, Publish.self, Show.self, SetDay.self, Poster.self, Feed.self,
      ])
  }

  /// A planned week, or menus from a table.
  struct Publish: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "发布食谱：一周的排餐（--week），或表格（助餐点、日期、餐次、菜名、类别、价格、过敏原）",
          "publish a planned week (--week), or menus from a table"),
        discussion: said(
          "已发布的食谱不会改动：再次发布是新的一版，旧版保留。缺主菜或有未知菜品时整批不存。",
          "What is published stays: publishing again is a new revision. A menu without a main or with an unknown dish refuses all of them."
        ))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "a CSV or XLSX file"))) var file: String?
    @Option(
      help: ArgumentHelp(said("助餐点编码；表中没有“助餐点”一列时用", "canteen, if the table has no such column")))
    var canteen: String?
    @Option(help: .day("发布这一周的排餐（任一天）", "publish the plan of this week (any day)"))
    var week: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard (file == nil) != (week == nil) else {
        throw ValidationError(said("请给出文件，或用 --week", "give a file, or --week"))
      }
      guard week == nil || canteen != nil else {
        throw ValidationError(said("请用 --canteen 指明助餐点", "name the canteen with --canteen"))
      }
    }

    func run() async throws {
      let wanted = try file.map(menus)
      try await Workspace.run(common) { workspace in
        if let wanted {
          try await noteReplaced(wanted, workspace)
          let published = try await MenuService(workspace.database)
            .publish(wanted, by: workspace.attribution)
          return try say(published, of: wanted.count)
        }
        guard let canteen, let week else { return }
        let service = MenuPlanService(workspace.database)
        let planned = try await service.week(canteen, of: week).count
        let (published, look) = try await service.publish(
          canteen, of: week, by: workspace.attribution)
        for finding in look { Failure.say(finding.sentence) }
        try say(published, of: planned)
      }
    }

    /// A table with a mended dish alone would take the others off the menu; that is said.
    private func noteReplaced(_ wanted: [Menu], _ workspace: Workspace) async throws {
      let service = MenuService(workspace.database)
      for (canteen, menus) in Dictionary(grouping: wanted, by: \.canteen) {
        let days = menus.map(\.day).sorted()
        guard let first = days.first, let last = days.last else { continue }
        let before = try await service.published(canteen, from: first, to: last)
        for menu in menus {
          let old = before.first { $0.day == menu.day && $0.period == menu.period }
          guard let old, old.dishes.count > menu.dishes.count else { continue }
          Failure.say(
            Sentence(
              zh: "注意：\(menu.day) \(menu.period.name.zh)此前发布 \(old.dishes.count) 道菜，"
                + "新表只有 \(menu.dishes.count) 道，以新表为准（旧版保留）",
              en:
                "note: the \(menu.period.name.en) of \(menu.day) had \(old.dishes.count) dishes, the "
                + "new one has \(menu.dishes.count) and takes its place; the old revision stays"))
        }
      }
    }

    private func say(_ published: Int, of count: Int) throws {
      try Outcome.print(
        output.format,
        said(
          "食谱：发布 \(published) 份，此前已发布且未变 \(count - published) 份",
          "menus: \(published) published, \(count - published) there already"),
        [
          (ListingColumn("published", "发布", "published"), .integer(published)),
          (ListingColumn("unchanged", "未变", "unchanged"), .integer(count - published)),
        ])
    }

    private func menus(_ file: String) throws -> [Menu] {
      let readings = try MenuRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      var menus: [Menu] = []
      for row in readings.compactMap(\.value) {
        guard let code = row.canteen ?? canteen else {
          throw ValidationError(said("请用 --canteen 指明助餐点", "name the canteen with --canteen"))
        }
        let place = menus.firstIndex {
          $0.canteen == code && $0.day == row.day && $0.period == row.period
        }
        if let place {
          menus[place].dishes.append(row.dish)
        } else {
          menus.append(Menu(canteen: code, day: row.day, period: row.period, dishes: [row.dish]))
        }
      }
      return menus
    }
  }

  /// What was published.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看已发布的食谱", "show published menus"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("起始日期，默认今天", "first day; today")) var from: Day?
    @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 7
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        _ = try await CanteenService(workspace.database).canteen(canteen)
        let first = from ?? workspace.today
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("period", "餐次", "meal"),
          ListingColumn("dish", "菜名", "dish"), ListingColumn("category", "类别", "kind"),
          ListingColumn("price_fen", "价格", "price", number: true),
          ListingColumn("allergens", "过敏原", "allergens"),
        ])
        let last = first + max(0, days - 1)
        let menus = try await MenuService(workspace.database)
          .published(canteen, from: first, to: last)
        for menu in menus {
          for dish in menu.dishes {
            listing.append([
              .text(menu.day.description), .word(menu.period),
              .text(dish.name), .word(dish.category),
              dish.price.map(Cell.money) ?? .none, .list(dish.allergens),
            ])
          }
        }
        try listing.print(output.format, (first, last))
      }
    }
  }
}
