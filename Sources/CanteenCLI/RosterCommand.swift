import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen roster`: the office's table of persons.
struct RosterCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "roster",
      abstract: said("花名册：导入、导出、变动表", "the roster: bring persons in, hand lists out"),
      subcommands: [Import.self, End.self, Export.self, Changes.self])
  }

  /// Persons from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入花名册（XLSX、CSV）", "import a roster (XLSX, CSV)"),
        discussion: said(
          "表头用中文即可：姓名、性别、身份证号、联系电话、户籍地、居住社区、居民小组、人员类别、类别起始、卡号等。"
            + "有问题的行不导入，并说明是哪一行哪一列；其余各行照常导入。重复导入不会增加。空白单元格不会抹去已有内容。"
            + "--dry-run 只列出将要发生的变化，不写入。",
          "Chinese headers as offices use them. Rows with faults are named and left out, the others are taken. "
            + "Importing again adds nothing; a blank cell takes nothing away. --dry-run only lists what would change."
        ))
    }
    @OptionGroup var proposal: ProposalOptions
    @Option(
      help: ArgumentHelp(
        said("本单位的类别写法表（列：词语、类别）", "the office's own words for categories (columns 词语, 类别)"),
        valueName: "file"))
    var words: String?
    @Option(
      help: ArgumentHelp(
        said(
          "户籍、居住地、居住证的变化从哪一天起（默认今天；always 表示原来就登记错了）",
          "the day from which changes of hukou, residence and permit hold (default today; always: what "
            + "was registered was wrong)"),
        valueName: "day"))
    var changesFrom: RosterImport.HomeChanges?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let tables = try proposal.source.tables(RosterRow.columns)
      for table in tables where Self.isOfLeavers(table) { throw RosterRefusal.leavers(table.title) }
      let words = try words.map { try CategoryWords(contentsOf: $0) } ?? .standard
      let today = CanteenCalendar.shanghai.day(of: Places(common).now)
      try await Workspace.run(common) { workspace in
        let importer = try await RosterImport(workspace.database, vault: workspace.vault())
        var (whole, rows, refused) = (RosterImport.Outcome(), 0, 0)
        var remarks: [[String: Any]] = []
        var seen = RosterRow.Seen()
        for table in tables {
          let readings = RosterRow.read(table, asOf: today, words: words, &seen)
          let progress = ProgressLine("登记", "registering")
          let outcome = try await importer.run(
            readings, fileName: table.fileName, by: workspace.attribution,
            homeChanges: changesFrom, mode: proposal.mode
          ) { progress.report($0.done, of: $0.total) }
          RowReport.warn(outcome.warnings + outcome.duplicates)
          if !proposal.dryRun { Self.sayRenamed(outcome) }
          refused += try proposal.source.say(
            outcome.refused, of: table, at: workspace.attribution.at)
          remarks += RowReport.objects(outcome.refused, .refused, of: table)
          remarks += RowReport.objects(outcome.duplicates, .duplicate, of: table)
          remarks += RowReport.objects(outcome.warnings, .warning, of: table)
          whole.add(outcome)
          rows += readings.count
        }
        try report(whole, rows: rows, refused: refused, remarks)
        try proposal.end(refused: refused)
      }
    }

    /// A list of who died or left, by its title: read as a roster it would bring them back. What stands in
    /// brackets or behind a colon is a note on how to fill in a roster, and so is a column of statuses.
    private static func isOfLeavers(_ table: Table) -> Bool {
      let title = table.title.normalisedWidth().prefix { !"(:;。".contains($0) }
      let leaving = ["死亡", "去世", "身故", "退出", "迁出", "取消资格", "拟取消", "注销", "停发"]
      return leaving.contains { title.contains($0) }
        && ["名单", "人员", "对象", "名册"].contains { title.contains($0) }
        && !["花名册", "登记表", "变动", "说明"].contains { title.contains($0) }
        && !table.mapping.taken.contains { $0.column == "状态" }
    }

    /// Whose number came under another name: the register follows the table, and says so.
    private static func sayRenamed(_ outcome: RosterImport.Outcome) {
      for change in outcome.changes {
        for field in change.fields where field.name.zh == "姓名" {
          Failure.say(
            Sentence(
              zh: "提醒：第 \(change.line) 行的证件号登记的是 \(field.old)，姓名已改为 \(field.new)，请核对是不是同一人",
              en:
                "note: the number in line \(change.line) was registered for \(field.old); the name is now "
                + "\(field.new): see that they are one person"))
        }
      }
    }

    private func report(
      _ outcome: RosterImport.Outcome, rows: Int, refused: Int, _ remarks: [[String: Any]]
    ) throws {
      var listing = Listing([
        ListingColumn("rows", "行数", "rows"), ListingColumn("added", "新增", "added"),
        ListingColumn("changed", "更新", "changed"),
        ListingColumn("unchanged", "未变", "unchanged"),
        ListingColumn("duplicates", "表内重复", "duplicates in the file"),
        ListingColumn("warnings", "提醒", "warnings"),
        ListingColumn("twins", "疑似重复登记", "perhaps registered twice"),
        ListingColumn("refused", "未导入", "refused"),
      ])
      listing.append(
        [
          rows, outcome.added, outcome.changed, outcome.unchanged, outcome.duplicates.count,
          outcome.warnings.count, outcome.twins.count, refused,
        ].map(Cell.integer))
      switch output.format {
      case .text: break
      case .json:
        return try RowReport.print(
          listing, .json, remarks: remarks, and: ["changes": RosterCommand.changes(outcome).objects]
        )
      // A proposal is its list of changes; what was done is counted.
      case .csv:
        return try proposal.dryRun
          ? RosterCommand.changes(outcome).print(.csv) : listing.printSummary(.csv)
      }
      if proposal.dryRun || !outcome.twins.isEmpty {
        try RosterCommand.changes(outcome).print(.text)
      }
      try listing.printSummary(.text)
      if proposal.dryRun {
        ProposalOptions.sayNothingWritten()
      } else if rows == 0 {
        print(said("表中没有名册的行", "the table has no rows"))
      } else if outcome.added + outcome.changed == 0, refused == 0 {
        print(said("全部行此前已导入，登记册没有变化", "every row was imported before; nothing changed"))
      }
    }
  }

  /// Row by row what changes, field by field, and who may be registered already.
  static func changes(_ outcome: RosterImport.Outcome) -> Listing {
    var listing = Listing([
      ListingColumn("line", "行", "line", number: true), ListingColumn("name", "姓名", "name"),
      ListingColumn("kind", "变化", "change"), ListingColumn("field", "项目", "field"),
      ListingColumn("old", "原来", "old"), ListingColumn("new", "现在", "new"),
    ])
    for change in outcome.changes {
      let head: [Cell] = [
        .integer(change.line), .text(change.name), .word(change.kind),
      ]
      if change.fields.isEmpty { listing.append(head + [.none, .none, .none]) }
      for field in change.fields {
        listing.append(
          head + [.text(field.name.text(in: .current)), .text(field.old), .text(field.new)])
      }
    }
    for twin in outcome.twins {
      let other =
        twin.other.map { "#\($0)" }
        ?? said("第 \(twin.otherLine ?? 0) 行", "line \(twin.otherLine ?? 0)")
      listing.append([
        .integer(twin.line), .text(twin.name),
        .word("twin", Sentence(zh: "疑似重复登记", en: "perhaps registered twice")),
        .text(twin.reason.name.text(in: .current)), .text("\(other) \(twin.otherName)"), .none,
      ])
    }
    return listing
  }
}

/// Why a table is not taken for a roster.
enum RosterRefusal: Refusal, Hashable {
  /// By its title it lists who died or left.
  case leavers(String)

  var kind: RefusalKind { .invalid }

  var sentence: Sentence {
    switch self {
    case .leavers(let title):
      Sentence(
        zh: "标题“\(title)”是身故、退出或迁出的名单，不是花名册；请用 canteen roster end 导入",
        en: "“\(title)” lists who died or left and is no roster; take it in by canteen roster end")
    }
  }
}
