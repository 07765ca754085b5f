import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen count`: what the till, the kitchen, couriers and counters at the gate counted.
struct CountCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "count",
      abstract: said("清点：收银、份数、送餐回执、闸机", "counts by till, kitchen, couriers and gate"),
      subcommands: [Import.self, Eligible.self])
  }

  /// Counts from tables.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("从表格导入清点数", "import counts from tables"),
        discussion: said(
          "列：助餐点、日期、来源、餐次或支付方式、数量。来源：收银（金额，元）、闸机、送餐回执、制作、上餐结转、结转、废弃（份数）。更正后再导入即可，旧数保留。",
          """
          Columns: canteen, date, source, key (a means of payment for the till, else a meal), amount. \
          Sources: till (yuan), gate, delivered, produced, carried_in, carried_over, wasted. \
          Import a corrected table again; the old count stays in the books.
          """))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "CSV or XLSX files"))) var files: [String]
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let today = CanteenCalendar.shanghai.day(of: Places(common).now)
      let readings = try files.flatMap { try CountRow.read(contentsOf: $0, asOf: today) }
      try RowReport.refuseAny(readings)
      let counts = readings.compactMap(\.value?.count)
      try await Workspace.run(common) { workspace in
        let new = try await IndependentCountService(workspace.database)
          .add(counts, by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "清点：\(counts.count) 行，新增或更正 \(new) 行",
            "counts: \(counts.count) rows, \(new) new or corrected"),
          [
            (ListingColumn("rows", "行数", "rows"), .integer(counts.count)),
            (ListingColumn("new", "新增或更正", "new or corrected"), .integer(new)),
          ])
      }
    }
  }
}
