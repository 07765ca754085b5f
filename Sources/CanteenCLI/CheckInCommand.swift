import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// `canteen check-in`: the counter.
struct CheckInCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check-in",
      abstract: said(
        "签到：登记一餐、导入签到表、查看、冲正、待处理", "check-ins: one, a list, show, reverse, exceptions"),
      subcommands: [
        One.self, Import.self, List.self, Reverse.self, CheckInExceptionsCommand.self,
      ])
  }

  /// Says so where a day is sealed already: what concerns it goes into the books of a later one.
  private static func sayWhereItLands(_ day: Day, _ postedOn: Day) {
    guard postedOn != day else { return }
    let month = String(postedOn.description.prefix(7))
    Failure.say(
      day.firstOfMonth == postedOn.firstOfMonth
        ? Sentence(
          zh: "\(day) 已日结，记入 \(postedOn) 的账",
          en: "\(day) is sealed; it goes into the books of \(postedOn)")
        : Sentence(
          zh: "\(day) 已日结，记入 \(postedOn) 的账，列入 \(month) 的结算单",
          en:
            "\(day) is sealed; it goes into the books of \(postedOn) and the statement of \(month)")
    )
  }

  /// One diner at the counter.
  struct One: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("为一位老人签到", "check one diner in"),
        discussion: said(
          "例：canteen check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00。以前的日期算补录，须给 --time；不能入账的留待处理。",
          "Example: canteen check-in one SMP000001 --canteen XFS-01 --period lunch --price 12.00. A past day is a late entry and needs --time; what cannot be taken is kept for a decision."
        ))
    }
    @Argument(
      help: ArgumentHelp(said("卡号；客人用 --guest 代替", "card number; for a guest --guest instead")))
    var card: String?
    @Option(help: ArgumentHelp(said("非登记人员，按原价", "somebody not in the register, at full price")))
    var guest: GuestKind?
    @Option(help: ArgumentHelp(said("代领人编号（proxy list）", "number of the proxy who fetches it")))
    var proxy: Int?
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: ArgumentHelp(said("餐次；不给则按当前时间", "meal; by the time of day if not given")))
    var period: MealPeriod?
    @Option(
      help: .yuan("餐费（元）；不给则取当日套餐价", "price in yuan; the day's set if not given"))
    var price: Fen?
    @Option(help: ArgumentHelp(said("用餐方式", "how it is taken"))) var mode: ServiceMode = .dineIn
    @Option(help: ArgumentHelp(said("支付方式", "means of payment"))) var pay: MeansOfPayment = .cash
    @Option(help: ArgumentHelp(said("核验方式", "how the person was recognised")))
    var auth: AuthMethod = .card
    @Option(name: .day, help: .day("就餐日期；不给则为今天", "day; today if not given")) var day: Day?
    @Option(help: .time("就餐时间；不给则为现在", "time; now if not given")) var time: TimeOfDay?
    @Option(help: ArgumentHelp(said("窗口", "counter"))) var terminal: String = said(
      "一号窗", "counter 1")
    @Flag(help: ArgumentHelp(said("按原价（再打一份时用）", "at full price, for a further meal")))
    var fullPrice = false
    @Option(
      help: ArgumentHelp(
        said("请求键（UUID）：同键重试不会重复计数", "key (UUID): asking again with it counts once")))
    var key: CheckIn.ID?
    @Option(
      help: ArgumentHelp(said("用哪位志愿者的积分抵餐（志愿者号）", "whose points pay: a volunteer's number")))
    var pointsOf: Int64?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      guard (card == nil) != (guest == nil) else {
        throw ValidationError(said("请给出卡号，或用 --guest", "give a card number, or --guest"))
      }
      guard guest == nil || proxy == nil else {
        throw ValidationError(said("客人没有代领人", "a guest has no proxy"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let request = try await request(workspace)
        let service = CheckInService(workspace.database, vault: try await workspace.vault())
        let receipt = try await service.checkIn([request], by: workspace.attribution)[0].get()
        try Self.show(receipt, output.format)
        CheckInCommand.sayWhereItLands(receipt.checkIn.day, receipt.checkIn.postedOn)
      }
    }

    private func request(_ workspace: Workspace) async throws -> CheckInRequest {
      let place = try await CanteenService(workspace.database).canteen(canteen)
      let day = day ?? workspace.today
      let isLate = day < workspace.today
      guard !isLate || time != nil else {
        throw ValidationError(
          said("补录以前的一餐须用 --time 给出就餐时间", "a meal of a past day needs its --time"))
      }
      let time = time ?? workspace.calendar.time(of: workspace.attribution.at)
      guard let period = period ?? place.period(at: time) else {
        throw CanteenRefusal.noMealPeriod(canteen)
      }
      guard place.windows.contains(where: { $0.period == period }) else {
        throw CanteenRefusal.notServed(period, canteen)
      }
      var request = CheckInRequest(
        id: key ?? CheckIn.ID(bytes: withUnsafeBytes(of: UUID().uuid) { Array($0) }),
        party: guest.map { .guest($0) } ?? .card(card ?? ""), canteen: canteen, day: day,
        time: time, period: period, mode: mode,
        list: try await list(workspace, day, period), means: pay, auth: auth,
        wantsFullPrice: fullPrice, terminal: terminal, entry: isLate ? .late : .counter,
        proxy: proxy, pointsOf: pointsOf)
      if key == nil, isLate, card != nil, !fullPrice {
        // A meal of a past day that is typed in twice, to the minute, is one; not once it was taken back.
        let made = request.derivedID
        let earlier = try? await CheckInService(workspace.database).explain(made)
        if earlier?.stands != false { request.id = made }
      }
      return request
    }

    /// The price asked for, or that of the only set on the day's menu.
    private func list(_ workspace: Workspace, _ day: Day, _ period: MealPeriod) async throws -> Fen
    {
      if let price { return price }
      let menus = try await MenuService(workspace.database).published(canteen, from: day, to: day)
      let sets = menus.first { $0.period == period }?.dishes
        .filter { $0.category == .set }.compactMap(\.price)
      guard let sets, sets.count == 1 else { throw CheckInRefusal.noPrice(day, period) }
      return sets[0]
    }

    /// Prints what a check-in came to.
    static func show(_ receipt: CheckInReceipt, _ format: OutputFormat) throws {
      var listing = Listing([
        ListingColumn("name", "姓名", "name"), ListingColumn("diner_fen", "应付", "to pay"),
        ListingColumn("list_fen", "标价", "list price"),
        ListingColumn("sources", "补贴", "subsidised by"),
        ListingColumn("reason", "依据", "why"), ListingColumn("check_in", "签到键", "key"),
        ListingColumn("repeated", "重复请求", "asked before"),
      ])
      listing.append([
        .text(receipt.name), .money(receipt.checkIn.dinerPays), .money(receipt.checkIn.list),
        .sources(receipt.line.shares.totals),
        .sentences(receipt.line.explanation()),
        .text(receipt.checkIn.id.text), .boolean(receipt.isRepeated),
      ])
      try listing.printSummary(format)
    }
  }

  /// What was checked in.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出签到", "list the check-ins"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(
      name: [.customLong("from"), .customLong("day")],
      help: .day("起始日期，默认今天", "first day; today"))
    var from: Day?
    @Option(name: .to, help: .day("截止日期，默认同起始", "last day; the first")) var to: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let first = from ?? workspace.today
        if let to, to < first { throw ReconciliationRefusal.reversed(first, to) }
        _ = try await CanteenService(workspace.database).canteen(canteen)
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("time", "时间", "time"),
          ListingColumn("period", "餐次", "meal"), ListingColumn("name", "姓名", "name"),
          ListingColumn("mode", "方式", "mode"),
          ListingColumn("list_fen", "标价", "list", number: true),
          ListingColumn("diner_fen", "自付", "paid", number: true),
          ListingColumn("tier", "类别", "tier"), ListingColumn("entry", "来源", "entry"),
          ListingColumn("stands", "有效", "stands"),
          ListingColumn("reversed_by", "冲正人", "reversed by"),
          ListingColumn("reversal_reason", "冲正原因", "why reversed"),
          ListingColumn("reversal_posted_on", "冲正入账", "reversed in the books on"),
          ListingColumn("check_in", "签到键", "key"),
        ])
        let service = CheckInService(workspace.database, vault: try await workspace.vault())
        let reversals = try await service.reversals(canteen, from: first, to: to ?? first)
        for listed in try await service.list(canteen, from: first, to: to ?? first) {
          let checkIn = listed.checkIn
          let reversal = reversals[checkIn.id]
          listing.append([
            .text(checkIn.day.description),
            .text(workspace.calendar.time(of: checkIn.servedAt).description),
            .word(checkIn.period), .text(listed.name.maskedName),
            .word(checkIn.mode), .money(checkIn.list),
            .money(checkIn.dinerPays),
            .tier(checkIn.category ?? "", titled: listed.tierTitle),
            .word(checkIn.entry),
            .boolean(listed.stands),
            reversal.map { .text($0.by.by) } ?? .none, reversal.map { .text($0.reason) } ?? .none,
            reversal.map { .text($0.postedOn.description) } ?? .none, .text(checkIn.id.text),
          ])
        }
        try listing.print(output.format, (first, to ?? first))
      }
    }
  }

  /// 冲正.
  struct Reverse: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("冲正一笔签到（原记录保留）", "reverse a check-in; the row itself stays"))
    }
    @Argument(help: ArgumentHelp(said("签到键", "key of the check-in"))) var key: CheckIn.ID
    @Option(help: ArgumentHelp(said("原因", "reason"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = try await CheckInService(workspace.database, vault: workspace.vault())
        let checkIn = try await service.reverse(key, reason: reason, by: workspace.attribution)
        let postedOn =
          try await service.reversals(checkIn.canteen, from: checkIn.day, to: checkIn.day)[key]?
          .postedOn ?? checkIn.postedOn
        try Outcome.print(
          output.format,
          said(
            "已冲正：\(checkIn.day) \(checkIn.period.name.zh) \(checkIn.list.yuan) 元",
            "reversed: \(checkIn.day) \(checkIn.period.name.en) \(checkIn.list.yuan) yuan"),
          [
            (ListingColumn("check_in", "签到键", "key"), .text(key.text)),
            (ListingColumn("day", "日期", "day"), .text(checkIn.day.description)),
            (ListingColumn("list_fen", "标价", "list price"), .money(checkIn.list)),
            (ListingColumn("posted_on", "入账日期", "in the books on"), .text(postedOn.description)),
          ])
        CheckInCommand.sayWhereItLands(checkIn.day, postedOn)
      }
    }
  }
}
