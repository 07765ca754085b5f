import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen volunteer`: who helps, and the points that it earns.
struct VolunteerCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "volunteer",
      abstract: said("志愿者：登记、班次、时长、积分", "volunteers: add, shifts, hours, points"),
      discussion: said(
        "兑餐：canteen check-in one 卡号 … --points-of 志愿者号。积分抵餐作为“积分”资金来源入账，余额不会低于零。",
        "A meal for points: canteen check-in one CARD … --points-of NUMBER. Points pay as a funding source; no balance goes below zero."
      ),
      subcommands: [
        Add.self, List.self, Shift.self, Worked.self, Shifts.self, Points.self, Adjust.self,
        Rules.self,
      ])
  }

  /// Whom an act concerned, as data.
  private static func number(_ volunteer: Int64) -> (ListingColumn, Cell) {
    (
      ListingColumn("volunteer", "志愿者号", "volunteer", number: true), .integer(Int(volunteer))
    )
  }

  /// Registers a volunteer.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("登记志愿者", "register a volunteer"))
    }
    @Argument(help: ArgumentHelp(said("姓名", "name"))) var name: String
    @Option(help: ArgumentHelp(said("在登记册中的人（卡号、登记号等）", "who they are in the register")))
    var diner: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let key = try diner.map(DinerKey.read)
      try await Workspace.run(common) { workspace in
        let diners = try await DinerService(workspace.database, vault: workspace.vault())
        var person: Diner.ID?
        if let key { person = try await diners.person(key) }
        let id = try await VolunteerService(workspace.database).add(
          name, diner: person, joinedOn: workspace.today, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已登记，志愿者号 \(id)", "volunteer \(id)"),
          [
            VolunteerCommand.number(id),
            (ListingColumn("name", "姓名", "name"), .text(name)),
          ])
      }
    }
  }

  /// Everybody with hours and points.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("志愿者名单：时长和积分", "volunteers with hours and points"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("volunteer", "志愿者号", "no.", number: true),
          ListingColumn("name", "姓名", "name"),
          ListingColumn("diner", "登记号", "register", number: true),
          ListingColumn("joined_on", "加入", "joined"),
          ListingColumn("minutes", "累计分钟", "minutes", number: true),
          ListingColumn("points", "积分", "points", number: true),
        ])
        for one in try await VolunteerService(workspace.database).list() {
          listing.append([
            .integer(Int(one.volunteer.id)), .text(one.volunteer.name),
            one.volunteer.diner.map { .integer(Int($0)) } ?? .none,
            .text(one.volunteer.joinedOn.description), .integer(one.minutes),
            .integer(one.balance),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Plans a shift.
  struct Shift: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("排班", "plan a shift"))
    }
    @Argument(help: ArgumentHelp(said("志愿者号", "the volunteer's number"))) var volunteer: Int64
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(name: .day, help: .day("日期，默认明天", "day; tomorrow")) var day: Day?
    @Option(help: ArgumentHelp(said("工作，如 帮厨、送餐", "task"))) var task: String
    @Option(help: ArgumentHelp(said("计划分钟", "planned minutes"))) var minutes: Int
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let number = try await VolunteerService(workspace.database).plan(
          volunteer, at: canteen, on: day ?? workspace.today + 1, task: task, minutes: minutes,
          by: workspace.attribution)
        try Outcome.print(
          output.format, said("第 \(number) 号班次", "shift \(number)"),
          [
            VolunteerCommand.number(volunteer),
            (ListingColumn("shift", "班次", "shift", number: true), .integer(number)),
          ])
      }
    }
  }

  /// Confirms hours.
  struct Worked: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记实际时长，随即计积分", "confirm a shift; its points come with it"))
    }
    @Argument(help: ArgumentHelp(said("志愿者号", "the volunteer's number"))) var volunteer: Int64
    @Argument(help: ArgumentHelp(said("班次号", "the shift's number"))) var shift: Int
    @Option(help: ArgumentHelp(said("实际分钟", "minutes worked"))) var minutes: Int
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let (points, balance) = try await VolunteerService(workspace.database).confirm(
          shift, of: volunteer, minutes: minutes, by: workspace.attribution)
        try Outcome.print(
          output.format,
          said("获得 \(points) 分，余额 \(balance) 分", "\(points) points, balance \(balance)"),
          [
            VolunteerCommand.number(volunteer),
            (ListingColumn("points", "获得积分", "points", number: true), .integer(points)),
            (ListingColumn("balance", "余额", "balance", number: true), .integer(balance)),
          ])
      }
    }
  }

  /// Who helps when.
  struct Shifts: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("班次表", "the shifts of some days"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("起始日期，默认今天", "first day; today")) var from: Day?
    @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 7
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = VolunteerService(workspace.database)
        let first = from ?? workspace.today
        let names = Dictionary(
          try await service.list().map { ($0.volunteer.id, $0.volunteer.name) },
          uniquingKeysWith: { name, _ in name })
        var listing = Listing([
          ListingColumn("day", "日期", "day"),
          ListingColumn("volunteer", "志愿者号", "no.", number: true),
          ListingColumn("name", "姓名", "name"),
          ListingColumn("shift", "班次", "shift", number: true),
          ListingColumn("task", "工作", "task"),
          ListingColumn("planned_minutes", "计划分钟", "planned", number: true),
          ListingColumn("worked_minutes", "实际分钟", "worked", number: true),
        ])
        for shift in try await service.shifts(
          at: canteen, from: first, to: first + max(0, days - 1))
        {
          listing.append([
            .text(shift.day.description), .integer(Int(shift.volunteer)),
            .text(names[shift.volunteer] ?? ""), .integer(shift.number), .text(shift.task),
            .integer(shift.plannedMinutes), shift.workedMinutes.map(Cell.integer) ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// A volunteer's account.
  struct Points: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("积分明细", "the account of a volunteer's points"))
    }
    @Argument(help: ArgumentHelp(said("志愿者号", "the volunteer's number"))) var volunteer: Int64
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("entry", "序号", "no.", number: true), ListingColumn("day", "日期", "day"),
          ListingColumn("kind", "类型", "kind"),
          ListingColumn("points", "积分", "points", number: true),
          ListingColumn("balance", "余额", "balance", number: true),
          ListingColumn("note", "说明", "note"), ListingColumn("by", "经办", "by"),
        ])
        for one in try await VolunteerService(workspace.database).entries(of: volunteer) {
          listing.append([
            .integer(one.entry.number), .text(workspace.calendar.day(of: one.at).description),
            .word(one.entry.kind), .integer(one.entry.points),
            .integer(one.entry.balance), .text(one.entry.note), .text(one.by),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Corrects a balance.
  struct Adjust: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("调整积分，须写明原因", "correct points, with a reason"))
    }
    @Argument(help: ArgumentHelp(said("志愿者号", "the volunteer's number"))) var volunteer: Int64
    @Option(help: ArgumentHelp(said("加减多少分，如 --points=-5", "points, such as --points=-5")))
    var points: Int
    @Option(help: ArgumentHelp(said("原因", "why"))) var reason: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let balance = try await VolunteerService(workspace.database).adjust(
          volunteer, by: points, reason: reason, recorded: workspace.attribution)
        try Outcome.print(
          output.format, said("余额 \(balance) 分", "balance \(balance)"),
          [
            VolunteerCommand.number(volunteer),
            (ListingColumn("balance", "余额", "balance", number: true), .integer(balance)),
          ])
      }
    }
  }

  /// What earns points, and what they pay.
  struct Rules: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("积分规则；不带选项则查看", "rules for points; shows them without options"),
        discussion: said(
          """
          例：帮厨 2.5 小时 15 分：canteen volunteer rules --task 帮厨 --minutes 150 --points 15
          早餐 2 分，值 4 元：canteen volunteer rules --period breakfast --points 2 --worth 4.00
          """,
          """
          Examples: canteen volunteer rules --task 帮厨 --minutes 150 --points 15
          canteen volunteer rules --period breakfast --points 2 --worth 4.00
          """))
    }
    @Option(help: ArgumentHelp(said("工作", "task"))) var task: String?
    @Option(help: ArgumentHelp(said("每多少分钟", "for so many minutes"))) var minutes: Int?
    @Option(help: ArgumentHelp(said("餐次", "meal"))) var period: MealPeriod?
    @Option(help: ArgumentHelp(said("多少分", "points"))) var points: Int?
    @Option(help: .yuan("抵多少元", "worth in yuan")) var worth: Fen?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func validate() throws {
      let isEarning =
        task != nil && minutes != nil && points != nil && period == nil && worth == nil
      let isSpending =
        period != nil && worth != nil && points != nil && task == nil && minutes == nil
      let isShowing =
        task == nil && minutes == nil && points == nil && period == nil && worth == nil
      guard isEarning || isSpending || isShowing else {
        throw ValidationError(
          said(
            "请给出 --task、--minutes、--points，或 --period、--points、--worth",
            "give --task, --minutes, --points, or --period, --points, --worth"))
      }
    }

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let service = VolunteerService(workspace.database)
        if let task, let minutes, let points {
          try await service.set(
            PointRules.Earning(points: points, minutes: minutes), for: task,
            by: workspace.attribution)
        }
        if let period, let worth, let points {
          try await service.set(
            PointRules.Spending(points: points, fen: worth), for: period,
            by: workspace.attribution)
        }
        let rules = try await service.rules()
        var listing = Listing([
          ListingColumn("for", "项目", "for"),
          ListingColumn("points", "积分", "points", number: true),
          ListingColumn("minutes", "分钟", "minutes", number: true),
          ListingColumn("fen", "抵", "worth", number: true),
        ])
        for (task, rule) in rules.earning.sorted(by: { $0.key < $1.key }) {
          listing.append([.text(task), .integer(rule.points), .integer(rule.minutes), .none])
        }
        for (period, rule) in rules.spending.sorted(by: { $0.key < $1.key }) {
          listing.append([
            .word(period), .integer(-rule.points), .none,
            .money(rule.fen),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}
