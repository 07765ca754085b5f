import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen dish`: what a canteen can cook.
struct DishCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "dish",
      abstract: said("菜品档案：导入、查看、定价、下架", "dishes: import, list, price, take off the list"),
      subcommands: [Import.self, List.self, Price.self, Retire.self])
  }

  /// Dishes from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("从表格导入菜品（CSV 或 XLSX）", "import dishes from a table (CSV or XLSX)"),
        discussion: said(
          "列：助餐点、菜名、类别（荤素汤主食套餐）、配料、过敏原、质地（软食、碎食、流食）、能量（千卡）、蛋白质、脂肪、碳水化合物（克）、钠（毫克）、照片、成本、价格（元）。价格从 --from 起生效。",
          """
          Columns: canteen, dish, category (meat, vegetable, soup, staple, set), ingredients, \
          allergens, textures (soft, minced, liquid), kcal, protein, fat, carbohydrate (grams), \
          sodium (mg), photo, cost, price (yuan). A price holds from --from on.
          """))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "a CSV or XLSX file"))) var file: String
    @Option(help: ArgumentHelp(said("表中没有“助餐点”一列时用", "if the table has no canteen column")))
    var canteen: String?
    @Option(help: .day("价格从哪天起，默认今天", "prices hold from; today")) var from: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try DishRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      let rows = readings.compactMap(\.value)
      let records = try rows.map { row in
        var record = row.record
        guard let code = row.canteen ?? canteen else {
          throw ValidationError(said("请用 --canteen 指明助餐点", "name the canteen with --canteen"))
        }
        record.canteen = code
        return record
      }
      try await Workspace.run(common) { workspace in
        let service = DishService(workspace.database)
        let outcome = try await service.add(records, by: workspace.attribution)
        var prices = 0
        for (row, record) in zip(rows, records) {
          guard let price = row.price else { continue }
          let isNew = try await service.setPrice(
            DishPrice(
              canteen: record.canteen, dish: record.name, from: from ?? workspace.today,
              price: price), by: workspace.attribution)
          if isNew { prices += 1 }
        }
        try Outcome.print(
          output.format,
          said(
            "菜品：新增 \(outcome.added)，更改 \(outcome.changed)，已有 \(outcome.unchanged)；新价格 \(prices)",
            "dishes: \(outcome.added) added, \(outcome.changed) changed, "
              + "\(outcome.unchanged) there already; \(prices) new prices"),
          [
            (ListingColumn("added", "新增", "added"), .integer(outcome.added)),
            (ListingColumn("changed", "更改", "changed"), .integer(outcome.changed)),
            (ListingColumn("unchanged", "已有", "there"), .integer(outcome.unchanged)),
            (ListingColumn("prices", "新价格", "new prices"), .integer(prices)),
          ])
      }
    }
  }

  /// What a canteen can cook.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看菜品和当日价格", "list dishes with their price of the day"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = DishService(workspace.database)
        let prices = try await service.prices(canteen)
        var listing = Listing([
          ListingColumn("dish", "菜名", "dish"), ListingColumn("category", "类别", "kind"),
          ListingColumn("price_fen", "价格", "price", number: true),
          ListingColumn("cost_fen", "成本", "cost", number: true),
          ListingColumn("allergens", "过敏原", "allergens"),
          ListingColumn("textures", "质地", "textures"),
          ListingColumn("energy_kcal", "千卡", "kcal", number: true),
          ListingColumn("ingredients", "配料", "ingredients"),
          ListingColumn("served", "在用", "served"),
        ])
        for dish in try await service.list(canteen) {
          listing.append([
            .text(dish.name), .word(dish.category),
            prices.price(of: dish.name, at: canteen, on: workspace.today).map(Cell.money) ?? .none,
            dish.cost.map(Cell.money) ?? .none, .list(dish.allergens),
            .words(dish.textures),
            dish.nutrition.energyKcal.map(Cell.integer) ?? .none, .list(dish.ingredients),
            .boolean(dish.isServed),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// What a dish costs from a day on.
  struct Price: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("定价：套餐或单点菜从某日起的价格", "what a set or a single dish costs from a day on"))
    }
    @Argument(help: ArgumentHelp(said("菜名", "dish"))) var dish: String
    @Argument(help: .yuan("价格（元）", "price in yuan")) var price: Fen
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("从哪天起，默认今天", "from; today")) var from: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let first = from ?? workspace.today
        _ = try await DishService(workspace.database).setPrice(
          DishPrice(canteen: canteen, dish: dish, from: first, price: price),
          by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "\(dish) 自 \(first) 起 \(price.yuan) 元", "\(dish) costs \(price.yuan) from \(first) on"),
          [
            (ListingColumn("dish", "菜名", "dish"), .text(dish)),
            (ListingColumn("from", "自", "from"), .text(first.description)),
            (ListingColumn("price_fen", "价格", "price"), .money(price)),
          ])
      }
    }
  }

  /// Takes a dish off the list.
  struct Retire: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("下架一道菜（--again 恢复）", "take a dish off the list"))
    }
    @Argument(help: ArgumentHelp(said("菜名", "dish"))) var dish: String
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Flag(help: ArgumentHelp(said("恢复供应", "put it on again"))) var again = false
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try await DishService(workspace.database).serve(
          again, dish, at: canteen, by: workspace.attribution)
        print(again ? said("已恢复", "on the list again") : said("已下架", "taken off the list"))
      }
    }
  }
}
