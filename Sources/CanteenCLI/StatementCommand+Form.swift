import ArgumentParser
import CanteenDomain
import CanteenForms
import CanteenServices
import Foundation

extension StatementCommand {
  /// `canteen statement form`: 表样.
  struct Form: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("表样：栏目、标题和脱敏口径", "forms: columns, titles and masking"),
        subcommands: [Add.self, Check.self, List.self, Show.self])
    }
  }
}

extension StatementCommand.Form {
  /// Adds a form.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("启用表样：以后结算的结算单都用它；已结的不变", "add a form; statements use it from now on"))
    }
    @Argument(help: ArgumentHelp(said("表样文件（YAML）", "the form's file (YAML)"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let document = try String(contentsOfFile: file, encoding: .utf8)
      try await Workspace.run(common) { workspace in
        let form = try await StatementFormService(workspace.database)
          .add(document, file: (file as NSString).lastPathComponent, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已启用表样 \(form.id)", "the form \(form.id) is used from now on"),
          [
            (ListingColumn("form", "表样", "form"), .text(form.id)),
            (ListingColumn("columns", "明细表栏数", "columns"), .integer(form.details.columns.count)),
          ])
      }
    }
  }

  /// Reads a form without adding it.
  struct Check: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("检查表样文件，不启用", "check a form's file without adding it"))
    }
    @Argument(help: ArgumentHelp(said("表样文件（YAML）", "the form's file (YAML)"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() throws {
      let document = try String(contentsOfFile: file, encoding: .utf8)
      let form = try StatementForm(
        document: document, file: (file as NSString).lastPathComponent)
      let count = form.details.columns.count
      try Outcome.print(
        output.format, said("表样 \(form.id) 可以启用：明细表 \(count) 栏", "the form \(form.id) is sound"),
        [
          (ListingColumn("form", "表样", "form"), .text(form.id)),
          (ListingColumn("columns", "明细表栏数", "columns"), .integer(form.details.columns.count)),
        ])
    }
  }

  /// All forms.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出表样", "list the forms"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("form", "表样", "form"), ListingColumn("used", "现用", "used"),
          ListingColumn("masking", "默认口径", "masking"),
          ListingColumn("maskings", "口径", "maskings"),
          ListingColumn("added_by", "启用人", "added by"),
          ListingColumn("added_on", "启用日期", "added on"),
        ])
        for listed in try await StatementFormService(workspace.database).all() {
          listing.append([
            .text(listed.form.id), .boolean(listed.isUsed), .text(listed.form.masking),
            .list(listed.form.profiles.keys.sorted()),
            listed.recorded.map { .text($0.by) } ?? .none,
            listed.recorded.map { .text(workspace.calendar.day(of: $0.at).description) } ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// A form's document.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看表样原文，可据此另写一份", "show a form's text, to write another"))
    }
    @Argument(help: ArgumentHelp(said("表样名称和版本，如 standard 1", "name and version"))) var form:
      [String]
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        print(
          try await StatementFormService(workspace.database)
            .document(form.joined(separator: " ")), terminator: "")
      }
    }
  }
}
