import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen proxy`: who may fetch a person's meals.
struct ProxyCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "proxy", abstract: said("代领人：登记、终止、查看", "proxies: add, end, list"),
      subcommands: [Add.self, End.self, List.self])
  }

  /// Registers a proxy.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("登记代领人", "register a proxy"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(help: ArgumentHelp(said("代领人姓名", "the proxy's name"))) var name: String
    @Option(help: ArgumentHelp(said("关系，如 女儿", "relation"))) var relation: String = ""
    @Option(help: .day("起始日期，默认今天", "from; today")) var from: Day?
    @Option(name: .to, help: .day("截止日期", "to")) var to: Day?
    @Flag(help: ArgumentHelp(said("从标准输入读取代领人电话", "read the proxy's phone from standard input")))
    var phone = false
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String = ""
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      let phone = phone ? try DinerKey.line() : nil
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await ProxyService(workspace.database, vault: workspace.vault()).add(
          to: diner, name: name, relation: relation, phone: phone, from: from ?? workspace.today,
          to: to, reason: reason, by: workspace.attribution)
        print(said("已登记代领人", "the proxy is registered"))
      }
    }
  }

  /// Ends a proxy's term.
  struct End: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("终止代领", "end a proxy's term"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("代领人序号（见 proxy list）", "the proxy's number")))
    var number: Int
    @Option(name: .to, help: .day("最后一天，默认今天", "last day; today")) var to: Day?
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String = ""
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await ProxyService(workspace.database, vault: workspace.vault()).end(
          number, of: diner, on: to ?? workspace.today, reason: reason,
          by: workspace.attribution)
        print(said("已终止", "ended"))
      }
    }
  }

  /// The proxies of a person.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("一人的代领人", "the proxies of a person"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        var listing = Listing([
          ListingColumn("number", "序号", "no.", number: true),
          ListingColumn("name", "姓名", "name"), ListingColumn("relation", "关系", "relation"),
          ListingColumn("phone", "电话", "phone"), ListingColumn("from", "起", "from"),
          ListingColumn("to", "止", "to"),
          ListingColumn("fetches_for", "代领人数", "fetches for", number: true),
        ])
        let service = try await ProxyService(workspace.database, vault: workspace.vault())
        for one in try await service.list(of: diner) {
          listing.append([
            .integer(one.number), .text(one.name), .text(one.relation), .text(one.phone),
            .text(one.from.description), one.to.map { .text($0.description) } ?? .none,
            .integer(one.fetchesFor),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
