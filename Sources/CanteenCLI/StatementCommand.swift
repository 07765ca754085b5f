import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// `canteen statement`: 结算单.
struct StatementCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "statement",
      abstract: said("结算单：结算、申报、审定、拨付、导出", "statements: close, submit, approve, pay, export"),
      subcommands: [
        Close.self, List.self, Show.self, Submit.self, Return.self, Approve.self, Disallow.self,
        Pay.self, Repay.self, Payments.self, History.self, Owed.self, Sample.self, SpotCheck.self,
        Explain.self,
        Export.self, Form.self,
      ])
  }

  /// Closes a month.
  struct Close: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "结算一个月或政策规定的季度（须先日结并核对）",
          "close a month, or its quarter by policy; first close its days and reconcile"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(
      help: .month("月份，如 2026-10；按季结算的取其所在季度", "month, e.g. 2026-10; or a month of the quarter"))
    var month: MonthArgument
    @Option(help: ArgumentHelp(said("考核等次，用于运营补贴系数", "rating, for operating subsidies")))
    var rating: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let closed = try await StatementService(workspace.database, vault: workspace.vault())
          .close(canteen, month: month.firstDay, rating: rating, by: workspace.attribution)
        try StatementCommand.summary([(closed.statement, .closed)]).print(output.format)
      }
    }
  }

  /// All statements.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出结算单", "list the statements"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let all = try await StatementLifeService(workspace.database).all()
        try StatementCommand.summary(all.map { ($0.statement, $0.step) }).print(output.format)
      }
    }
  }

  /// - Parameter statements: each with the step that it stands at.
  private static func summary(_ statements: [(Statement, StatementStep)]) -> Listing {
    var listing = Listing([
      ListingColumn("statement", "结算单", "statement"),
      ListingColumn("from", "起", "from"), ListingColumn("to", "止", "to"),
      ListingColumn("persons", "人数", "persons", number: true),
      ListingColumn("meals", "人次", "meals", number: true),
      ListingColumn("list_fen", "餐费总额", "list", number: true),
      ListingColumn("diner_fen", "个人自付", "diners", number: true),
      ListingColumn("claimed_fen", "申报金额", "claimed", number: true),
      ListingColumn("step", "环节", "step"),
    ])
    for (statement, step) in statements {
      listing.append([
        .text(statement.number), .text(statement.from.description),
        .text(statement.to.description), .integer(statement.persons), .integer(statement.meals),
        .money(statement.list), .money(statement.diner), .money(statement.claimed),
        .word(step),
      ])
    }
    return listing
  }

  /// One statement by tiers, or by lines.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("查看一张结算单（汇总表；--lines 看明细）", "show one: its tiers, or with --lines its lines")
      )
    }
    @Argument(help: ArgumentHelp(said("结算单号，如 DFL-01-2026-10", "its number"))) var number: String
    @Flag(help: ArgumentHelp(said("明细", "lines"))) var lines = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = StatementService(workspace.database, vault: try await workspace.vault())
        guard !lines else {
          return try details(try await service.closed(number)).print(output.format)
        }
        let closed = try await service.head(number)
        let statement = closed.statement
        let step = try await StatementLifeService(workspace.database).standing(number).step
        guard output.format != .json else {
          return try printJSON(
            [
              "statement": number, "step": step.rawValue, "canteen": statement.canteen,
              "from": statement.from.description, "to": statement.to.description,
              "serving_days": statement.servingDays, "claimed_fen": statement.claimed.count,
              "sha256": closed.sha256, "tiers": tiers(statement).objects,
              "owed": Cell.sources(statement.owed).json,
              "subsidies": (statement.subsidies ?? []).map {
                [
                  "kind": $0.kind.rawValue, "payee": $0.payee,
                  "sources": Cell.sources($0.sources).json,
                ]
              },
              "releases": (statement.releases ?? []).map {
                [
                  "original": $0.original, "line": $0.line,
                  "sources": Cell.sources($0.sources).json,
                ]
              },
            ] as [String: Any])
        }
        if output.format == .text {
          print(
            said(
              "\(number)（\(step.name.zh)）  \(statement.canteenName)  \(statement.from) 至 \(statement.to)  供餐 \(statement.servingDays) 天",
              "\(number) (\(step.name.en))  \(statement.canteenName)  \(statement.from) to \(statement.to)  serving days: \(statement.servingDays)"
            ))
        }
        try tiers(statement).print(output.format)
        if output.format == .text {
          for sentence in beside(statement) { print(sentence.text(in: .current)) }
          print(
            said(
              "申报金额 \(statement.claimed.yuan) 元（\(statement.claimed.capitals)）\nSHA-256 \(closed.sha256)",
              "claimed \(statement.claimed.yuan) yuan\nSHA-256 \(closed.sha256)"))
        }
      }
    }

    /// What stands beside the tiers, a sentence each.
    private func beside(_ statement: Statement) -> [Sentence] {
      (statement.subsidies ?? []).map {
        Sentence(
          zh: "\($0.kind.name.zh)（付\($0.payeeName.zh)）\($0.sentence.zh)",
          en: "\($0.kind.name.en) to the \($0.payeeName.en): \($0.sentence.en)")
      }
        + (statement.releases ?? []).map {
          let fen = $0.sources.map(\.fen).sum()
          return Sentence(
            zh: "核减冲回：原单 \($0.original) 第 \($0.line) 行，\(fen.yuan) 元",
            en: "disallowance of \($0.original), line \($0.line), released: \(fen.yuan)")
        } + (statement.ceilings ?? []).map(\.sentence)
    }

    private func tiers(_ statement: Statement) -> Listing {
      let sources = statement.sources.map(\.source)
      var listing = Listing(
        [
          ListingColumn("tier", "补贴类别", "tier"),
          ListingColumn("persons", "人数", "persons", number: true),
          ListingColumn("meals", "人次", "meals", number: true),
          ListingColumn("list_fen", "餐费", "list", number: true),
          ListingColumn("diner_fen", "个人自付", "diners", number: true),
        ]
          + sources.map {
            ListingColumn("\($0.rawValue)_fen", $0.name.zh, $0.name.en, number: true)
          })
      func row(
        _ tier: Cell, _ persons: Int, _ meals: Int, _ list: Fen, _ diner: Fen,
        _ totals: [Statement.SourceTotal]
      ) -> [Cell] {
        [tier, .integer(persons), .integer(meals), .money(list), .money(diner)]
          + sources.map { source in
            .money(totals.first { $0.source == source }?.fen ?? 0)
          }
      }
      for tier in statement.tiers {
        listing.append(
          row(
            .tier(tier.code, titled: tier.title), tier.persons, tier.meals, tier.list, tier.diner,
            tier.sources))
      }
      if let adjusted = statement.adjustments {
        listing.append(
          row(
            .word("adjustments", Sentence(zh: "本期调整", en: "adjustments")), adjusted.persons, 0, 0,
            adjusted.diner,
            adjusted.sources))
      }
      listing.append(
        row(
          .word("total", Sentence(zh: "合计（人数去重）", en: "total (persons once)")), statement.persons,
          statement.meals,
          statement.list,
          statement.diner, statement.sources))
      return listing
    }

    private func details(_ closed: StatementService.Closed) -> Listing {
      var listing = Listing([
        ListingColumn("line", "序号", "line", number: true), ListingColumn("day", "日期", "day"),
        ListingColumn("period", "餐次", "meal"), ListingColumn("name", "姓名", "name"),
        ListingColumn("age", "周岁", "age", number: true), ListingColumn("tier", "类别", "tier"),
        ListingColumn("adjustment", "调整", "adjustment"),
        ListingColumn("original", "原单", "original"),
        ListingColumn("list_fen", "标价", "list", number: true),
        ListingColumn("diner_fen", "自付", "paid", number: true),
        ListingColumn("sources", "来源", "sources"), ListingColumn("check_in", "签到键", "key"),
      ])
      for line in closed.lines {
        listing.append([
          .integer(line.number), .text(line.day.description),
          .word(line.period), .text(line.name),
          line.age.map(Cell.integer) ?? .none,
          .tier(line.tier, titled: line.tierTitle),
          line.adjustment.map { .word($0.kind) } ?? .none,
          line.adjustment.map { .text($0.original) } ?? .none, .money(line.list),
          .money(line.dinerPays),
          .sources(line.sources),
          .text(line.checkIn.text),
        ])
      }
      return listing
    }
  }
}
