import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen ledger`: 总账.
struct LedgerCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "ledger",
      abstract: said("总账：试算平衡、明细账、账龄", "the books: trial balance, account, ageing"),
      subcommands: [Balance.self, Account.self, Ageing.self])
  }

  /// 试算平衡表.
  struct Balance: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("试算平衡表：各科目余额", "trial balance: what stands in each account"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码，默认全部", "canteen; all"))) var canteen: String?
    @Option(name: .through, help: .day("截至哪一天，默认全部已入账", "the last day; all that is posted"))
    var through: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let balances = try await LedgerService(workspace.database)
          .balance(canteen, through: through)
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("account", "科目代码", "account"), ListingColumn("name", "科目", "name"),
          ListingColumn("debit_fen", "借方余额", "debit", number: true),
          ListingColumn("credit_fen", "贷方余额", "credit", number: true),
        ])
        for balance in balances {
          listing.append([
            .text(balance.canteen), .text(balance.account.code),
            .sentence(balance.account.name), .money(balance.debit),
            .money(balance.credit),
          ])
        }
        if output.format == .text {
          listing.append([
            .text(said("合计", "total")), .text(""), .text(""),
            .money(balances.map(\.debit).sum()), .money(balances.map(\.credit).sum()),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// 明细账.
  struct Account: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("明细账：一个科目的每日发生额与余额", "one account: what moved it, and its balance"))
    }
    @Argument(
      help: ArgumentHelp(
        said("科目，如 receivable:district、应收补贴·区县", "account, e.g. receivable:district")))
    var account: String
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("从哪一天，默认本年初", "first day; of this year")) var from: Day?
    @Option(name: .to, help: .day("到哪一天，默认全部已入账", "last day; all that is posted")) var to: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let first = from ?? (to ?? workspace.today).firstOfYear
        let found = try await LedgerService(workspace.database)
          .account(account, canteen, from: first, to: to)
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("cause", "摘要", "cause"),
          ListingColumn("reference", "凭据", "reference"),
          ListingColumn("statement", "结算单", "statement"),
          ListingColumn("debit_fen", "借方", "debit", number: true),
          ListingColumn("credit_fen", "贷方", "credit", number: true),
          ListingColumn("balance_fen", "余额", "balance", number: true),
        ])
        listing.append([
          .text(first.description),
          .word("opening", Sentence(zh: "期初余额", en: "opening balance")),
          .none, .none, .money(0), .money(0), .money(found.opening),
        ])
        for (entry, balance) in zip(found.entries, found.running) {
          listing.append([
            .text(entry.day.description), .word(entry.cause),
            entry.reference.map(Cell.text) ?? .none, entry.statement.map(Cell.text) ?? .none,
            .money(entry.debit), .money(entry.credit), .money(balance),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Says so where what was entered just now stands in the books of a later day. It is entered, whether
  /// that can be read or not.
  static func notePosting(at canteen: Canteen.Code, _ workspace: Workspace) async {
    let ledger = LedgerService(workspace.database)
    guard let day = try? await ledger.openDay(of: canteen, today: workspace.today),
      day > workspace.today
    else { return }
    Failure.say(
      Sentence(
        zh: "注意：\(day - 1) 已日结，这笔记入 \(day) 的账",
        en: "note: \(day - 1) is closed; this is posted on \(day)"))
  }

  /// 账龄.
  struct Ageing: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "账龄表：各来源欠各助餐点多少、多久（自结算期末起），预拨还剩多少",
          "ageing: what each source owes, by days since the period's end, and its advances"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码，默认全部", "canteen; all"))) var canteen: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let rows = try await LedgerService(workspace.database)
          .ageing(canteen, today: workspace.today)
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("source", "来源", "source"),
          ListingColumn("unstated_fen", "未结算", "unstated", number: true),
          ListingColumn("to_30_days_fen", "30天内", "to 30 days", number: true),
          ListingColumn("to_60_days_fen", "31—60天", "31-60 days", number: true),
          ListingColumn("to_90_days_fen", "61—90天", "61-90 days", number: true),
          ListingColumn("longer_fen", "90天以上", "over 90 days", number: true),
          ListingColumn("total_fen", "合计", "total", number: true),
          ListingColumn("advance_fen", "预拨余额", "advance", number: true),
        ])
        for row in rows {
          listing.append(
            [.text(row.canteen), .word(row.source), .money(row.unstated)]
              + row.byAge.map(Cell.money) + [.money(row.total), .money(row.advance)])
        }
        try listing.print(output.format)
      }
    }
  }
}
