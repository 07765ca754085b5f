import ArgumentParser
import CanteenDomain
import CanteenServices

extension DinerCommand {
  /// Entitlements that end or are to be renewed soon.
  struct Expiring: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("即将到期或须复核的资格", "entitlements that expire soon"))
    }
    @Option(help: ArgumentHelp(said("几天之内", "within how many days"))) var within: Int = 30
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        try EntitlementCommand.print(
          await EntitlementService(workspace.database)
            .expiring(within: within, from: workspace.today), output.format)
      }
    }
  }

  /// Records that may be one person.
  struct Twins: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("疑似重复登记", "records that may be one person"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("one", "登记号", "record"), ListingColumn("one_name", "姓名", "name"),
          ListingColumn("other", "另一登记号", "other record"),
          ListingColumn("other_name", "姓名", "name"), ListingColumn("reason", "依据", "because"),
        ])
        for pair in try await DinerMerge(workspace.database).twins() {
          listing.append([
            .text("#\(pair.one)"), .text(pair.oneName), .text("#\(pair.other)"),
            .text(pair.otherName), .word(pair.reason),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Makes two records one person.
  struct Merge: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("并档：把前一份登记并入后一份", "merge the first record into the second"),
        discussion: said(
          "两份登记的历史都保留，今后合为一人计算。并档后会列出按一个人计算时价格不同的就餐；账目不自动改动。",
          "Both histories stay and count as one person. Meals that would be priced otherwise are listed; the books stay."
        ))
    }
    @Argument(help: ArgumentHelp(said("要并入的登记：登记号（#12）或卡号", "the record to merge: #12 or a card")))
    var record: String
    @Argument(help: ArgumentHelp(said("保留的登记：登记号或卡号", "the record that stays")))
    var person: String
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let (record, person) = (try DinerKey.read(record), try DinerKey.read(person))
      try await Workspace.run(common) { workspace in
        let service = try await DinerService(workspace.database, vault: workspace.vault())
        let differences = try await DinerMerge(workspace.database).merge(
          service.record(record), into: service.record(person), reason: reason,
          by: workspace.attribution)
        var listing = Listing([
          ListingColumn("record", "登记号", "record"), ListingColumn("day", "日期", "day"),
          ListingColumn("period", "餐次", "meal"), ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("paid_fen", "已付", "paid", number: true),
          ListingColumn("due_fen", "合并后应付", "due as one", number: true),
          ListingColumn("second_meal", "同餐重复", "second meal"),
        ])
        for meal in differences {
          listing.append([
            .text("#\(meal.diner)"), .text(meal.day.description),
            .word(meal.period), .text(meal.canteen), .money(meal.paid),
            .money(meal.due), .boolean(meal.isSecondMeal),
          ])
        }
        try listing.print(output.format)
        if output.format == .text {
          Swift.print(
            said(
              "已并档；价格不同的就餐 \(differences.count) 笔，账目未改动",
              "merged; \(differences.count) meals would be priced otherwise, the books are unchanged"
            ))
        }
      }
    }
  }

  /// Undoes a merge.
  struct Separate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("撤销并档", "undo a merge"))
    }
    @Argument(help: ArgumentHelp(said("被并入的登记号（#12）", "the merged record (#12)")))
    var record: String
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(record)
      try await Workspace.run(common) { workspace in
        let service = try await DinerService(workspace.database, vault: workspace.vault())
        try await DinerMerge(workspace.database).separate(
          service.record(key), reason: reason, by: workspace.attribution)
        Swift.print(said("已撤销并档", "separated"))
      }
    }
  }

  /// Takes a person out of the scheme, for a time or for ever, from a day on.
  struct Status: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记状态：暂停、迁出、入住机构、身故等，可预先登记", "record a status, ahead of its day too"),
        discussion: said(
          "身故系误报的，用 --end 撤销：当日即恢复，被它终止的资格一并恢复。",
          "A death that was reported wrongly is taken back by --end, with the entitlements that it ended."
        ))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("状态", "status"))) var status: Diner.Status
    @Option(help: .day("起始日期，默认今天", "from; today")) var from: Day?
    @Option(name: .to, help: .day("截止日期；不给则一直持续", "to; without it, for good")) var to: Day?
    @Flag(help: ArgumentHelp(said("结束已有的这个状态（截止日期用 --to）", "end the status that lasts, on --to")))
    var end = false
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String = ""
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let service = try await DinerService(workspace.database, vault: workspace.vault())
        let diner = try await service.person(key)
        let statuses = DinerStatusService(workspace.database)
        if end {
          let again = try await statuses.end(
            status, of: diner, on: to ?? workspace.today, reason: reason,
            by: workspace.attribution)
          try Outcome.print(
            output.format,
            status == .deceased
              ? said(
                "已撤销：身故，恢复资格 \(again) 项", "taken back: deceased; entitlements restored: \(again)")
              : said("已结束：\(status.name.zh)", "ended: \(status.name.en)"),
            [
              (ListingColumn("id", "登记号", "no."), .text("#\(diner)")),
              (ListingColumn("ended", "结束的状态", "ended"), .word(status)),
              (ListingColumn("restored", "恢复资格", "entitlements restored"), .integer(again)),
            ])
          return
        }
        let ended = try await statuses.set(
          status, of: diner, from: from ?? workspace.today, to: to, reason: reason,
          by: workspace.attribution)
        try Outcome.print(
          output.format,
          said(
            "已登记：\(status.name.zh)，终止资格 \(ended) 项",
            "recorded: \(status.name.en); entitlements ended: \(ended)"),
          [
            (ListingColumn("id", "登记号", "no."), .text("#\(diner)")),
            (ListingColumn("status", "状态", "status"), .word(status)),
            (ListingColumn("entitlements", "终止资格", "entitlements ended"), .integer(ended)),
          ])
      }
    }
  }
}

extension Diner.Status: NamedCode {}
extension Credential.Kind: NamedCode {}
extension ApprovalStep: NamedCode {}
