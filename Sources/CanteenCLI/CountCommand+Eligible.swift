import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen count eligible`: for how many persons a canteen may claim.
extension CountCommand {
  struct Eligible: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "可申报人数：导入，或不给文件时列出", "eligible persons: import them, or list them without a file"),
        discussion: said(
          "列：助餐点、补贴类别（空为全部在册）、起始日期、人数。R08 按类别和出勤系数、R09 按全部在册人数核对。更正后再导入即可，旧数保留。",
          """
          Columns: canteen, tier (blank: all who are enrolled), from, persons. R08 compares each tier by \
          the attendance factor, R09 all who are enrolled. Import a corrected table again; the old \
          number stays in the books.
          """))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "CSV or XLSX files"))) var files: [String] =
      []
    @Option(help: ArgumentHelp(said("只列这个助餐点；默认全部", "list only this canteen; all"))) var canteen:
      String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard files.isEmpty || canteen == nil else {
        throw ValidationError(
          said("--canteen 只用于列出", "--canteen is for the list only"))
      }
    }

    func run() async throws {
      let readings = try files.flatMap { try EligibleCountRow.read(contentsOf: $0) }
      try RowReport.refuseAny(readings)
      let counts = readings.compactMap(\.value?.count)
      try await Workspace.run(common) { workspace in
        let service = EligibleCountService(workspace.database)
        guard files.isEmpty else {
          let new = try await service.add(counts, by: workspace.attribution)
          var outcome = Listing([
            ListingColumn("rows", "行数", "rows", number: true),
            ListingColumn("new", "新增或更正", "new or corrected", number: true),
          ])
          outcome.append([.integer(counts.count), .integer(new)])
          return try outcome.print(output.format)
        }
        if let canteen { _ = try await CanteenService(workspace.database).canteen(canteen) }
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("tier", "补贴类别", "tier"),
          ListingColumn("from", "起始日期", "from"),
          ListingColumn("persons", "人数", "persons", number: true),
        ])
        for count in try await service.all(of: canteen) {
          listing.append([
            .text(count.canteen), .text(count.tier), .text(count.from.description),
            .integer(count.persons),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
