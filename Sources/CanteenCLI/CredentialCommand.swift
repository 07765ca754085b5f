import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen credential`: cards and codes of persons.
struct CredentialCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "credential",
      abstract: said("凭证：发卡、挂失、补发、注销", "cards and codes: issue, lose, replace, end"),
      discussion: said(
        "社保卡、敬老卡的号码是个人信息：写 - 并从标准输入给出。库中只存加密的号码和带密钥的摘要。",
        "Numbers of social-security and senior cards are personal: write - and give them on standard input."
      ),
      subcommands: [Issue.self, Lost.self, Found.self, End.self, Replace.self, List.self])
  }

  /// Gives a person a credential.
  struct Issue: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("登记一张卡", "issue a credential"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("新卡号；写 - 从标准输入读取", "its number; - reads standard input")))
    var number: String
    @Option(help: ArgumentHelp(said("种类", "kind"))) var kind: Credential.Kind = .card
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      let number = number == "-" ? try DinerKey.line() : number
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await CredentialService(workspace.database, vault: workspace.vault()).issue(
          kind, number: number, to: diner, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已登记：\(kind.name.zh)", "issued: \(kind.name.en)"),
          [
            (ListingColumn("id", "登记号", "no."), .text("#\(diner)")),
            (ListingColumn("kind", "种类", "kind"), .word(kind)),
          ])
      }
    }
  }

  /// What lost, found and ended have in common.
  struct Change: ParsableArguments {
    @Argument(help: ArgumentHelp(said("卡号；写 - 从标准输入读取", "its number; - reads standard input")))
    var number: String
    @Option(help: ArgumentHelp(said("说明", "a note"))) var note: String = ""
    @OptionGroup var common: CommonOptions

    func record(_ event: Credential.Event) async throws {
      let number = number == "-" ? try DinerKey.line() : number
      try await Workspace.run(common) { workspace in
        try await CredentialService(workspace.database, vault: workspace.vault()).record(
          event, of: number, note: note, by: workspace.attribution)
        print(said("已登记：\(event.name.zh)", "recorded: \(event.name.en)"))
      }
    }
  }

  /// Lost.
  struct Lost: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("挂失；此后刷这张卡不再有效", "lost: it is not good from now on"))
    }
    @OptionGroup var change: Change
    func run() async throws { try await change.record(.lost) }
  }

  /// Found again.
  struct Found: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("解除挂失", "found again"))
    }
    @OptionGroup var change: Change
    func run() async throws { try await change.record(.found) }
  }

  /// Ended.
  struct End: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("注销", "end it for good"))
    }
    @OptionGroup var change: Change
    func run() async throws { try await change.record(.ended) }
  }

  /// A new number in the place of an old one.
  struct Replace: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("补发：新卡替代旧卡", "a new card in the place of an old one"))
    }
    @Argument(help: ArgumentHelp(said("旧卡号", "old number"))) var old: String
    @Argument(help: ArgumentHelp(said("新卡号", "new number"))) var new: String
    @Option(help: ArgumentHelp(said("说明", "a note"))) var note: String = ""
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let old = old == "-" ? try DinerKey.line() : old
      let new = new == "-" ? try DinerKey.line() : new
      try await Workspace.run(common) { workspace in
        try await CredentialService(workspace.database, vault: workspace.vault()).replace(
          old, with: new, note: note, by: workspace.attribution)
        print(said("已补发，旧卡作废", "replaced; the old card is no longer good"))
      }
    }
  }

  /// The credentials of a person.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("一人的全部凭证", "the credentials of a person"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        var listing = Listing([
          ListingColumn("kind", "种类", "kind"), ListingColumn("number", "号码", "number"),
          ListingColumn("issued_on", "登记日期", "issued"), ListingColumn("good", "有效", "good"),
          ListingColumn("event", "最近情况", "last event"),
          ListingColumn("event_on", "日期", "on"),
        ])
        let service = try await CredentialService(workspace.database, vault: workspace.vault())
        for one in try await service.list(of: diner) {
          listing.append([
            .word(one.kind), .text(one.shown),
            .text(workspace.calendar.day(of: one.issuedAt).description), .boolean(one.isGood),
            one.event.map { .word($0) } ?? .none,
            one.eventAt.map { .text(workspace.calendar.day(of: $0).description) } ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
