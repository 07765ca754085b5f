import ArgumentParser
import CanteenCards
import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenVault
import Foundation

extension DinerCommand {
  /// QR cards to print.
  struct Card: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("打印二维码就餐卡（A4，每页十张，姓名脱敏）", "print QR cards: A4, ten a page, names masked"),
        discussion: said(
          "没有二维码的人会新发一个。文件以 .svg 结尾写成 SVG，否则写成可直接打印的 HTML。文件中的二维码等同于卡，请妥善保管。",
          "Who has no code gets one. A file that ends in .svg is SVG, any other is HTML to print. The codes in it are as good as cards."
        ))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var keys: [String]
    @Option(help: ArgumentHelp(said("写到哪个文件", "the file to write"))) var to: String
    @Option(help: ArgumentHelp(said("卡面标题，如食堂名称", "printed on every card")))
    var title: String = "长者食堂"
    @Option(help: ArgumentHelp(said("卡面小字，如挂失电话", "small print, such as whom to call")))
    var hint: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let keys = try keys.map(DinerKey.read)
      try await Workspace.run(common) { workspace in
        let vault = try await workspace.vault()
        let service = DinerService(workspace.database, vault: vault)
        var persons: [DinerService.Summary] = []
        for key in keys {
          let found = try await service.find(key, on: workspace.today, limit: 20)
          guard let person = found.first else { throw DinerRefusal.notFound }
          guard found.count == 1 else { throw DinerRefusal.several(found.count) }
          persons.append(person)
        }
        let codes = try await CredentialService(workspace.database, vault: vault).codes(
          for: persons.map(\.id), by: workspace.attribution, token: Self.token)
        let sheet = try CardSheet(
          persons.map { person in
            CardSheet.Card(
              name: person.name, number: person.cards.first ?? "", code: codes[person.id] ?? "")
          }, title: title, hint: hint)
        let bytes = to.hasSuffix(".svg") ? sheet.svg() : sheet.html()
        try await RosterExport(workspace.database, vault: vault).record(
          "cards", persons: persons.count, full: false, reason: "", sha256: Seal.of(bytes),
          by: workspace.attribution)
        try TableFile.replace(to) { _ in bytes }
        try Outcome.print(
          output.format, said("已生成 \(persons.count) 张卡：\(to)", "\(persons.count) cards: \(to)"),
          [
            (ListingColumn("cards", "卡", "cards"), .integer(persons.count)),
            (ListingColumn("file", "文件", "file"), .text(to)),
          ])
      }
    }

    /// Twenty characters without those that are easily confused: a hundred bits, nobody's number.
    private static func token() -> String {
      let characters = Array("23456789ABCDEFGHJKMNPQRSTUVWXYZ")
      return "CQ" + String((0..<20).map { _ in characters.randomElement() ?? "X" })
    }
  }
}
