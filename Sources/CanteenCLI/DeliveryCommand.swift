import ArgumentParser
import CanteenCards
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen delivery`: meals that go out of the house.
struct DeliveryCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "delivery",
      abstract: said("送餐：排路线、查看、打印、签收、清点回执", "delivery: plan, show, print, receive, count"),
      subcommands: [Plan.self, Show.self, Print.self, Receive.self, Count.self])
  }

  /// The rounds of a meal.
  struct Plan: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "排路线：按小组和门牌排序，平均分给送餐员", "plan rounds by group and door, evenly among couriers"),
        discussion: said(
          "不用地图：先按居民小组，再按地址中的街、栋、单元、门牌排序，依次切成几段。再排一次会取代上一次。",
          "No map: by resident group, then by street, building and door, cut into even pieces. Planning again replaces the plan."
        ))
    }
    @OptionGroup var meal: MealOptions
    @Option(help: ArgumentHelp(said("送餐员，每人写一次", "a courier, once for each"))) var courier: [String]
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let rounds = try await workspace.delivery().plan(
          meal.canteen, on: meal.day(workspace), meal.period, couriers: courier,
          by: workspace.attribution)
        var listing = Listing([
          ListingColumn("round", "路线", "round", number: true),
          ListingColumn("courier", "送餐员", "courier"),
          ListingColumn("stops", "站数", "stops", number: true),
          ListingColumn("groups", "小组", "groups"),
        ])
        for round in rounds {
          let groups = round.stops.map(\.group).reduce(into: [String]()) {
            if $0.last != $1 { $0.append($1) }
          }
          listing.append([
            .integer(round.number), .text(round.courier), .integer(round.stops.count),
            .list(groups),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// The stops of a meal.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "查看路线和签收情况（地址不显示，见 print）", "the stops and receipts; addresses only in print"))
    }
    @OptionGroup var meal: MealOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let rounds = try await workspace.delivery()
          .rounds(meal.canteen, on: meal.day(workspace), meal.period)
        var listing = Listing([
          ListingColumn("round", "路线", "round", number: true),
          ListingColumn("courier", "送餐员", "courier"),
          ListingColumn("stop", "站", "stop", number: true),
          ListingColumn("diner", "登记号", "number", number: true),
          ListingColumn("name", "姓名", "name"), ListingColumn("group", "小组", "group"),
          ListingColumn("warnings", "注意", "mind"),
          ListingColumn("received_by", "签收人", "received by"),
          ListingColumn("received_at", "签收时间", "at"),
          ListingColumn("proxy", "代收", "proxy"),
        ])
        for round in rounds {
          for (index, stop) in round.stops.enumerated() {
            let time = stop.receipt.map { workspace.calendar.time(of: $0.receivedAt) }
            listing.append([
              .integer(round.number), .text(round.courier), .integer(index + 1),
              .integer(Int(stop.door.diner)), .text(stop.door.name), .text(stop.door.group),
              .list(stop.isWanted ? stop.warnings : [said("已取消", "cancelled")]),
              stop.receipt.map { .text($0.receivedBy) } ?? .none,
              time.map { .text($0.hourAndMinute) } ?? .none,
              stop.receipt.map { .boolean($0.isProxy) } ?? .none,
            ])
          }
        }
        try listing.print(output.format)
      }
    }
  }

  /// Sheets for couriers.
  struct Print: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("打印送餐签收单（每条路线一页，含地址和电话）", "sheets for couriers, with addresses and phones"))
    }
    @OptionGroup var meal: MealOptions
    @Option(help: ArgumentHelp(said("写到哪个文件", "the file to write"))) var to: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let place = try await CanteenService(workspace.database).canteen(meal.canteen)
        let day = meal.day(workspace)
        let rounds = try await workspace.delivery().rounds(meal.canteen, on: day, meal.period)
        let sheet = RoundSheet(
          rounds.map { round in
            RoundSheet.Round(
              number: round.number, courier: round.courier,
              stops: round.stops.filter(\.isWanted).map { stop in
                RoundSheet.Stop(
                  name: stop.door.name, group: stop.door.group, address: stop.door.address,
                  phone: stop.phone, warnings: stop.warnings, note: stop.note)
              })
          }, title: "\(place.name) \(day) \(meal.period.name.zh)")
        try TableFile.replace(to) { _ in Array(sheet.html.utf8) }
        try Outcome.print(
          output.format, said("已生成 \(rounds.count) 条路线：\(to)", "\(rounds.count) rounds: \(to)"),
          [
            (ListingColumn("rounds", "路线", "rounds"), .integer(rounds.count)),
            (ListingColumn("file", "文件", "file"), .text(to)),
          ])
      }
    }
  }

  /// What happened at a door.
  struct Receive: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记签收并签到；重复登记得到同样的结果", "keep a receipt and check the meal in"))
    }
    @Argument(help: ArgumentHelp(DinerKey.help)) var key: String
    @OptionGroup var meal: MealOptions
    @Option(
      name: .customLong("received-by"),
      help: ArgumentHelp(said("签收人，默认本人", "who took it; the person")))
    var receivedBy: String?
    @Option(help: .time("签收时间，默认现在", "time; now")) var time: TimeOfDay?
    @Option(help: ArgumentHelp(said("送餐员", "courier"))) var courier: String = ""
    @Option(help: ArgumentHelp(said("支付方式", "means of payment"))) var pay: MeansOfPayment = .cash
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try DinerKey.read(key)
      try await Workspace.run(common) { workspace in
        let vault = try await workspace.vault()
        let diners = DinerService(workspace.database, vault: vault)
        let diner = try await diners.person(key)
        let day = meal.day(workspace)
        let at = time ?? workspace.calendar.time(of: workspace.attribution.at)
        let own =
          try await diners.find("#\(diner)", on: workspace.today, limit: 1).first?.name ?? ""
        let kept = try await workspace.delivery().receive(
          DeliveryReceipt(
            diner: diner, day: day, period: meal.period, canteen: meal.canteen,
            receivedAt: workspace.calendar.instant(day, at), receivedBy: receivedBy ?? own,
            isProxy: receivedBy.map { $0 != own } ?? false, courier: courier),
          by: workspace.attribution)
        let request = try await OrderService(workspace.database).checkIn(
          diner, on: day, meal.period, at: at, means: pay, terminal: said("送餐", "delivery"),
          entry: .offline, receivedAt: kept.recordedAt)
        let service = CheckInService(workspace.database, vault: vault)
        try CheckInCommand.One.show(
          try await service.checkIn([request], by: workspace.attribution)[0].get(), output.format)
      }
    }
  }

  /// Receipts for reconciliation.
  struct Count: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("清点当餐的送餐回执，供对账（R19）", "count a meal's receipts for reconciliation (R19)"))
    }
    @OptionGroup var meal: MealOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let count = try await workspace.delivery().countReceipts(
          meal.canteen, on: meal.day(workspace), meal.period, by: workspace.attribution)
        try Outcome.print(
          output.format, said("送餐回执 \(count) 份", "\(count) receipts"),
          [(ListingColumn("receipts", "送餐回执", "receipts"), .integer(count))])
      }
    }
  }
}

extension Workspace {
  func delivery() async throws -> DeliveryService {
    try await DeliveryService(database, vault: vault())
  }
}
