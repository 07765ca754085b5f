import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen roster`: the office's table of persons.
struct RosterCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "roster", abstract: said("花名册：导入登记对象", "the roster: bring persons in"),
      subcommands: [Import.self])
  }

  /// Persons from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入花名册（CSV）", "import a roster (CSV)"),
        discussion: said(
          "表头用中文即可：姓名、性别、身份证号、联系电话、户籍地、居住社区、居民小组、人员类别、类别起始、卡号等。"
            + "有问题的行不导入，并说明是哪一行哪一列；其余各行照常导入。重复导入不会增加。",
          "Chinese headers as offices use them. Rows with faults are named and left out, the others are taken. "
            + "Importing again adds nothing."))
    }
    @Argument(help: ArgumentHelp(said("CSV 文件", "a CSV file"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try RosterRow.read(
        contentsOf: file, asOf: CanteenCalendar.shanghai.day(of: Places(common).now))
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("登记", "registering")
        let outcome = try await RosterImport(workspace.database, vault: workspace.vault()).run(
          readings, fileName: RowReport.fileName(file), by: workspace.attribution
        ) { progress.report($0.done, of: $0.total) }
        RowReport.warn(outcome.warnings + outcome.duplicates)
        RowReport.say(outcome.refused)
        var listing = Listing([
          ListingColumn("rows", "行数", "rows"), ListingColumn("added", "新增", "added"),
          ListingColumn("changed", "更新", "changed"),
          ListingColumn("unchanged", "未变", "unchanged"),
          ListingColumn("duplicates", "表内重复", "duplicates in the file"),
          ListingColumn("warnings", "提醒", "warnings"),
          ListingColumn("refused", "未导入", "refused"),
        ])
        let refused = Set(outcome.refused.map(\.address.line)).count
        listing.append(
          [
            readings.count, outcome.added, outcome.changed, outcome.unchanged,
            outcome.duplicates.count, outcome.warnings.count, refused,
          ].map(Cell.integer))
        try listing.printSummary(output.format)
        if outcome.added + outcome.changed == 0, refused == 0, output.format == .text {
          print(said("全部行此前已导入，登记册没有变化", "every row was imported before; nothing changed"))
        }
        if refused > 0 { throw RowReport.RowsRefused(count: refused) }
      }
    }
  }
}
