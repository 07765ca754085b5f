import ArgumentParser
import CanteenDomain
import CanteenServices

/// Money for a statement: what came, what went back, and what was entered wrongly.
extension StatementCommand {
  /// Whose money it is and where it stands.
  struct MoneyOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("资金来源，如 district、区县", "funding source, e.g. district")))
    var source: String
    // A sign in front is an amount to be refused in a sentence, and no option.
    @Option(parsing: .unconditional, help: .yuan("金额（元）", "yuan")) var amount: Fen
    @Option(name: .day, help: .day("到账日期，默认今天", "day it came; today"))
    var day: Day?
    @Option(help: ArgumentHelp(said("凭证号", "voucher"))) var voucher: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    /// - Parameters:
    ///   - reason: why it goes back to the source; nil for a payment.
    ///   - origin: where it comes from, or goes to.
    func enter(
      backFor reason: String? = nil, from origin: StatementLifeService.Payment.Origin
    ) async throws {
      guard amount > 0 else { throw StatementLifeRefusal.notPositive(amount) }
      try await Workspace.run(common) { workspace in
        let life = StatementLifeService(workspace.database, calendar: workspace.calendar)
        let known = try await life.standing(number).debts.map(\.source)
        let source = known.named(source)
        let standing = try await life.pay(
          StatementLifeService.Payment(
            source: source, fen: reason == nil ? amount : -amount,
            day: day ?? workspace.today, voucher: voucher, reason: reason ?? "", from: origin),
          for: number, by: workspace.attribution)
        try StatementCommand.debts([standing]).print(output.format)
        await LedgerCommand.notePosting(at: standing.statement.canteen, workspace)
        await noteVoucher(source, life)
        if reason == nil { await noteFindings(standing.statement, life) }
      }
    }

    private func noteVoucher(_ source: FundingSource, _ life: StatementLifeService) async {
      guard let others = try? await life.others(under: voucher, than: number, source),
        !others.isEmpty
      else { return }
      let list = others.map {
        "\($0.statement) \($0.source.name.text(in: .current)) \($0.fen.yuan)" + said(" 元", " yuan")
      }.joined(separator: said("、", ", "))
      Failure.say(
        Sentence(
          zh:
            "注意：凭证 \(voucher) 还用于 \(list)；一笔汇款付几处的不必理会，不然请用 canteen statement payments \(number) --correct 更正",
          en:
            "note: voucher \(voucher) also stands for \(list); nothing to do if one transfer paid them all"
        ))
    }

    /// What the nights found since the statement was closed keeps nobody from being paid, but is said.
    private func noteFindings(_ statement: Statement, _ life: StatementLifeService) async {
      guard let open = try? await life.openFindings(of: number), open > 0 else { return }
      let list =
        "canteen finding list --canteen \(statement.canteen) --from \(statement.from)"
        + " --to \(statement.to)"
      Failure.say(
        Sentence(
          zh: "注意：该结算单的日子里有 \(open) 条须说明的异常还没有说明，见 \(list)",
          en: "note: \(open) findings of its days must be explained and are not; see \(list)"))
    }
  }

  /// Enters a payment.
  struct Pay: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记拨付，可分次；付清即为已拨付", "enter a payment, whole or in part"))
    }
    @OptionGroup var money: MoneyOptions
    @Flag(help: ArgumentHelp(said("从该来源的预拨款中抵付，不经银行", "out of the source's advance, not by bank")))
    var fromAdvance = false
    func run() async throws { try await money.enter(from: fromAdvance ? .advance : .bank) }
  }

  /// Enters what a source got back.
  struct Repay: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "登记退款：结算单为负数时，助餐点退回来源的钱（须说明原因）",
          "enter what a source got back for a statement below zero, with a reason"))
    }
    @OptionGroup var money: MoneyOptions
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String
    @Flag(help: ArgumentHelp(said("不经银行，留作该来源的预拨款", "kept as the source's advance, not by bank")))
    var toAdvance = false

    func run() async throws {
      try await money.enter(backFor: reason, from: toAdvance ? .advance : .bank)
    }
  }

  /// What was entered.
  struct Payments: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "列出拨付与退款；--correct 以一笔反向分录更正录错的（须说明原因）",
          "list its payments; --correct takes a wrong one back, with a reason"))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("更正第几笔", "the payment to take back"))) var correct: Int?
    @Option(help: ArgumentHelp(said("更正的原因", "why it is taken back"))) var reason: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let life = StatementLifeService(workspace.database, calendar: workspace.calendar)
        if let correct {
          let standing = try await life.correct(
            payment: correct, of: number, reason: reason, by: workspace.attribution)
          await LedgerCommand.notePosting(at: standing.statement.canteen, workspace)
        }
        var listing = Listing([
          ListingColumn("payment", "序号", "payment", number: true),
          ListingColumn("source", "来源", "source"), ListingColumn("day", "到账日期", "day"),
          ListingColumn("fen", "金额", "amount", number: true),
          ListingColumn("from", "资金", "from"),
          ListingColumn("voucher", "凭证号", "voucher"), ListingColumn("reason", "原因", "reason"),
          ListingColumn("corrects", "更正第几笔", "corrects", number: true),
          ListingColumn("by", "经办人", "by"),
        ])
        for entered in try await life.payments(of: number) {
          listing.append([
            .integer(entered.number),
            .word(entered.payment.source),
            .text(entered.payment.day.description), .money(entered.payment.fen),
            .word(entered.payment.from),
            .text(entered.payment.voucher), .text(entered.payment.reason),
            entered.corrects.map(Cell.integer) ?? .none, .text(entered.entered.by),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}

extension [FundingSource] {
  /// The one that somebody names by its code, or by its Chinese name.
  func named(_ text: String) -> FundingSource {
    first { $0.name.zh == text } ?? FundingSource(text)
  }
}
