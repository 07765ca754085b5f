import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen menu`: what is served.
struct MenuCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "menu", abstract: said("食谱：发布和查看", "menus: publish and show"),
      subcommands: [Publish.self, Show.self])
  }

  /// Menus from a table.
  struct Publish: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("发布食谱（CSV：助餐点、日期、餐次、菜名、类别、价格、过敏原）", "publish menus from a table"))
    }
    @Argument(help: ArgumentHelp(said("CSV 文件", "a CSV file"))) var file: String
    @Option(help: ArgumentHelp(said("表中没有“助餐点”一列时用", "if the table has no canteen column")))
    var canteen: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
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
      let wanted = menus
      try await Workspace.run(common) { workspace in
        let published = try await MenuService(workspace.database)
          .publish(wanted, by: workspace.attribution)
        print(
          said(
            "食谱：发布 \(published) 份，此前已发布且未变 \(wanted.count - published) 份",
            "menus: \(published) published, \(wanted.count - published) there already"))
      }
    }
  }

  /// What was published.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看已发布的食谱", "show published menus"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("起始日期，默认今天", "first day; today"))) var from: Day?
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
        let menus = try await MenuService(workspace.database)
          .published(canteen, from: first, to: first + max(0, days - 1))
        for menu in menus {
          for dish in menu.dishes {
            listing.append([
              .text(menu.day.description), .text(menu.period.name.text(in: .current)),
              .text(dish.name), .text(dish.category.name.text(in: .current)),
              dish.price.map(Cell.money) ?? .none, .list(dish.allergens),
            ])
          }
        }
        try listing.print(output.format)
      }
    }
  }
}
