import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen order`: what people want to eat.
struct OrderCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "order",
      abstract: said(
        "订餐：下单、取消、导入、查看、就餐、长期订餐、规则", "orders: add, cancel, import, list, serve, standing, rules"),
      subcommands: [
        Add.self, Cancel.self, Import.self, List.self, Serve.self, NoShows.self, Generate.self,
        Standing.self, Rules.self,
      ])
  }

  fileprivate static func say(
    _ outcome: OrderService.Outcome, _ format: OutputFormat
  ) throws {
    try Outcome.print(
      format, outcome.sentence.text(in: .current),
      [
        (ListingColumn("added", "新增", "added"), .integer(outcome.added)),
        (ListingColumn("changed", "更改", "changed"), .integer(outcome.changed)),
        (ListingColumn("unchanged", "未变", "unchanged"), .integer(outcome.unchanged)),
      ])
  }

  /// A meal for one person.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("为一位老人订餐（窗口、电话、帮办）", "order a meal for one person"),
        discussion: said(
          "例：canteen order add SMP000001 --canteen XFS-01 --day 2026-12-01 --channel phone",
          "Example: canteen order add SMP000001 --canteen XFS-01 --day 2026-12-01 --channel phone"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(name: .day, help: .day("用餐日期，默认明天", "day; tomorrow")) var day: Day?
    @OptionGroup var wish: WishOptions
    @Flag(help: ArgumentHelp(said("加单：已过截止时间，负责人同意", "after the cut-off, as the manager agrees")))
    var afterCutoff = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        let day = day ?? workspace.today + 1
        let outcome = try await OrderService(workspace.database).place(
          [.init(diner: diner, day: day, wish: wish.wish())], afterCutoff: afterCutoff,
          by: workspace.attribution)
        try OrderCommand.say(outcome, output.format)
      }
    }
  }

  /// Takes a meal back.
  struct Cancel: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("取消一餐；长期订餐的某一天也这样跳过", "cancel a meal, or skip a day of a standing order"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(name: .day, help: .day("用餐日期，默认明天", "day; tomorrow")) var day: Day?
    @Option(help: ArgumentHelp(said("餐次", "meal"))) var period: MealPeriod = .lunch
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        let order = try await OrderService(workspace.database).cancel(
          diner, on: day ?? workspace.today + 1, period, by: workspace.attribution)
        try Outcome.print(
          output.format,
          order.isLate
            ? said("已取消；已过截止时间，厨房可能已备料", "cancelled, after the cut-off")
            : said("已取消", "cancelled"),
          [
            (ListingColumn("day", "用餐日期", "day"), .text(order.day.description)),
            (ListingColumn("period", "餐次", "meal"), .word(period)),
            (ListingColumn("late", "过时", "late"), .boolean(order.isLate)),
          ])
      }
    }
  }

  /// A list of orders, one line a person.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("导入订餐表（CSV 或 XLSX，每人一行）", "import orders, one line a person"),
        discussion: said(
          "列：卡号（或登记号 #12）、日期、餐次、用餐方式、份量、菜品、备注。整表接收或整表不收。团体用 --channel group --for 名称。",
          "Columns: person (card or #12), day, period, mode, size, dishes, note. Taken whole or not at all."
        ))
    }
    @Argument(help: ArgumentHelp(said("CSV 或 XLSX 文件", "a CSV or XLSX file"))) var file: String
    @OptionGroup var wish: WishOptions
    @Flag(help: ArgumentHelp(said("加单：已过截止时间，负责人同意", "after the cut-off, as the manager agrees")))
    var afterCutoff = false
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try OrderRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      let name = RowReport.fileName(file)
      try await Workspace.run(common) { workspace in
        let diners = try await DinerService(workspace.database, vault: workspace.vault())
        var requests: [OrderService.Request] = []
        var faults: [RowFault] = []
        for row in readings.compactMap(\.value) {
          do {
            let wanted = wish.wish(
              row.period, row.mode, row.size, row.dishes.isEmpty ? nil : row.dishes, row.note)
            requests.append(
              .init(diner: try await diners.person(row.person), day: row.day, wish: wanted))
          } catch let error as DinerRefusal {
            faults.append(
              RowFault(
                address: CellAddress(file: name, line: row.line, column: "卡号"),
                reason: error.sentence))
          }
        }
        guard faults.isEmpty else {
          RowReport.say(faults)
          throw RowReport.RowsRefused(count: RowReport.rows(faults), others: .left)
        }
        let outcome = try await OrderService(workspace.database)
          .place(requests, afterCutoff: afterCutoff, by: workspace.attribution)
        try OrderCommand.say(outcome, output.format)
      }
    }
  }

  /// The orders of some days.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看订餐及其结果", "list orders and what became of them"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("起始日期，默认今天", "first day; today")) var from: Day?
    @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 1
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let first = from ?? workspace.today
        let last = first + max(0, days - 1)
        let orders = try await OrderService(workspace.database)
          .list(canteen, from: first, to: last)
        try OrderCommand.show(orders, on: workspace.today, output.format, (first, last))
      }
    }
  }

  /// Meals that were not fetched.
  struct NoShows: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "no-shows",
        abstract: said("未取餐：订了没来的，不计补贴", "meals that were not fetched: no subsidy"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("起始日期，默认 30 天前", "first day; 30 days ago")) var from: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let today = workspace.today
        let first = from ?? today - OrderRules.noShowDays
        let orders = try await OrderService(workspace.database)
          .list(canteen, from: first, to: today - 1)
          .filter { $0.state(on: today) == .noShow }
        try OrderCommand.show(
          orders, on: today, output.format, (min(first, today - 1), today - 1))
      }
    }
  }

  static func show(
    _ orders: [ListedOrder], on today: Day, _ format: OutputFormat, _ days: (from: Day, to: Day)
  ) throws {
    var listing = Listing([
      ListingColumn("day", "日期", "day"), ListingColumn("period", "餐次", "meal"),
      ListingColumn("diner", "登记号", "number", number: true),
      ListingColumn("name", "姓名", "name"), ListingColumn("state", "状态", "state"),
      ListingColumn("mode", "方式", "mode"), ListingColumn("size", "份量", "size"),
      ListingColumn("dishes", "菜品", "dishes"), ListingColumn("channel", "来源", "came"),
      ListingColumn("for", "代办", "for"), ListingColumn("late", "过时", "late"),
      ListingColumn("note", "备注", "note"),
    ])
    for one in orders {
      let wish = one.order.wish
      let state = one.state(on: today)
      listing.append([
        .text(one.order.day.description), .word(wish.period),
        .integer(Int(one.order.diner)), .text(one.name), .word(state),
        .word(wish.mode), .word(wish.size),
        .list(wish.dishes),
        one.order.standing == nil
          ? .word(wish.channel)
          : .word("standing", Sentence(zh: "长期", en: "standing")),
        .text(wish.orderedBy), .boolean(one.order.isLate), .text(wish.note),
      ])
    }
    try listing.print(format, days)
  }

  /// One tap: the order becomes a check-in.
  struct Serve: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("按订餐签到；再按一次得到同样的结果", "check an order in; once more gives the same answer"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(help: ArgumentHelp(said("餐次", "meal"))) var period: MealPeriod = .lunch
    @Option(name: .day, help: .day("用餐日期，默认今天", "day; today")) var day: Day?
    @Option(help: .time("就餐时间，默认现在", "time; now")) var time: TimeOfDay?
    @Option(help: ArgumentHelp(said("支付方式", "means of payment"))) var pay: MeansOfPayment = .cash
    @Option(help: ArgumentHelp(said("窗口", "counter"))) var terminal: String = said(
      "一号窗", "counter 1")
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let vault = try await workspace.vault()
        let diner = try await workspace.diner(key)
        let request = try await OrderService(workspace.database).checkIn(
          diner, on: day ?? workspace.today, period,
          at: time ?? workspace.calendar.time(of: workspace.attribution.at), means: pay,
          terminal: terminal)
        let service = CheckInService(workspace.database, vault: vault)
        try CheckInCommand.One.show(
          try await service.checkIn([request], by: workspace.attribution)[0].get(), output.format)
      }
    }
  }
}

/// What is wanted.
struct WishOptions: ParsableArguments {
  @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
  @Option(help: ArgumentHelp(said("餐次", "meal"))) var period: MealPeriod = .lunch
  @Option(help: ArgumentHelp(said("用餐方式", "how it is taken"))) var mode: ServiceMode = .dineIn
  @Option(help: ArgumentHelp(said("份量", "size"))) var size: Order.Size = .regular
  @Option(help: ArgumentHelp(said("菜名，可多次；不给则为套餐", "a dish, once for each; else the set")))
  var dish: [String] = []
  @Option(help: ArgumentHelp(said("备注", "note"))) var note: String = ""
  @Option(help: ArgumentHelp(said("下单方式：clerk、phone、proxy、group", "clerk, phone, proxy or group")))
  var channel: Order.Channel = .clerk
  @Option(
    name: .customLong("for"), help: ArgumentHelp(said("帮办人或团体名称", "the proxy or the group")))
  var orderedBy: String = ""

  func wish(
    _ period: MealPeriod? = nil, _ mode: ServiceMode? = nil, _ size: Order.Size? = nil,
    _ dishes: [String]? = nil, _ note: String? = nil
  ) -> Order.Wish {
    Order.Wish(
      canteen: canteen, period: period ?? self.period, mode: mode ?? self.mode,
      size: size ?? self.size, dishes: dishes ?? dish, note: note ?? self.note, channel: channel,
      orderedBy: orderedBy)
  }
}

extension Order.Size: NamedCode {}
extension Order.Channel: NamedCode {}

extension OrderService.Outcome {
  var sentence: Sentence {
    Sentence(
      zh: "订餐：新增 \(added)，更改 \(changed)，已有 \(unchanged)",
      en: "orders: \(added) added, \(changed) changed, \(unchanged) there already")
  }
}
