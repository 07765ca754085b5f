import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenPolicyFiles
import CanteenServices
import Foundation

/// `canteen policy`: the rules by which subsidies are paid.
struct PolicyCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "policy",
      abstract: said(
        "政策：检查、试算、启用、查看、废止、说明、测算、追溯",
        "policies: check, try, activate, show, retire, explain, simulate, reprice"),
      subcommands: [
        Check.self, Try.self, Activate.self, List.self, Show.self, Retire.self, Explain.self,
        Simulate.self, Reprice.self, Examples.self,
      ])
  }

  /// Reads policy documents.
  static func documents(_ files: [String]) throws -> [(name: String, text: String)] {
    try files.map {
      let text = try DecodedText(contentsOf: $0)
      return (text.fileName, text.text)
    }
  }

  /// Looks for what is wrong.
  struct Check: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("检查政策文件，逐条说明问题所在的行", "check policy files, line by line"))
    }
    @Argument(help: ArgumentHelp(said("政策文件（YAML）", "policy files (YAML)"))) var files: [String]
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() throws {
      let readings = try documents(files).map { PolicyFile.read($0.text, name: $0.name) }
      let findings = PolicyCheck.findings(in: readings)
      var listing = Listing([
        ListingColumn("file", "文件", "file"), ListingColumn("line", "行", "line", number: true),
        ListingColumn("severity", "轻重", "severity"), ListingColumn("sentence", "说明", "what"),
      ])
      for finding in findings {
        listing.append([
          .text(finding.file), .integer(finding.line),
          .word(finding.severity),
          .text(finding.sentence.text(in: .current)),
        ])
      }
      if findings.isEmpty, output.format == .text {
        print(said("没有发现问题，可以启用", "nothing is wrong; it can be activated"))
      } else {
        try listing.print(output.format)
      }
      if output.format == .text {
        for policy in readings.compactMap(\.policy) {
          print("\n" + policy.paragraph().text(in: .current))
        }
      }
      if !PolicyCheck.isClean(findings) { throw Failure.EndedWith(status: 2) }
    }
  }

  /// Puts a document in force.
  struct Activate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("启用一个政策版本（启用后不可更改）", "put a version in force; it never changes then"))
    }
    @Argument(help: ArgumentHelp(said("政策文件（YAML）", "a policy file (YAML)"))) var file: String
    @Flag(
      help: ArgumentHelp(
        said("只看能否启用、与哪些政策同时支付，不启用", "only say whether it can be, and which others pay beside it")))
    var dryRun = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let document = try documents([file])[0]
      try await Workspace.run(common) { workspace in
        let service = PolicyService(workspace.database)
        let (policy, isNew) = try await service.activate(
          document.text, name: document.name, dryRun: dryRun, by: workspace.attribution)
        let version = "\(policy.id) \(policy.version)"
        let sentence =
          switch (isNew, dryRun) {
          case (true, true):
            said(
              "可以启用（试运行，未启用）：\(policy.title)（\(version)），自 \(policy.validFrom) 起",
              "can be activated (a dry run, so it was not): \(policy.title) (\(version)) from"
                + " \(policy.validFrom)")
          case (true, false):
            said(
              "已启用：\(policy.title)（\(version)），自 \(policy.validFrom) 起",
              "active: \(policy.title) (\(version)) from \(policy.validFrom)")
          case (false, _):
            said("此前已启用，没有变化：\(version)", "was active before, nothing changed: \(version)")
          }
        try Outcome.print(
          output.format, sentence,
          [
            (ListingColumn("policy", "政策", "policy"), .text(policy.id)),
            (ListingColumn("version", "版本", "version"), .text(policy.version)),
            (ListingColumn("valid_from", "自", "from"), .text(policy.validFrom.description)),
            (ListingColumn("new", "新启用", "new"), .boolean(isNew)),
            (ListingColumn("dry_run", "试运行", "dry run"), .boolean(dryRun)),
          ])
        for doubt in try await service.doubts(of: policy, isActive: !isNew || !dryRun) {
          Failure.say(Sentence(zh: "注意：\(doubt.zh)", en: "note: \(doubt.en)"))
        }
      }
    }
  }

  /// All versions.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出已启用的政策", "list the active policies"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("policy", "政策", "policy"), ListingColumn("version", "版本", "version"),
          ListingColumn("title", "名称", "title"),
          ListingColumn("valid_from", "自", "from"), ListingColumn("valid_to", "至", "to"),
          ListingColumn("activated_by", "启用人", "activated by"),
          ListingColumn("retired_by", "废止人", "retired by"),
        ])
        for policy in try await PolicyService(workspace.database).all() {
          listing.append([
            .text(policy.id), .text(policy.version), policy.title.map(Cell.text) ?? .none,
            .text(policy.validFrom.description),
            policy.validTo.map { .text($0.description) } ?? .none, .text(policy.activated.by),
            policy.retiredBy.map(Cell.text) ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// The text of a version.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看一个版本的原文", "show the text of a version"))
    }
    @Argument(help: ArgumentHelp(said("政策代号", "policy"))) var policy: String
    @Argument(help: ArgumentHelp(said("版本；默认最新", "version; the latest"))) var version: String?
    @Option(
      help: ArgumentHelp(
        said("输出格式：text 原文，或 json", "text, word for word, or json"), valueName: "text|json"))
    var format: OutputFormat = .text
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard format != .csv else {
        throw ValidationError(said("--format 只能是 text 或 json", "--format is text or json"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let found = try await PolicyService(workspace.database).policy(policy, version: version)
        guard format == .json else { return print(found.document, terminator: "") }
        try printJSON([
          "policy": found.id, "version": found.version,
          "valid_from": found.validFrom.description,
          "valid_to": found.validTo?.description as Any? ?? NSNull(),
          "activated_by": found.activated.by,
          "retired_by": found.retiredBy as Any? ?? NSNull(), "document": found.document,
        ])
      }
    }
  }

  /// Ends a version.
  struct Retire: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("废止一个版本", "end a version"))
    }
    @Argument(help: ArgumentHelp(said("政策代号", "policy"))) var policy: String
    @Argument(help: ArgumentHelp(said("版本", "version"))) var version: String
    @Option(
      name: [.customLong("last-day"), .customLong("to")], help: .day("最后一天", "its last day"))
    var lastDay: Day
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try await PolicyService(workspace.database).retire(
          policy, version: version, lastDay: lastDay, today: workspace.today,
          by: workspace.attribution)
        try Outcome.print(
          output.format,
          said("\(policy) \(version) 到 \(lastDay) 为止", "\(policy) \(version) ends on \(lastDay)"),
          [
            (ListingColumn("policy", "政策", "policy"), .text(policy)),
            (ListingColumn("version", "版本", "version"), .text(version)),
            (ListingColumn("valid_to", "至", "to"), .text(lastDay.description)),
          ])
      }
    }
  }

  /// The documents that the binary carries.
  struct Examples: ParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("自带的示例政策：列出，或写到文件夹（示例，不是哪个城市的现行规定）", "the examples that the program carries")
      )
    }
    @Option(help: ArgumentHelp(said("写到哪个文件夹", "write them to a folder"))) var to: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() throws {
      var listing = Listing([
        ListingColumn("policy", "政策", "policy"), ListingColumn("file", "文件", "file"),
      ])
      let folder = to.map { URL(fileURLWithPath: $0) }
      if let folder {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      for example in ExamplePolicies.all {
        let place = folder?.appendingPathComponent("\(example.name).yaml")
        if let place { try Data(example.text.utf8).write(to: place, options: .atomic) }
        listing.append([.text(example.name), (place?.path).map(Cell.text) ?? .none])
      }
      guard output.format == .text else { return try listing.print(output.format) }
      for row in listing.rows { print(row[folder == nil ? 0 : 1].plain) }
    }
  }
}
