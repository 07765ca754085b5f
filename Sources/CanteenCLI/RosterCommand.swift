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
    @Argument(help: ArgumentHelp(said("表格文件", "a table file"))) var file: String
    @Flag(help: ArgumentHelp(said("只看会有什么变化，不写入", "only say what would change")))
    var dryRun = false
    @Option(
      help: ArgumentHelp(
        said(
          "把未导入的行写成同样格式的文件（.xlsx 或 .csv），末列为原因",
          "write the rows that were not taken, with the reason, to this file (.xlsx, .csv)"),
        valueName: "file"))
    var rejected: String?
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
      let table = try Table(contentsOf: file, columns: RosterRow.columns)
      RosterCommand.say(table)
      let readings = RosterRow.read(
        table, asOf: CanteenCalendar.shanghai.day(of: Places(common).now),
        words: try words.map { try CategoryWords(contentsOf: $0) } ?? .standard)
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("登记", "registering")
        let outcome = try await RosterImport(workspace.database, vault: workspace.vault()).run(
          readings, fileName: RowReport.fileName(file), by: workspace.attribution,
          homeChanges: changesFrom, mode: dryRun ? .propose : .apply
        ) { progress.report($0.done, of: $0.total) }
        RowReport.warn(outcome.warnings + outcome.duplicates)
        RowReport.say(outcome.refused)
        let refused = Set(outcome.refused.map(\.address.line)).count
        if let rejected {
          try RosterCommand.write(
            outcome.refused, of: table, to: rejected, at: workspace.attribution.at)
        }
        try report(outcome, rows: readings.count, refused: refused)
        if refused > 0 {
          throw RowReport.RowsRefused(count: refused, othersWereTaken: !dryRun)
        }
      }
    }

    private func report(
      _ outcome: RosterImport.Outcome, rows: Int, refused: Int
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
      guard output.format == .text else {
        // A proposal is its list of changes; what was done is counted.
        if dryRun {
          try RosterCommand.proposal(outcome).print(output.format)
        } else {
          try listing.printSummary(output.format)
        }
        return
      }
      if dryRun || !outcome.twins.isEmpty { try RosterCommand.proposal(outcome).print(.text) }
      try listing.printSummary(.text)
      if dryRun {
        print(said("以上只是预览，没有写入", "a preview only: nothing was written"))
      } else if outcome.added + outcome.changed == 0, refused == 0 {
        print(said("全部行此前已导入，登记册没有变化", "every row was imported before; nothing changed"))
      }
    }
  }

  /// Says on standard error which columns were taken for what, what was not understood, and which
  /// lines are no rows.
  static func say(_ table: Table) {
    let taken = table.mapping.taken.map { "\($0.column)＝\($0.place.header)" }
      .joined(separator: "、")
    let sheet = table.sheet.map { "（\($0)）" } ?? ""
    Failure.say(
      Sentence(
        zh: "\(table.fileName)\(sheet) 第 \(table.headerLine) 行为表头；按下列对应读取：\(taken)",
        en: "\(table.fileName)\(sheet): header in line \(table.headerLine); taken as: \(taken)"))
    for sentence in table.remarks + table.mapping.warnings {
      Failure.say(Sentence(zh: "提醒：\(sentence.zh)", en: "note: \(sentence.en)"))
    }
  }

  /// Writes the rows that were not taken in the shape of their table.
  static func write(
    _ refused: [RowFault], of table: Table, to path: String, at now: Instant
  ) throws {
    let reasons = Dictionary(grouping: refused, by: \.address.line)
      .mapValues { $0.map(\.cellSentence) }
    let rows = RejectedRows(table, reasons: reasons, language: .current)
    try rows.file.write(to: path, createdAt: now)
    Failure.say(
      Sentence(
        zh: "未导入的 \(rows.rows.count) 行已写到 \(path)",
        en: "\(rows.rows.count) rows that were not taken are in \(path)"))
  }

  /// Row by row what changes, field by field, and who may be registered already.
  static func proposal(_ outcome: RosterImport.Outcome) -> Listing {
    var listing = Listing([
      ListingColumn("line", "行", "line", number: true), ListingColumn("name", "姓名", "name"),
      ListingColumn("kind", "变化", "change"), ListingColumn("field", "项目", "field"),
      ListingColumn("old", "原来", "old"), ListingColumn("new", "现在", "new"),
    ])
    for change in outcome.changes {
      let head: [Cell] = [
        .integer(change.line), .text(change.name), .text(change.kind.name.text(in: .current)),
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
        .integer(twin.line), .text(twin.name), .text(said("疑似重复登记", "perhaps registered twice")),
        .text(twin.reason.name.text(in: .current)), .text("\(other) \(twin.otherName)"), .none,
      ])
    }
    return listing
  }
}
