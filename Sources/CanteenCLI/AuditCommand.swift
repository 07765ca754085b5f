import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// `canteen audit`: is everything as it was sealed?
struct AuditCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "audit", abstract: said("审计：重新计算封条，查出第一处改动", "audit: compute the seals again"),
      subcommands: [Verify.self, Head.self])
  }

  /// Computes lines, totals and seals again.
  struct Verify: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("核验日结和结算单是否被改动", "verify day closes and statements"),
        discussion: said(
          "--file 核验导出的结算单文件（XLSX、CSV、HTML），不需要数据库：逐行比对校验码、合计和封行，指出改动的行；加 --head 再与封存头比对；加 --books 与账上逐格比对，表上方的标题和期间也在内（它们没有校验码）。",
          "--file checks exported statements (XLSX, CSV, HTML) without a database: every row's code, the totals and the seal; --head compares with a saved head; --books with the books, cell by cell, and with them the title and the period, which have no code."
        ))
    }
    @Option(help: ArgumentHelp(said("只核验这个助餐点；默认全部", "only this canteen; all"))) var canteen:
      String?
    @Option(
      help: ArgumentHelp(
        said("另行保存的封存头文件，用来查出末尾被删和重新封存", "a saved head, to find what was cut off or sealed anew")))
    var head: String?
    @Option(
      help: ArgumentHelp(said("核验导出的文件，可写多次", "an exported file; may be given again"))) var file:
      [String] = []
    @Flag(help: ArgumentHelp(said("把文件与账上逐格比对", "compare the files with the books"))) var books =
      false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard !books || !file.isEmpty else {
        throw ValidationError(said("--books 须与 --file 同用", "--books goes with --file"))
      }
      guard canteen == nil || file.isEmpty else {
        throw ValidationError(said("--file 不与 --canteen 同用", "--file does not go with --canteen"))
      }
    }

    func run() async throws {
      let saved = try head.map { try AuditHead(text: String(contentsOfFile: $0, encoding: .utf8)) }
      guard file.isEmpty else { return try await verifyFiles(saved) }
      let broken = try await Workspace.run(common) { workspace in
        let places = CanteenService(workspace.database)
        let canteens =
          if let canteen { [try await places.canteen(canteen).code] } else {
            try await places.all().map(\.code)
          }
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("days", "日结", "days", number: true),
          ListingColumn("lines", "明细", "lines", number: true),
          ListingColumn("statements", "结算单", "statements", number: true),
          ListingColumn("result", "结果", "result"),
        ])
        var broken = false
        for code in canteens {
          let progress = ProgressLine("核验 \(code)", "verifying \(code)")
          let report = try await AuditService(workspace.database).verify(code) {
            progress.report($0.done, of: $0.total)
          }
          broken = broken || report.broken != nil
          listing.append([
            .text(code), .integer(report.days), .integer(report.lines),
            .integer(report.statements),
            report.broken.map { .text($0.text(in: .current)) }
              ?? .word("as_sealed", Sentence(zh: "与封存时一致", en: "as it was sealed")),
          ])
        }
        try listing.print(output.format)
        if let saved, let differs = try await AuditService(workspace.database).compare(saved) {
          Failure.say(differs)
          return true
        }
        return broken
      }
      if broken { throw Failure.EndedWith(status: 3) }
    }
  }

  /// Prints the head.
  struct Head: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("打印封存头，由审计人员另行保存", "print the head, for the auditor to keep elsewhere"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try print(await AuditService(workspace.database).head())
      }
    }

    /// The text is what `--head` reads; JSON and CSV have its entries.
    private func print(_ head: AuditHead) throws {
      guard output.format != .text else { return Swift.print(head.text, terminator: "") }
      var listing = Listing([
        ListingColumn("kind", "种类", "kind"), ListingColumn("subject", "对象", "subject"),
        ListingColumn("seal", "封条", "seal"),
      ])
      for entry in head.entries {
        let (kind, subject) =
          switch entry.subject {
          case .day(let canteen, let day): ("day", "\(canteen) \(day)")
          case .statement(let number): ("statement", number)
          case .policy(let id, let version): ("policy", "\(id) \(version)")
          }
        listing.append([.text(kind), .text(subject), .text(entry.seal)])
      }
      try listing.print(output.format)
    }
  }
}
