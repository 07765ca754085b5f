import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen canteen`: the places where meals are served.
struct CanteensCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "canteen", abstract: said("助餐点：食堂和分餐点", "canteens and service points"),
      subcommands: [Add.self, Import.self, List.self])
  }

  /// One canteen from the command line.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("添加一个助餐点", "add one canteen"),
        discussion: said(
          "例：canteen canteen add DFL-01 东风路社区长者食堂 --region 511323001001 --operator 示例餐饮 "
            + "--lunch 10:30-13:00 --dinner 17:00-19:30 --opened 2024-01-01",
          "Example: canteen canteen add DFL-01 Dongfeng --region 511323001001 --operator Sample "
            + "--lunch 10:30-13:00 --dinner 17:00-19:30 --opened 2024-01-01"))
    }
    @Argument(help: ArgumentHelp(said("编码", "code"))) var code: String
    @Argument(help: ArgumentHelp(said("名称", "name"))) var name: String
    @Option(help: ArgumentHelp(said("所在区划的编码", "code of its region"))) var region: String
    @Option(help: ArgumentHelp(said("类型", "kind"))) var kind: Canteen.Kind = .kitchen
    @Option(name: .customLong("operator"), help: ArgumentHelp(said("运营单位", "who runs it")))
    var operatorName: String
    @Option(help: ArgumentHelp(said("统一社会信用代码", "credit code of the operator")))
    var creditCode: String?
    @Option(help: ArgumentHelp(said("座位数", "seats"))) var seats: Int?
    @Option(help: .day("开业日期", "first day")) var opened: Day
    @Option(help: ArgumentHelp(said("早餐时段，如 7:00-9:00", "breakfast, e.g. 7:00-9:00")))
    var breakfast: WindowArgument?
    @Option(help: ArgumentHelp(said("午餐时段", "lunch"))) var lunch: WindowArgument?
    @Option(help: ArgumentHelp(said("晚餐时段", "dinner"))) var dinner: WindowArgument?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let windows = [(MealPeriod.breakfast, breakfast), (.lunch, lunch), (.dinner, dinner)]
      let canteen = Canteen(
        code: code, name: name, kind: kind, region: Region.Code(region),
        operatorName: operatorName, creditCode: creditCode, seats: seats, openedOn: opened,
        windows: windows.compactMap { period, window in
          window.map { ServiceWindow(period: period, from: $0.from, to: $0.to) }
        })
      try await CanteensCommand.add([canteen], output.format, common)
    }
  }

  /// `10:30-13:00`.
  struct WindowArgument: ExpressibleByArgument {
    var from: TimeOfDay
    var to: TimeOfDay

    init?(argument: String) {
      let parts = argument.normalisedWidth().split { "-–—~".contains($0) }
      guard parts.count == 2, let from = TimeOfDay(String(parts[0])),
        let to = TimeOfDay(String(parts[1])), from < to
      else { return nil }
      self.from = from
      self.to = to
    }
  }

  /// Canteens from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("从表格导入助餐点", "import canteens from a table"))
    }
    @Argument(help: ArgumentHelp(said("CSV 文件", "a CSV file"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try CanteenRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      let canteens = readings.compactMap(\.value).map { row in
        Canteen(
          code: row.code, name: row.name, kind: row.kind, region: row.region,
          operatorName: row.operatorName, creditCode: row.creditCode, seats: row.seats,
          openedOn: row.openedOn ?? Day(number: 0), windows: row.windows)
      }
      try await CanteensCommand.add(canteens, output.format, common)
    }
  }

  /// All canteens.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出助餐点", "list the canteens"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let regions = try await RegionService(workspace.database).tree()
        var listing = Listing([
          ListingColumn("code", "编码", "code"), ListingColumn("name", "名称", "name"),
          ListingColumn("kind", "类型", "kind"), ListingColumn("region", "所在区划", "region"),
          ListingColumn("operator", "运营单位", "operator"),
          ListingColumn("seats", "座位", "seats", number: true),
          ListingColumn("windows", "供餐时段", "served"),
        ])
        for canteen in try await CanteenService(workspace.database).all() {
          listing.append([
            .text(canteen.code), .text(canteen.name),
            .word(canteen.kind),
            .text(regions.names(to: canteen.region).suffix(2).joined()),
            .text(canteen.operatorName), canteen.seats.map(Cell.integer) ?? .none,
            .words(
              canteen.windows.map { window in
                let times = "\(window.from.hourAndMinute)–\(window.to.hourAndMinute)"
                let (period, name) = (window.period.rawValue, window.period.name)
                return (
                  "\(period) \(times)",
                  Sentence(zh: "\(name.zh) \(times)", en: "\(name.en) \(times)")
                )
              }),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  private static func add(
    _ canteens: [Canteen], _ format: OutputFormat, _ common: CommonOptions
  ) async throws {
    try await Workspace.run(common) { workspace in
      let service = CanteenService(workspace.database)
      var added = 0
      for canteen in canteens where try await service.add(canteen) { added += 1 }
      try Outcome.print(
        format,
        said(
          "助餐点：新增 \(added) 个，已有 \(canteens.count - added) 个",
          "canteens: \(added) added, \(canteens.count - added) there already"),
        [
          (ListingColumn("added", "新增", "added"), .integer(added)),
          (ListingColumn("unchanged", "已有", "there"), .integer(canteens.count - added)),
        ])
    }
  }
}
