import ArgumentParser
import CanteenDomain
import CanteenServices

extension OrderCommand {
  /// The nightly job: orders out of standing ones.
  struct Generate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "由长期订餐生成（每晚运行；不重复，不恢复已取消的）", "make orders from standing ones, every night"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码；不给则为全部", "canteen; all"))) var canteen: String?
    @Option(help: .day("起始日期，默认明天", "first day; tomorrow")) var from: Day?
    @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 7
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard (1...62).contains(days) else {
        throw ValidationError(said("--days 应为 1 到 62", "--days is 1 to 62"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = StandingOrderService(workspace.database)
        let all = try await CanteenService(workspace.database).all().map(\.code)
        var listing = Listing([
          ListingColumn("canteen", "助餐点", "canteen"),
          ListingColumn("added", "新增", "added", number: true),
          ListingColumn("known", "此前已有或已取消", "known", number: true),
          ListingColumn("beyond_capacity", "超出容量", "beyond capacity", number: true),
          ListingColumn("on_hold", "因未取餐暂停", "on hold", number: true),
          ListingColumn("not_in_the_scheme", "状态不符", "not in the scheme", number: true),
        ])
        var left: [Order] = []
        for code in canteen.map({ [$0] }) ?? all {
          let made = try await service.generate(
            code, from: from ?? workspace.today + 1, days: days, by: workspace.attribution)
          listing.append([
            .text(code), .integer(made.added), .integer(made.known),
            .integer(made.beyondCapacity.count), .integer(made.onHold.count),
            .integer(made.notInTheScheme),
          ])
          left += made.beyondCapacity + made.onHold
        }
        try listing.print(output.format)
        for order in left {
          Failure.say(
            Sentence(
              zh: "未生成：\(order.day) \(order.wish.period.name.zh) 登记号 \(order.diner)",
              en: "not made: \(order.day) \(order.wish.period.name.en) of #\(order.diner)"))
        }
      }
    }
  }

  /// `canteen order standing`.
  struct Standing: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("长期订餐：登记、更改、查看", "standing orders: add, change, list"),
        subcommands: [AddStanding.self, Change.self, ListStanding.self])
    }
  }

  /// Registers a standing order.
  struct AddStanding: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "add", abstract: said("登记长期订餐（每周固定几天）", "add a standing order"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Option(help: ArgumentHelp(said("星期几，如 1,5（周一和周五）", "weekdays, such as 1,5")))
    var weekdays: String
    @Option(help: .day("起始日期，默认明天", "from; tomorrow")) var from: Day?
    @Option(name: .to, help: .day("截止日期", "to")) var to: Day?
    @OptionGroup var wish: WishOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        let number = try await StandingOrderService(workspace.database).add(
          diner, wish.wish(), on: OrderCommand.weekdays(weekdays),
          from: from ?? workspace.today + 1, to: to, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已登记第 \(number) 号长期订餐", "standing order \(number)"),
          [
            (ListingColumn("number", "序号", "no.", number: true), .integer(number))
          ])
      }
    }
  }

  /// Changes or ends a standing order.
  struct Change: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("更改星期或截止日期；已生成的订餐不变", "change weekdays or the last day"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @Argument(help: ArgumentHelp(said("序号（见 order standing list）", "its number"))) var number: Int
    @Option(help: ArgumentHelp(said("星期几", "weekdays"))) var weekdays: String?
    @Option(name: .to, help: .day("最后一天", "last day")) var to: Day?
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        try await StandingOrderService(workspace.database).change(
          number, of: diner, weekdays: weekdays.map(OrderCommand.weekdays), to: to,
          by: workspace.attribution)
        print(said("已更改", "changed"))
      }
    }
  }

  /// A person's standing orders.
  struct ListStanding: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "list", abstract: said("一人的长期订餐", "the standing orders of a person"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let diner = try await workspace.diner(key)
        var listing = Listing([
          ListingColumn("number", "序号", "no.", number: true),
          ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("period", "餐次", "meal"),
          ListingColumn("weekdays", "星期", "weekdays"), ListingColumn("mode", "方式", "mode"),
          ListingColumn("size", "份量", "size"), ListingColumn("from", "起", "from"),
          ListingColumn("to", "止", "to"), ListingColumn("note", "备注", "note"),
        ])
        for one in try await StandingOrderService(workspace.database).list(of: diner) {
          listing.append([
            .integer(one.number), .text(one.wish.canteen),
            .word(one.wish.period),
            .list(one.weekdays.map(String.init)),
            .word(one.wish.mode),
            .word(one.wish.size), .text(one.from.description),
            one.to.map { .text($0.description) } ?? .none, .text(one.wish.note),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// `canteen order rules`: cut-off, capacity, what a no-show brings.
  struct Rules: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "订餐规则：截止、容量、配菜、未取餐；不带选项则查看", "rules: cut-off, capacity, sides, no-shows; shows them alone"
        ))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("要改的餐次", "the meal to change"))) var period: MealPeriod?
    @Option(help: ArgumentHelp(said("提前几天截止", "days before"))) var cutoffDays: Int?
    @Option(help: .time("截止时间", "time of the cut-off")) var cutoffAt: TimeOfDay?
    @Option(help: ArgumentHelp(said("最多几份；0 表示不接受订餐", "most portions"))) var capacity: Int?
    @Option(help: ArgumentHelp(said("每份主菜含几份配菜", "sides that a main brings")))
    var sidesPerMain: Int?
    @Option(help: ArgumentHelp(said("30 天内几次未取餐后暂停长期订餐", "no-shows in 30 days until a hold")))
    var noShowLimit: Int?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      let isChange =
        cutoffDays != nil || cutoffAt != nil || capacity != nil || sidesPerMain != nil
        || noShowLimit != nil
      guard !isChange || period != nil else {
        throw ValidationError(said("请用 --period 指明餐次", "name the meal with --period"))
      }
      let isPossible =
        (0...31).contains(cutoffDays ?? 0) && (capacity ?? 0) >= 0 && (sidesPerMain ?? 0) >= 0
        && (noShowLimit ?? 1) >= 1
      guard isPossible else {
        throw ValidationError(said("数值不合理", "a number makes no sense"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = OrderService(workspace.database)
        if let period {
          var rules = try await service.rules(canteen)[period] ?? OrderRules()
          if let cutoffDays { rules.cutoffDays = cutoffDays }
          if let cutoffAt { rules.cutoffAt = cutoffAt }
          if let capacity { rules.capacity = capacity }
          if let sidesPerMain { rules.sidesPerMain = sidesPerMain }
          if let noShowLimit { rules.noShowLimit = noShowLimit }
          try await service.set(rules, canteen, period, by: workspace.attribution)
        }
        var listing = Listing([
          ListingColumn("period", "餐次", "meal"),
          ListingColumn("cutoff_days", "提前天数", "days before", number: true),
          ListingColumn("cutoff_at", "截止", "cut-off"),
          ListingColumn("capacity", "容量", "capacity", number: true),
          ListingColumn("sides_per_main", "含配菜", "sides", number: true),
          ListingColumn("no_show_limit", "未取餐上限", "no-shows", number: true),
        ])
        for (period, rules) in try await service.rules(canteen).sorted(by: { $0.key < $1.key }) {
          listing.append([
            .word(period),
            .integer(rules.cutoffDays), .text(rules.cutoffAt.hourAndMinute),
            rules.capacity.map(Cell.integer) ?? .none, .integer(rules.sidesPerMain),
            rules.noShowLimit.map(Cell.integer) ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// `1,5` or `1、5`.
  static func weekdays(_ text: String) throws -> [Int] {
    let parts = text.normalisedWidth().split { ",、 ".contains($0) }
    let days = parts.compactMap { Int($0) }
    guard days.count == parts.count, !days.isEmpty else { throw OrderRefusal.noWeekdays }
    return days
  }
}
