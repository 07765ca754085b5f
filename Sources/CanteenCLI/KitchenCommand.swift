import ArgumentParser
import CanteenCards
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen kitchen`: tomorrow's numbers.
struct KitchenCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "kitchen",
      abstract: said(
        "厨房：备餐数、特餐、预测、标签、产量", "the kitchen: portions, specials, forecast, labels, production"),
      subcommands: [Count.self, Specials.self, Forecast.self, Labels.self, Record.self])
  }

  /// Portions by dish.
  struct Count: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("备餐数：按菜、份量、方式", "portions by dish, size and mode"),
        discussion: said(
          "包括已订的份数（特餐已换菜）；未订而来的按预测另列。",
          "Counts what is ordered, specials as they are cooked; those who come without an order are forecast beside."
        ))
    }
    @OptionGroup var meal: MealOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let sheet = try await meal.sheet(workspace)
        var listing = Listing([
          ListingColumn("dish", "菜名", "dish"), ListingColumn("category", "类别", "kind"),
          ListingColumn("size", "份量", "size"), ListingColumn("mode", "方式", "mode"),
          ListingColumn("portions", "份数", "portions", number: true),
        ])
        for portion in sheet.count.portions {
          listing.append([
            .text(portion.dish), .word(portion.category),
            .word(portion.size),
            .word(portion.mode), .integer(portion.count),
          ])
        }
        try listing.print(output.format)
        let (ordered, walkIns) = (sheet.count.guests.count, sheet.forecast.walkIns)
        Failure.say(
          Sentence(
            zh: "已订 \(ordered) 人，预计另来 \(walkIns) 人，合计 \(sheet.expected) 人；特餐 "
              + "\(sheet.count.specials.count) 人，资料不全 \(sheet.count.incomplete.count) 人，"
              + "过时取消 \(sheet.cancelledLate) 份",
            en: "\(ordered) ordered, \(walkIns) expected beside, \(sheet.expected) in all; "
              + "\(sheet.count.specials.count) specials, "
              + "\(sheet.count.incomplete.count) incomplete, "
              + "\(sheet.cancelledLate) cancelled late"))
        if sheet.menu == nil {
          Failure.say(Sentence(zh: "这一餐的食谱尚未发布", en: "the menu is not published yet"))
        }
      }
    }
  }

  /// Per person: what is cooked otherwise, and what has to be asked.
  struct Specials: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "特餐：过敏、忌口、质地与当日菜品冲突的人，及资料不全的人", "who needs something else, and who is incomplete"))
    }
    @OptionGroup var meal: MealOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let count = try await meal.sheet(workspace).count
        var listing = Listing([
          ListingColumn("diner", "登记号", "number", number: true),
          ListingColumn("name", "姓名", "name"), ListingColumn("group", "小组", "group"),
          ListingColumn("mode", "方式", "mode"), ListingColumn("clashes", "冲突", "clashes"),
          ListingColumn("instead", "改做", "instead"),
          ListingColumn("preparations", "做法", "prepared"),
          ListingColumn("gaps", "资料缺项", "missing"),
        ])
        for guest in count.guests {
          let special = count.specials.first { $0.guest == guest }
          guard special != nil || !guest.gaps.isEmpty else { continue }
          listing.append([
            .integer(Int(guest.order.diner)), .text(guest.name), .text(guest.group),
            .word(guest.order.wish.mode),
            .list((special?.swaps ?? []).map { "\($0.clash.dish)（\($0.clash.because)）" }),
            .list((special?.swaps ?? []).map { $0.instead ?? said("另做", "cook's choice") }),
            .list(special?.preparations ?? []),
            .words(guest.gaps),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Who comes without an order.
  struct Forecast: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("预测未订而来的人数，并看过去预测的误差", "who comes without an order, and past errors"))
    }
    @OptionGroup var meal: MealOptions
    @Option(help: .day("误差从哪天起，默认四周前", "errors from; four weeks ago")) var from: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let day = meal.day(workspace)
        let sheet = try await meal.sheet(workspace)
        let past = try await KitchenService(workspace.database).judged(
          meal.canteen, meal.period, from: from ?? day - 28, to: day - 1)
        var listing = Listing([
          ListingColumn("day", "日期", "day"),
          ListingColumn("forecast", "预测", "forecast", number: true),
          ListingColumn("walk_ins", "实际", "came", number: true),
          ListingColumn("error", "误差", "error", number: true),
        ])
        for one in past {
          listing.append([
            .text(one.forecast.day.description), .integer(one.forecast.walkIns),
            .integer(one.walkIns), .integer(one.error),
          ])
        }
        listing.append([
          .text(day.description), .integer(sheet.forecast.walkIns), .none, .none,
        ])
        try listing.print(output.format)
        guard !past.isEmpty else { return }
        let sum = past.reduce(0) { $0 + abs($1.error) }
        Failure.say(
          Sentence(
            zh: "\(past.count) 天平均误差 \(Double(sum * 10 / past.count) / 10) 人",
            en: "mean error of \(past.count) days: \(Double(sum * 10 / past.count) / 10)"))
      }
    }
  }

  /// Labels for boxes.
  struct Labels: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("打印餐盒标签（自提和送餐，A4 每页 14 张）", "labels for boxes: A4, fourteen a page"))
    }
    @OptionGroup var meal: MealOptions
    @Option(help: ArgumentHelp(said("写到哪个文件", "the file to write"))) var to: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let place = try await CanteenService(workspace.database).canteen(meal.canteen)
        let sheet = try await meal.sheet(workspace)
        let day = meal.day(workspace)
        let labels = LabelSheet(
          sheet.labels, title: "\(place.name) \(day) \(meal.period.name.zh)")
        try TableFile.replace(to) { _ in Array(labels.html.utf8) }
        try Outcome.print(
          output.format,
          said("已生成 \(sheet.labels.count) 张标签：\(to)", "\(sheet.labels.count) labels: \(to)"),
          [
            (ListingColumn("labels", "标签", "labels"), .integer(sheet.labels.count)),
            (ListingColumn("file", "文件", "file"), .text(to)),
          ])
      }
    }
  }

  /// What was made.
  struct Record: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "餐后登记：制作、上餐结转、结转下餐、废弃", "after the meal: produced, carried in and over, wasted"),
        discussion: said(
          "用于对账（R19）；结转下餐会记入当日下一餐的上餐结转。更正后再登记即可。",
          "Reconciliation (R19) reads it; what is carried over comes into the next meal of the day."
        ))
    }
    @OptionGroup var meal: MealOptions
    @Option(help: ArgumentHelp(said("制作份数", "produced"))) var produced: Int?
    @Option(help: ArgumentHelp(said("上餐结转份数", "carried in"))) var carriedIn: Int?
    @Option(help: ArgumentHelp(said("结转下餐份数", "carried over"))) var carriedOver: Int?
    @Option(help: ArgumentHelp(said("废弃份数", "wasted"))) var wasted: Int?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      let counts = [produced, carriedIn, carriedOver, wasted].compactMap { $0 }
      guard !counts.isEmpty, counts.allSatisfy({ $0 >= 0 }) else {
        throw ValidationError(said("请给出不小于 0 的份数", "give numbers from 0 on"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let new = try await KitchenService(workspace.database).record(
          .init(
            produced: produced, carriedIn: carriedIn, carriedOver: carriedOver, wasted: wasted),
          meal.canteen, on: meal.day(workspace), meal.period, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已登记，新增或更正 \(new) 项", "kept: \(new) new or corrected"),
          [
            (ListingColumn("kept", "新增或更正", "kept", number: true), .integer(new))
          ])
      }
    }
  }
}

/// Which meal of which canteen.
struct MealOptions: ParsableArguments {
  @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
  @Option(name: .day, help: .day("日期，默认今天", "day; today")) var day: Day?
  @Option(help: ArgumentHelp(said("餐次", "meal"))) var period: MealPeriod = .lunch

  func day(_ workspace: Workspace) -> Day { day ?? workspace.today }

  func sheet(_ workspace: Workspace) async throws -> KitchenService.Sheet {
    try await KitchenService(workspace.database).sheet(canteen, on: day(workspace), period)
  }
}

extension KitchenService.Sheet {
  /// A label for each box that leaves the house.
  var labels: [LabelSheet.Label] {
    boxes.filter { $0.guest.order.wish.mode != .dineIn }.map { box in
      LabelSheet.Label(
        name: box.guest.name, group: box.guest.group, size: box.guest.order.wish.size,
        mode: box.guest.order.wish.mode, dishes: box.dishes, warnings: box.warnings,
        note: box.note)
    }
  }
}
