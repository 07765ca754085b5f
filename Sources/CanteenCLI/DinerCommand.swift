import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen diner`: the register.
struct DinerCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diner",
      abstract: said("登记对象：查找和查看（号码只显示末四位）", "the register; numbers are masked"),
      subcommands: [List.self, Show.self])
  }

  private static func print(
    _ diners: [DinerService.Summary], _ format: OutputFormat
  ) throws {
    var listing = Listing([
      ListingColumn("name", "姓名", "name"), ListingColumn("sex", "性别", "sex"),
      ListingColumn("age", "周岁", "age", number: true),
      ListingColumn("id_number", "身份证号", "ID number"),
      ListingColumn("residence", "居住地", "lives in"),
      ListingColumn("categories", "类别", "categories"), ListingColumn("cards", "卡号", "cards"),
    ])
    for diner in diners {
      listing.append([
        .text(diner.name), .text(diner.sex.name.text(in: .current)),
        diner.age.map(Cell.integer) ?? .none, .text(diner.idNumber),
        .text(diner.residence.joined()),
        .list(diner.categories.map { $0.name.text(in: .current) }), .list(diner.cards),
      ])
    }
    try listing.print(format)
  }

  /// Persons by name.
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
        let service = try DinerService(workspace.database, vault: workspace.vault())
        try DinerCommand.print(
          await service.find(name: name, on: workspace.today, limit: limit), output.format)
      }
    }
  }

  /// The person who holds a card.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("按卡号查看一人", "show the person who holds a card"))
    }
    @Argument(help: ArgumentHelp(said("卡号", "card number"))) var card: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = try DinerService(workspace.database, vault: workspace.vault())
        try DinerCommand.print(
          [await service.holder(ofCard: card, on: workspace.today)], output.format)
      }
    }
  }
}
