import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen calendar`: legal holidays and make-up workdays.
struct CalendarCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "calendar",
      abstract: said("节假日安排：导入、列出（法定节假日和调休上班日）", "holidays and make-up workdays: import, list"),
      subcommands: [Import.self, List.self])
  }

  /// Days from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "从表格导入一年的安排（日期、至、类型、名称）", "import a year's notice from a table"),
        discussion: said(
          "类型写“节假日”“调休上班”或“平常”（撤销此前录入）。录入以前的日期后，用 canteen policy reprice 看是否有餐次应调整。",
          """
          Kinds: holiday, workday (a weekend day that is worked), ordinary (takes an entry back). \
          After entering past days, see with canteen policy reprice whether meals change.
          """))
    }
    @Argument(help: ArgumentHelp(said("CSV 文件", "a CSV file"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try CalendarRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      let days = readings.compactMap(\.value).flatMap(\.days)
      try await Workspace.run(common) { workspace in
        let outcome = try await CalendarService(workspace.database)
          .add(days, today: workspace.today, by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "日历：新增 \(outcome.added) 天，更改 \(outcome.changed) 天，已有 \(outcome.unchanged) 天",
            "calendar: \(outcome.added) days added, \(outcome.changed) changed, "
              + "\(outcome.unchanged) there already"),
          [
            (ListingColumn("added", "新增", "added"), .integer(outcome.added)),
            (ListingColumn("changed", "更改", "changed"), .integer(outcome.changed)),
            (ListingColumn("unchanged", "已有", "there"), .integer(outcome.unchanged)),
            (ListingColumn("past", "其中已过去", "of them past"), .integer(outcome.past)),
          ])
        if outcome.past > 0, output.format == .text {
          print(
            said(
              "其中 \(outcome.past) 天已经过去：已计价的餐次不变，可用 canteen policy reprice 调整",
              "\(outcome.past) of them have passed: meals keep their price; see canteen policy reprice"
            ))
        }
      }
    }
  }

  /// The days that were entered.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出已录入的日期", "list the days that were entered"))
    }
    @Option(help: ArgumentHelp(said("只看这一年", "only this year"))) var year: Int?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("kind", "类型", "kind"),
          ListingColumn("name", "名称", "name"),
        ])
        for entry in try await CalendarService(workspace.database).all()
        where year == nil || entry.day.year == year {
          listing.append([
            .text(entry.day.description),
            .word(entry.kind), .text(entry.name),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
