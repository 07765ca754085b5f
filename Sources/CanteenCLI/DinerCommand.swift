import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen diner`: the register.
struct DinerCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diner",
      abstract: said("登记对象：查找和查看（号码只显示末四位）", "the register; numbers are masked"),
      subcommands: [
        Find.self, List.self, Show.self, Expiring.self, Twins.self, Merge.self, Separate.self,
        Status.self, Card.self,
      ])
  }

  static func print(_ diners: [DinerService.Summary], _ format: OutputFormat) throws {
    var listing = Listing([
      ListingColumn("id", "登记号", "no."), ListingColumn("name", "姓名", "name"),
      ListingColumn("sex", "性别", "sex"), ListingColumn("age", "周岁", "age", number: true),
      ListingColumn("id_number", "证件号", "ID number"), ListingColumn("phone", "电话", "phone"),
      ListingColumn("residence", "居住地", "lives in"),
      ListingColumn("categories", "类别", "categories"), ListingColumn("cards", "卡号", "cards"),
      ListingColumn("status", "状态", "status"),
    ])
    for diner in diners {
      listing.append([
        .text("#\(diner.id)"), .text(diner.name), .word(diner.sex),
        diner.age.map(Cell.integer) ?? .none, .text(diner.idNumber), .text(diner.phone),
        .text(diner.residence.joined()),
        .words(diner.categories), .list(diner.cards),
        diner.status.map { .word($0) } ?? .none,
      ])
    }
    try listing.print(format)
  }

  /// Persons by any key.
  struct Find: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("按任意一种线索查找", "find by any key"),
        discussion: said(
          "例：canteen diner find wxy --group 3组；完整证件号：canteen diner find - < 文件",
          "For example: canteen diner find wxy; a full ID number: canteen diner find - < file"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(help: ArgumentHelp(said("只找住在这个区划（如居民小组）的人", "only who lives in this region")))
    var group: String?
    @Option(help: ArgumentHelp(said("最多多少人", "how many at most"))) var limit: Int = 20
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let found = try await DinerService(workspace.database, vault: workspace.vault())
          .find(key, in: group, on: workspace.today, limit: limit)
        guard !found.isEmpty else { throw DinerRefusal.notFound }
        try DinerCommand.print(found, output.format)
      }
    }
  }

  /// Persons by a part of the name.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("按姓名查找；不给姓名则列出前若干人", "find by name; without one, the first of all"))
    }
    @Argument(help: ArgumentHelp(said("姓名或其中几个字", "a name or part of it"))) var name: String = ""
    @Option(help: ArgumentHelp(said("最多多少人", "how many at most"))) var limit: Int = 50
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = try await DinerService(workspace.database, vault: workspace.vault())
        try DinerCommand.print(
          await service.list(name: name, on: workspace.today, limit: limit), output.format)
      }
    }
  }

  /// One person, fact by fact.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "查看一人的全部登记，可看过去某天、按当时所知", "one person's facts, as of a day, as known at a time"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(help: .day("哪一天的情况，默认今天", "as of which day; today"))
    var asOf: Day?
    @Option(
      help: ArgumentHelp(
        said(
          "按哪个时刻所知，如 2026-10-01T12:00:00，默认现在", "as known when, such as 2026-10-01T12:00:00; now")))
    var knownAt: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if let knownAt, CommonOptions.instant(knownAt) == nil {
        throw ValidationError(
          said("--known-at 的写法是 2026-10-01T12:00:00", "--known-at is written 2026-10-01T12:00:00"))
      }
    }

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let service = try await DinerService(workspace.database, vault: workspace.vault())
        let history = try await service.history(
          of: service.person(key), asOf: asOf ?? workspace.today,
          knownAt: knownAt.flatMap(CommonOptions.instant) ?? workspace.attribution.at)
        var listing = Listing([
          ListingColumn("kind", "种类", "kind"), ListingColumn("title", "项目", "fact"),
          ListingColumn("value", "内容", "value"), ListingColumn("from", "起", "from"),
          ListingColumn("to", "止", "to"), ListingColumn("holds", "有效", "holds"),
          ListingColumn("recorded_on", "登记日期", "recorded"),
          ListingColumn("recorded_by", "登记人", "by"),
        ])
        for fact in history.facts {
          listing.append([
            .word(fact.kind), .word(fact.code, fact.title),
            fact.valueName.map { .word(fact.value, $0) } ?? .text(fact.value),
            fact.from.map { .text($0.description) } ?? .none,
            fact.to.map { .text($0.description) } ?? .none, .boolean(fact.holds),
            .text(workspace.calendar.day(of: fact.recordedAt).description),
            .text(fact.recordedBy),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
