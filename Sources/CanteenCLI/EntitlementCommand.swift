import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen entitlement`: applications and their steps.
struct EntitlementCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "entitlement",
      abstract: said("资格：申请、审批、复核和终止", "entitlements: apply, approve, renew, end"),
      subcommands: [Apply.self, Advance.self, Revise.self, List.self])
  }

  static func print(_ entitlements: [EntitlementService.Listed], _ format: OutputFormat) throws {
    var listing = Listing([
      ListingColumn("id", "登记号", "no."), ListingColumn("name", "姓名", "name"),
      ListingColumn("category", "类别", "category"), ListingColumn("from", "起", "from"),
      ListingColumn("to", "止", "to"), ListingColumn("renew_by", "复核期限", "renew by"),
      ListingColumn("step", "环节", "step"), ListingColumn("step_by", "经办", "by"),
      ListingColumn("evidence", "证明材料", "evidence"),
    ])
    for one in entitlements {
      listing.append([
        .text("#\(one.diner)"), .text(one.name), .word(one.category),
        one.from.map { .text($0.description) } ?? .none,
        one.to.map { .text($0.description) } ?? .none,
        one.renewBy.map { .text($0.description) } ?? .none,
        .word(one.step), .text(one.stepBy), .text(one.evidence),
      ])
    }
    try listing.print(format)
  }

  /// Takes an application in.
  struct Apply: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "登记一份申请；生效前不参与计价", "take an application in; it prices nothing before it is active"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("类别，如 低保", "category"))) var category: String
    @Option(help: .day("起始日期", "from")) var from: Day
    @Option(name: .to, help: .day("截止日期", "to")) var to: Day?
    @Option(help: ArgumentHelp(said("照护等级", "care level"))) var careLevel: String?
    @Option(help: ArgumentHelp(said("残疾等级，1–4", "disability grade, 1 to 4"))) var grade: Int?
    @Option(help: ArgumentHelp(said("证明材料", "evidence"))) var evidence: String = ""
    @Option(help: .day("复核期限", "to be renewed by")) var renewBy: Day?
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if let careLevel, CareLevel(named: careLevel) == nil {
        throw ValidationError(
          said("--care-level 应为 轻度、中度、重度或 0–6", "--care-level is mild, moderate, severe or 0 to 6"))
      }
      if let grade, !(1...4).contains(grade) {
        throw ValidationError(said("--grade 应为 1–4", "--grade is 1 to 4"))
      }
    }

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await EntitlementService(workspace.database).apply(
          .init(
            category: Category(named: category),
            careLevel: careLevel.flatMap(CareLevel.init(named:)), disabilityGrade: grade,
            from: from, to: to, evidence: evidence, renewBy: renewBy), for: diner,
          by: workspace.attribution)
        Swift.print(said("已登记申请", "the application is taken in"))
      }
    }
  }

  /// Takes the next step.
  struct Advance: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("办理下一环节：社区核实、街道批准、公示、生效，或不予通过", "take the next step, or refuse"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("类别", "category"))) var category: String
    @Argument(help: ArgumentHelp(said("环节", "step"))) var step: ApprovalStep
    @Option(help: ArgumentHelp(said("说明；不予通过时必填", "a note; needed for a refusal")))
    var note: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await EntitlementService(workspace.database).advance(
          Category(named: category), of: diner, to: step, note: note, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已办理：\(step.name.zh)", "done: \(step.name.en)"),
          [
            (ListingColumn("id", "登记号", "no."), .text("#\(diner)")),
            (ListingColumn("step", "环节", "step"), .word(step)),
          ])
      }
    }
  }

  /// Ends or renews.
  struct Revise: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("复核或终止：改截止日期、复核期限、证明材料", "renew or end: last day, renewal, evidence"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("类别", "category"))) var category: String
    @Option(name: .to, help: .day("截止日期", "last day")) var to: Day?
    @Option(help: .day("复核期限", "to be renewed by")) var renewBy: Day?
    @Option(help: ArgumentHelp(said("证明材料", "evidence"))) var evidence: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if to == nil, renewBy == nil, evidence == nil {
        throw ValidationError(
          said("请给出 --to、--renew-by 或 --evidence", "give --to, --renew-by or --evidence"))
      }
    }

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await EntitlementService(workspace.database).revise(
          Category(named: category), of: diner, to: to, renewBy: renewBy, evidence: evidence,
          by: workspace.attribution)
        Swift.print(said("已更新", "revised"))
      }
    }
  }

  /// Applications at a step.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出停在某一环节的申请", "list the applications at a step"))
    }
    @Argument(help: ArgumentHelp(said("环节", "step"))) var step: ApprovalStep = .submitted
    @Option(help: ArgumentHelp(said("最多多少条", "how many at most"))) var limit: Int = 200
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try EntitlementCommand.print(
          await EntitlementService(workspace.database).list(at: step, limit: limit),
          output.format)
      }
    }
  }
}
