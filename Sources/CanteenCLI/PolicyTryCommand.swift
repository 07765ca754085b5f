import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles

extension PolicyCommand {
  /// Prices the meals of a case without a database.
  struct Try: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "试算：不用数据库，按政策给用例中的每一餐计价并说明理由",
          "price the meals of a case, with reasons, without a database"))
    }
    @Argument(help: ArgumentHelp(said("政策文件（YAML），可多个同时生效", "policy files in force together")))
    var files: [String]
    @Option(name: .customLong("case"), help: ArgumentHelp(said("用例文件（JSON）", "a case (JSON)")))
    var caseFile: String
    @Option(
      help: ArgumentHelp(
        said("输出格式：json 每行一条，或 text", "json, a line each, or text"), valueName: "json|text"))
    var format: OutputFormat = .json
    @OptionGroup var common: CommonOptions

    func run() throws {
      let readings = try documents(files).map { PolicyFile.read($0.text, name: $0.name) }
      let findings = PolicyCheck.findings(in: readings)
      guard PolicyCheck.isClean(findings) else {
        for finding in findings {
          let text = finding.text(in: .current)
          Failure.say(Sentence(zh: text, en: text))
        }
        throw Failure.EndedWith(status: 2)
      }
      let text = try DecodedText(contentsOf: caseFile)
      let lines = try PolicyCase(text.text, name: text.fileName)
        .run(with: readings.compactMap(\.policy), language: .current)
      guard format != .json else {
        for line in lines { print(try line.json()) }
        return
      }
      var listing = Listing([
        ListingColumn("id", "编号", "id"), ListingColumn("person", "姓名", "person"),
        ListingColumn("list_fen", "标价", "list", number: true),
        ListingColumn("diner_fen", "自付", "paid", number: true),
        ListingColumn("sources", "来源", "sources"), ListingColumn("why", "依据", "why"),
      ])
      for line in lines {
        listing.append([
          line.id.map(Cell.text) ?? .none, line.person.map(Cell.text) ?? .none,
          line.listFen.map(Cell.money) ?? .none, line.dinerFen.map(Cell.money) ?? .none,
          .list(line.shares.map { "\($0.name) \($0.fen.yuan)" }), .list(line.explanation),
        ])
      }
      try listing.print(format)
    }
  }
}
