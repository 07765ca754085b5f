import ArgumentParser
import CanteenDomain
import CanteenServices

/// What happens to a statement after it was closed.
extension StatementCommand {
  /// A step's own options: which statement, and why.
  struct StepOptions: ParsableArguments {
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func take(_ step: StatementStep) async throws {
      try await Workspace.run(common) { workspace in
        let standing = try await StatementLifeService(workspace.database)
          .take(step, number, reason: reason, by: workspace.attribution)
        try StatementCommand.debts([standing]).print(output.format)
      }
    }
  }

  /// To the street office.
  struct Submit: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("申报：交街道审核", "submit it for review"))
    }
    @OptionGroup var step: StepOptions
    func run() async throws { try await step.take(.submitted) }
  }

  /// Back to the canteen.
  struct Return: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("退回（须说明原因）", "return it, with a reason"))
    }
    @OptionGroup var step: StepOptions
    func run() async throws { try await step.take(.returned) }
  }

  /// By somebody who neither closed nor submitted it.
  struct Approve: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("审定（不能由结算或申报的人审定）", "approve it; not by who closed or submitted it"))
    }
    @OptionGroup var step: StepOptions
    func run() async throws { try await step.take(.approved) }
  }

  /// Takes a line off.
  struct Disallow: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("核减一行（须说明原因）", "refuse a line, with a reason"))
    }
    @OptionGroup var step: StepOptions
    @Option(help: ArgumentHelp(said("明细表序号", "the line's number"))) var line: Int

    func run() async throws {
      try await Workspace.run(step.common) { workspace in
        let standing = try await StatementLifeService(workspace.database)
          .disallow(line: line, of: step.number, reason: step.reason, by: workspace.attribution)
        try StatementCommand.debts([standing]).print(step.output.format)
      }
    }
  }

  /// The steps taken.
  struct History: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("经过：谁、何时、为何", "its steps: who, when, why"))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let standing = try await StatementLifeService(workspace.database).standing(number)
        var listing = Listing([
          ListingColumn("step", "环节", "step"), ListingColumn("at", "时间", "at"),
          ListingColumn("by", "经办人", "by"), ListingColumn("reason", "原因", "reason"),
        ])
        for taken in standing.steps {
          let calendar = workspace.calendar
          listing.append([
            .word(taken.step),
            .text("\(calendar.day(of: taken.at)) \(calendar.time(of: taken.at))"),
            .text(taken.by), .text(taken.reason),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// 账龄.
  struct Owed: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("账龄：各来源欠各助餐点多少、多久", "ageing: what each source owes, for how long"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let all = try await StatementLifeService(workspace.database).all()
        try StatementCommand.debts(
          all.filter { $0.debts.contains { $0.outstanding != 0 } }, today: workspace.today
        ).print(output.format)
      }
    }
  }

  /// One row for each source of each statement; with `today`, those that owe and for how long.
  static func debts(_ standings: [StatementLifeService.Standing], today: Day? = nil) -> Listing {
    var listing = Listing([
      ListingColumn("statement", "结算单", "statement"), ListingColumn("step", "环节", "step"),
      ListingColumn("source", "来源", "source"),
      ListingColumn("claimed_fen", "申报", "claimed", number: true),
      ListingColumn("disallowed_fen", "核减", "disallowed", number: true),
      ListingColumn("paid_fen", "已付", "paid", number: true),
      ListingColumn("outstanding_fen", "未付", "outstanding", number: true),
      ListingColumn("days", "天数", "days", number: true),
    ])
    for standing in standings {
      for debt in standing.debts where today == nil || debt.outstanding != 0 {
        listing.append([
          .text(standing.statement.number), .word(standing.step),
          .word(debt.source), .money(debt.claimed),
          .money(debt.disallowed), .money(debt.paid), .money(debt.outstanding),
          today.map { .integer($0 - standing.statement.to) } ?? .none,
        ])
      }
    }
    return listing
  }
}
