import ArgumentParser
import CanteenCards
import CanteenDomain
import CanteenFiles
import CanteenServices

extension MenuCommand {
  /// The menu for the door.
  struct Poster: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "打印大字食谱（A4 每天一张，A3 一周一张）", "the menu in large print: A4 a day, A3 a week"),
        discussion: said(
          "生成 HTML，用浏览器打印或另存为 PDF。", "Writes HTML, for any browser to print or save as PDF."))
    }
    @OptionGroup var published: PublishedOptions
    @Option(help: ArgumentHelp(said("纸张", "paper"))) var size: MenuPoster.Size = .a4
    @Option(help: ArgumentHelp(said("写到哪个文件", "the file to write"))) var to: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let (canteen, menus, days) = try await published.read(workspace)
        let poster = MenuPoster(menus, days: days, canteen: canteen, size: size)
        try TableFile.replace(to) { _ in Array(poster.html.utf8) }
        try Outcome.print(
          output.format,
          said("已生成 \(poster.dayCount) 天的食谱：\(to)", "\(poster.dayCount) days: \(to)"),
          [
            (ListingColumn("days", "天数", "days"), .integer(poster.dayCount)),
            (ListingColumn("file", "文件", "file"), .text(to)),
          ])
      }
    }
  }

  /// The menu for readers of feeds.
  struct Feed: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导出 OpenMensa v2 格式的食谱", "the menu as an OpenMensa v2 feed"))
    }
    @OptionGroup var published: PublishedOptions
    @Option(help: ArgumentHelp(said("写到哪个文件；不给则输出", "the file to write; else printed")))
    var to: String?
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let (canteen, menus, days) = try await published.read(workspace)
        let feed = OpenMensaFeed(menus, days: days, canteen: canteen).xml
        guard let to else { return Swift.print(feed, terminator: "") }
        try TableFile.replace(to) { _ in Array(feed.utf8) }
        Swift.print(said("已生成：\(to)", "written: \(to)"))
      }
    }
  }
}

/// Which published days of which canteen.
struct PublishedOptions: ParsableArguments {
  @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
  @Option(help: .day("起始日期，默认今天", "first day; today")) var from: Day?
  @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 7

  func validate() throws {
    guard (1...31).contains(days) else {
      throw ValidationError(said("--days 应为 1 到 31", "--days is 1 to 31"))
    }
  }

  func read(
    _ workspace: Workspace
  ) async throws -> (canteen: Canteen, menus: [Menu], days: [CanteenDay]) {
    let place = try await CanteenService(workspace.database).canteen(canteen)
    let first = from ?? workspace.today
    let week = try await MenuService(workspace.database)
      .week(canteen, from: first, to: first + days - 1)
    return (place, week.menus, week.days)
  }
}

extension MenuPoster.Size: ExpressibleByArgument {}
extension CanteenDay.Kind: NamedCode {}
