import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenVault
import Foundation

extension RosterCommand {
  /// 花名册 as a file.
  struct Export: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "导出花名册（XLSX、CSV），号码默认脱敏", "hand the roster out (XLSX, CSV), numbers masked"),
        discussion: said(
          "脱敏的花名册只有号码末两位和年龄，没有出生日期。完整号码须加 --full-numbers 和 --reason，由有权限的人（canteen right grant）导出，并留下记录；这样的花名册可用 roster import 原样导回。",
          "Masked: two characters of a number, an age, no birth date. --full-numbers needs a right (canteen right grant) and a reason, and is recorded; such a roster can be imported again as it is."
        ))
    }
    @Argument(help: ArgumentHelp(said("写到哪个文件（.xlsx 或 .csv）", "the file to write (.xlsx, .csv)")))
    var file: String
    @Flag(help: ArgumentHelp(said("完整号码", "full numbers"))) var fullNumbers = false
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let export = try await RosterExport(workspace.database, vault: workspace.vault())
        if fullNumbers {
          try await export.checkMayExport(workspace.attribution, reason: reason)
        }
        let persons = try await export.roster(on: workspace.today, full: fullNumbers)
        let table = RosterExport.sheet(persons, on: workspace.today)
        try await RosterCommand.handOut(table, to: file, at: workspace.attribution.at) { seal in
          try await export.record(
            "roster", persons: persons.count, full: fullNumbers, reason: reason, sha256: seal,
            by: workspace.attribution)
        }
        try Outcome.print(
          output.format,
          said("已导出 \(persons.count) 人：\(file)", "\(persons.count) persons: \(file)"),
          [
            (ListingColumn("persons", "人数", "persons"), .integer(persons.count)),
            (ListingColumn("file", "文件", "file"), .text(file)),
            (ListingColumn("full_numbers", "完整号码", "full numbers"), .boolean(fullNumbers)),
          ])
      }
    }
  }

  /// 变动表.
  struct Changes: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("变动表：一段时间内登记的变化", "what was recorded in the register between two days"))
    }
    @Option(help: .day("起始日期（登记日）", "first day of recording")) var from: Day
    @Option(name: .to, help: .day("截止日期，默认今天", "last day; today")) var to: Day?
    @Option(help: ArgumentHelp(said("另存为文件（.xlsx 或 .csv）", "write a file (.xlsx, .csv)"))) var file:
      String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let export = try await RosterExport(workspace.database, vault: workspace.vault())
        let changes = try await export.changes(
          from: from, to: to ?? workspace.today, calendar: workspace.calendar)
        var listing = Listing([
          ListingColumn("kind", "变动", "change"), ListingColumn("id", "登记号", "no."),
          ListingColumn("name", "姓名", "name"), ListingColumn("id_number", "证件号", "ID number"),
          ListingColumn("detail", "内容", "detail"),
          ListingColumn("effective", "生效日期", "effective"),
          ListingColumn("recorded_on", "登记日期", "recorded"),
          ListingColumn("recorded_by", "登记人", "by"),
        ])
        for change in changes {
          listing.append([
            .word(change.kind), .text("#\(change.diner)"),
            .text(change.name), .text(change.idNumber),
            .word(change.detailCode, change.detail),
            change.effective.map { .text($0.description) } ?? .none,
            .text(workspace.calendar.day(of: change.recordedAt).description),
            .text(change.recordedBy),
          ])
        }
        guard let file else { return try listing.print(output.format) }
        let table = TableFile(
          sheet: "变动表", title: "变动表 \(from)至\(to ?? workspace.today)",
          header: listing.columns.map(\.title), rows: listing.rows.map { $0.map(\.csv) })
        try await RosterCommand.handOut(table, to: file, at: workspace.attribution.at) { seal in
          try await export.record(
            "changes", persons: Set(changes.map(\.diner)).count, full: false, reason: "",
            sha256: seal, by: workspace.attribution)
        }
        print(said("已导出 \(changes.count) 条变动：\(file)", "\(changes.count) changes: \(file)"))
      }
    }
  }

  /// Records that a file leaves the office, then puts it in place: nothing leaves unrecorded.
  static func handOut(
    _ table: TableFile, to path: String, at now: Instant, record: (Seal) async throws -> Void
  ) async throws {
    try TableFile.checkPlace(path)
    let held = "\(path).held\(TableFile.isWorkbook(path) ? ".xlsx" : "")"
    let bytes = try table.write(to: held, createdAt: now)
    do {
      try await record(Seal.of(bytes))
    } catch {
      try? FileManager.default.removeItem(atPath: held)
      throw error
    }
    guard rename(held, path) == 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
    }
  }
}
