import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen terminal`: the devices at counters.
struct TerminalCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "terminal",
      abstract: said("终端：登记、查看、收回", "terminals: enrol, list, revoke"),
      subcommands: [Enrol.self, List.self, Revoke.self])
  }

  /// A code for one device.
  struct Enrol: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "生成登记码：在设备上打开 /counter 填入，24 小时内一次有效",
          "make a code to type at /counter on the device, good once within 24 hours"))
    }
    @Argument(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Argument(help: ArgumentHelp(said("窗口名，如 一号窗", "name of the counter"))) var name: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let made = try await TerminalService(workspace.database).make(
          name, in: canteen, by: workspace.attribution)
        var listing = Listing([
          ListingColumn("code", "登记码", "code"), ListingColumn("terminal", "终端", "terminal"),
          ListingColumn("name", "窗口", "name"), ListingColumn("canteen", "助餐点", "canteen"),
        ])
        listing.append([
          .text(made.code), .text(made.terminal.id), .text(made.terminal.name), .text(canteen),
        ])
        try listing.printSummary(output.format)
      }
    }
  }

  /// Every device.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出终端", "list the terminals"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("terminal", "终端", "terminal"), ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("name", "窗口", "name"), ListingColumn("enrolled", "登记于", "enrolled"),
          ListingColumn("revoked", "收回于", "revoked"),
        ])
        let calendar = workspace.calendar
        for one in try await TerminalService(workspace.database).list() {
          listing.append([
            .text(one.terminal.id), .text(one.terminal.canteen), .text(one.terminal.name),
            one.enrolledAt.map { .text(calendar.day(of: $0).description) } ?? .none,
            one.revokedAt.map { .text(calendar.day(of: $0).description) } ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// The device is none of ours any more.
  struct Revoke: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("收回终端（丢失、换机）", "revoke a terminal that was lost or replaced"))
    }
    @Argument(help: ArgumentHelp(said("终端（terminal list）", "terminal, as listed"))) var terminal:
      String
    @Option(help: ArgumentHelp(said("原因", "reason"))) var reason: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try await TerminalService(workspace.database).revoke(
          terminal, reason: reason, by: workspace.attribution)
        print(said("已收回", "revoked"))
      }
    }
  }
}
