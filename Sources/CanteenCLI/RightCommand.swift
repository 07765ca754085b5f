import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen right`: who may do what only few may.
struct RightCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "right", abstract: said("权限：授予、收回、查看", "rights: grant, revoke, list"),
      subcommands: [Grant.self, Revoke.self, List.self])
  }

  /// Whose right, and which.
  struct Which: ParsableArguments {
    @Argument(help: ArgumentHelp(said("工作人员姓名（即 --by）", "whose, as --by has it")))
    var staff: String
    @Argument(help: ArgumentHelp(said("权限", "right"))) var right: StaffRight
    @OptionGroup var common: CommonOptions

    func set(granted: Bool) async throws {
      try await Workspace.run(common) { workspace in
        let changed = try await RightService(workspace.database).set(
          right, of: staff, granted: granted, by: workspace.attribution)
        print(changed ? said("已更新", "done") : said("没有变化", "nothing changed"))
      }
    }
  }

  /// Grants.
  struct Grant: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("授予权限", "grant a right"))
    }
    @OptionGroup var which: Which
    func run() async throws { try await which.set(granted: true) }
  }

  /// Takes back.
  struct Revoke: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("收回权限", "take a right back"))
    }
    @OptionGroup var which: Which
    func run() async throws { try await which.set(granted: false) }
  }

  /// Every grant and withdrawal.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("权限的授予和收回记录", "every grant and withdrawal"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("staff", "姓名", "staff"), ListingColumn("right", "权限", "right"),
          ListingColumn("granted", "授予", "granted"), ListingColumn("on", "日期", "on"),
          ListingColumn("by", "经办", "by"),
        ])
        for one in try await RightService(workspace.database).list() {
          listing.append([
            .text(one.staff), .word(one.right), .boolean(one.isGranted),
            .text(workspace.calendar.day(of: one.recordedAt).description),
            .text(one.recordedBy),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}

extension StaffRight: NamedCode {}
