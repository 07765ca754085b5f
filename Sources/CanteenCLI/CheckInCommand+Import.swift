import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

extension CheckInCommand {
  /// A list of sign-ins.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入签到表（XLSX、CSV）", "import a list of sign-ins (XLSX, CSV)"),
        discussion: said(
          "表头：流水号、日期、时间、餐次、卡号、助餐点、用餐方式、餐费、支付方式、核验方式。流水号可以没有；"
            + "没有助餐点一列的，由标题或 --canteen 写明。没有卡的人，卡号一栏写登记号，如 #12。中途停止后再次运行会接着导入，不会重复计数。",
          "A list may have no serial numbers; without a column of canteens its title or --canteen says "
            + "which. Without a card write the register number, such as #12. Interrupted, it goes on where it "
            + "stopped; nothing is counted twice."))
    }
    @OptionGroup var source: TableOptions
    @Flag(
      help: ArgumentHelp(
        said(
          "补录：停电时手写的签到单；不能入账的留待处理",
          "a list written by hand in a power cut; what cannot be taken is kept")))
    var lateEntry = false
    @Option(
      help: ArgumentHelp(
        said("没有写助餐点的行记在这里（编码或名称）", "where rows are that name no canteen (code or name)")))
    var canteen: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let tables = try source.tables(SignInRow.columns)
      try await Workspace.run(common) { workspace in
        let importer = CheckInImport(
          try await CheckInService(workspace.database, vault: workspace.vault()))
        var lists: [(table: Table, readings: [RowReading<SignInRow>])] = []
        for table in tables {
          let place = try await importer.canteen(of: table, given: canteen)
          if let place, canteen == nil { Self.sayPlace(place, table) }
          let readings = SignInRow.read(table, asOf: workspace.today, canteen: place)
          lists.append((table, readings))
        }
        var (outcome, rows, refused) = (CheckInImport.Outcome(), 0, 0)
        var remarks: [[String: Any]] = []
        for (table, readings) in lists {
          let progress = ProgressLine("导入签到", "importing sign-ins")
          let one = try await importer.run(
            readings, fileName: table.fileName, entry: lateEntry ? .late : .counter,
            by: workspace.attribution
          ) { progress.report($0.done, of: $0.total) }
          // Neither is to be mended and brought again.
          RowReport.say(one.duplicates + one.kept)
          refused += try source.say(one.refused, of: table, at: workspace.attribution.at)
          refused += one.duplicates.count + one.kept.count
          remarks += RowReport.objects(one.refused, .refused, of: table)
          remarks += RowReport.objects(one.duplicates, .duplicate, of: table)
          remarks += RowReport.objects(one.kept, .kept, of: table)
          outcome.add(one)
          rows += readings.count
        }
        var listing = Listing([
          ListingColumn("rows", "行数", "rows"), ListingColumn("added", "新增", "added"),
          ListingColumn("known", "此前已导入", "imported before"),
          ListingColumn("refused", "未导入", "refused"),
          ListingColumn("duplicates", "其中表内重复", "of it duplicates in the file"),
          ListingColumn("kept", "其中留待处理", "of it kept for a decision"),
          ListingColumn("list_fen", "新增餐费", "list price of the new"),
          ListingColumn("diners_fen", "其中个人自付", "of it paid by diners"),
        ])
        listing.append([
          .integer(rows), .integer(outcome.added), .integer(outcome.known),
          .integer(refused), .integer(outcome.duplicates.count), .integer(outcome.kept.count),
          .money(outcome.list), .money(outcome.dinersPay),
        ])
        try RowReport.print(listing, output.format, remarks: remarks)
        if rows == 0, output.format == .text {
          print(said("表中没有签到的行", "the table has no rows"))
        } else if outcome.added == 0, refused == 0, output.format == .text {
          print(said("全部签到此前已导入，没有新增", "every sign-in was imported before; nothing was added"))
        }
        if refused > 0 {
          throw RowReport.RowsRefused(count: refused, others: .taken)
        }
      }
    }

    private static func sayPlace(_ place: Canteen.Code, _ table: Table) {
      Failure.say(
        Sentence(
          zh: "\(table.fileName) 的标题“\(table.title)”：各行记在助餐点 \(place)",
          en: "the title of \(table.fileName), “\(table.title)”: its rows are of \(place)"))
    }
  }
}
