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
      CommandConfiguration(abstract: said("核验日结和结算单是否被改动", "verify day closes and statements"))
    }
    @Option(help: ArgumentHelp(said("只核验这个助餐点；默认全部", "only this canteen; all"))) var canteen:
      String?
    @Option(
      help: ArgumentHelp(
        said("另行保存的封存头文件，用来查出末尾被删和重新封存", "a saved head, to find what was cut off or sealed anew")))
    var head: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let saved = try head.map { try AuditHead(text: String(contentsOfFile: $0, encoding: .utf8)) }
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
            .text(report.broken?.text(in: .current) ?? said("与封存时一致", "as it was sealed")),
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
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        print(try await AuditService(workspace.database).head().text, terminator: "")
      }
    }
  }
}
