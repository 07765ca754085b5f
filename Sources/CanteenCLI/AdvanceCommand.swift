import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen advance`: 预拨.
struct AdvanceCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "advance",
      abstract: said("预拨：收到、退回、更正、余额", "money ahead of statements: receive, return, correct"),
      discussion: said(
        "抵付结算单：canteen statement pay 结算单号 … --from-advance。",
        "A statement is paid out of it by canteen statement pay NUMBER … --from-advance."),
      subcommands: [Receive.self, Return.self, List.self, Held.self, Correct.self])
  }

  /// Whose money it is and where it stands.
  struct MoneyOptions: ParsableArguments {
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("资金来源，如 street、街道", "funding source, e.g. street")))
    var source: String
    // A sign in front is an amount to be refused in a sentence, and no option.
    @Option(parsing: .unconditional, help: .yuan("金额（元）", "yuan")) var amount: Fen
    @Option(name: .day, help: .day("到账或退回日期，默认今天", "day it came or went back; today"))
    var day: Day?
    @Option(help: ArgumentHelp(said("凭证号", "voucher"))) var voucher: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    /// - Parameter reason: why it goes back to the source; nil for money that came.
    func enter(backFor reason: String? = nil) async throws {
      guard amount > 0 else { throw StatementLifeRefusal.notPositive(amount) }
      try await Workspace.run(common) { workspace in
        let advances = AdvanceService(workspace.database, calendar: workspace.calendar)
        let known = try await advances.sources()
        let holdings = try await advances.enter(
          Advance(
            canteen: canteen, source: known.named(source),
            fen: reason == nil ? amount : -amount, day: day ?? workspace.today, voucher: voucher,
            reason: reason ?? ""),
          by: workspace.attribution)
        try AdvanceCommand.listing(holdings).print(output.format)
        await LedgerCommand.notePosting(at: canteen, workspace)
      }
    }
  }

  /// Enters money that came.
  struct Receive: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记收到的预拨款", "enter what a source paid a canteen ahead of statements"))
    }
    @OptionGroup var money: MoneyOptions
    func run() async throws { try await money.enter() }
  }

  /// Enters money that went back.
  struct Return: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "登记退回的预拨余款（须说明原因）", "enter what a source got back unused, with a reason"))
    }
    @OptionGroup var money: MoneyOptions
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String
    func run() async throws { try await money.enter(backFor: reason) }
  }

  /// What was entered.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("列出收到、退回和更正的预拨款", "what came, went back and was corrected"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码，默认全部", "canteen; all"))) var canteen: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("advance", "序号", "advance", number: true),
          ListingColumn("source", "来源", "source"), ListingColumn("day", "日期", "day"),
          ListingColumn("fen", "金额", "amount", number: true),
          ListingColumn("voucher", "凭证号", "voucher"), ListingColumn("reason", "原因", "reason"),
          ListingColumn("corrects", "更正第几笔", "corrects", number: true),
          ListingColumn("by", "经办人", "by"),
        ])
        for entered in try await AdvanceService(workspace.database).all(of: canteen) {
          let advance = entered.advance
          listing.append([
            .text(advance.canteen), .integer(entered.number),
            .word(advance.source), .text(advance.day.description),
            .money(advance.fen), .text(advance.voucher), .text(advance.reason),
            entered.corrects.map(Cell.integer) ?? .none, .text(entered.entered.by),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// What is left.
  struct Held: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("预拨余额：各助餐点、各来源", "what is left, by canteen and source"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码，默认全部", "canteen; all"))) var canteen: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let holdings = try await AdvanceService(workspace.database).holdings(of: canteen)
        try AdvanceCommand.listing(holdings).print(output.format)
      }
    }
  }

  /// Takes back what was entered wrongly.
  struct Correct: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "以一笔反向分录更正录错的预拨（须说明原因）", "take a wrong one back, with a reason"))
    }
    @Argument(help: ArgumentHelp(said("第几笔（advance list 的序号）", "its number in advance list")))
    var number: Int
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("更正的原因", "why it is taken back"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let holdings = try await AdvanceService(workspace.database, calendar: workspace.calendar)
          .correct(number, of: canteen, reason: reason, by: workspace.attribution)
        try AdvanceCommand.listing(holdings).print(output.format)
        await LedgerCommand.notePosting(at: canteen, workspace)
      }
    }
  }

  /// One row for each source of each canteen.
  private static func listing(_ holdings: [AdvanceHolding]) -> Listing {
    var listing = Listing([
      ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("source", "来源", "source"),
      ListingColumn("received_fen", "收到", "received", number: true),
      ListingColumn("used_fen", "已抵付", "used", number: true),
      ListingColumn("returned_fen", "已退回", "returned", number: true),
      ListingColumn("held_fen", "余额", "held", number: true),
    ])
    for holding in holdings {
      listing.append([
        .text(holding.canteen), .word(holding.source),
        .money(holding.received), .money(holding.used), .money(holding.returned),
        .money(holding.held),
      ])
    }
    return listing
  }
}
