import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen check-in exceptions`: what came late and waits for a decision.
struct CheckInExceptionsCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "exceptions",
      abstract: said("待处理的签到：查看、处理", "check-ins that wait for a decision: list, decide"),
      subcommands: [List.self, Decide.self])
  }

  /// What waits, or everything.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出待处理的签到", "list what waits for a decision"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码；不给则全部", "canteen; all if not given"))) var canteen:
      String?
    @Flag(help: ArgumentHelp(said("包括已处理的", "those that are decided too"))) var all = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        if let canteen { _ = try await CanteenService(workspace.database).canteen(canteen) }
        var listing = Listing([
          ListingColumn("id", "编号", "id"), ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("day", "日期", "day"), ListingColumn("time", "时间", "time"),
          ListingColumn("period", "餐次", "meal"), ListingColumn("name", "姓名", "name"),
          ListingColumn("list_fen", "标价", "list", number: true),
          ListingColumn("why", "原因", "why"), ListingColumn("decision", "处理", "decision"),
          ListingColumn("decided_by", "处理人", "decided by"),
        ])
        let service = CheckInService(workspace.database, vault: try await workspace.vault())
        for one in try await service.exceptions(canteen, openOnly: !all) {
          let request = one.request
          listing.append([
            .text(one.id.text), .text(request.canteen), .text(request.day.description),
            .text(request.time.description), .word(request.period),
            one.name.map { .text($0.maskedName) } ?? .none, .money(request.list),
            .text(one.sentence.text(in: .current)),
            one.decision.map { .word($0) } ?? .none,
            one.decided.map { .text($0.by) } ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// A person's decision.
  struct Decide: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("处理一笔：按现价入账、按原价入账、不入账", "decide: accept, accept at full price, reject"))
    }
    @Argument(help: ArgumentHelp(said("编号", "id"))) var id: CheckIn.ID
    @Argument(help: ArgumentHelp(said("处理", "decision"))) var decision: CheckInException.Decision
    @Option(help: ArgumentHelp(said("原因", "reason"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let receipt = try await CheckInService(workspace.database, vault: workspace.vault())
          .decide(id, decision, reason: reason, by: workspace.attribution)
        let sentence =
          if let due = receipt?.checkIn.dinerPays {
            said("已入账：应付 \(due.yuan) 元", "accepted: to pay \(due.yuan) yuan")
          } else {
            said("已处理：不入账", "decided: rejected")
          }
        try Outcome.print(
          output.format, sentence,
          [
            (ListingColumn("check_in", "签到键", "key"), .text(id.text)),
            (ListingColumn("decision", "处理", "decision"), .word(decision)),
            (
              ListingColumn("diner_fen", "应付", "to pay"),
              receipt.map { .money($0.checkIn.dinerPays) } ?? .none
            ),
          ])
      }
    }
  }
}
