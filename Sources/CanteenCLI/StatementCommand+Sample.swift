import ArgumentParser
import CanteenDomain
import CanteenServices

/// Spot checks of a statement.
extension StatementCommand {
  /// Draws whom to ask.
  struct Sample: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "抽查：按种子抽取受益人；--list 看已抽的", "draw persons to ask, by a seed; --list shows them"),
        discussion: said(
          "种子随样本保存，任何人用同一种子抽到同一批人。默认抽百分之五，至少 10 人。",
          "The seed is kept with the sample; whoever uses it draws the same persons. 5 % and at least 10."
        ))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("人数", "how many persons"))) var size: Int?
    @Option(help: ArgumentHelp(said("种子，默认随机", "seed; a random one"))) var seed: Int64?
    @Flag(help: ArgumentHelp(said("只看已抽的样本", "show what was drawn"))) var list = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = SpotCheckService(workspace.database)
        let samples =
          list
          ? try await service.samples(number)
          : [
            try await service.draw(
              number, size: size, seed: seed ?? Int64.random(in: 0..<1_000_000_000),
              by: workspace.attribution)
          ]
        var listing = Listing([
          ListingColumn("sample", "样本", "sample", number: true),
          ListingColumn("seed", "种子", "seed", number: true),
          ListingColumn("name", "姓名", "name"), ListingColumn("residence", "社区", "community"),
          ListingColumn("meals", "行数", "lines", number: true),
          ListingColumn("subsidy_fen", "补贴", "subsidy", number: true),
          ListingColumn("lines", "明细行", "line numbers"), ListingColumn("result", "结果", "result"),
        ])
        for sample in samples {
          for person in sample.people {
            listing.append([
              .integer(sample.number), .integer(Int(sample.seed)), .text(person.name),
              .text(person.residence), .integer(person.lines.count), .money(person.subsidy),
              .list(person.lines.map(String.init)), .text(person.result ?? ""),
            ])
          }
        }
        try listing.print(output.format)
      }
    }
  }

  /// What a person said.
  struct SpotCheck: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "spot-check",
        abstract: said("登记抽查结果", "enter what a person of the sample said"))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("该人的任一明细行", "any line of the person"))) var line: Int
    @Option(help: ArgumentHelp(said("结果，如 属实、未就餐、联系不上", "what was found"))) var result: String
    @Option(name: .day, help: .day("抽查日期，默认今天", "the day; today"))
    var day: Day?
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try await SpotCheckService(workspace.database).record(
          number, line: line, result: result, on: day ?? workspace.today,
          by: workspace.attribution)
        print(said("已登记", "entered"))
      }
    }
  }
}
