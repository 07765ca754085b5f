import ArgumentParser
import CanteenDomain
import CanteenServices

/// `canteen food-sample`: what is kept of each dish.
struct FoodSampleCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "food-sample",
      abstract: said("食品留样：登记、销毁、查看", "food samples: take, destroy, list"),
      discussion: said(
        "克数和时数用 canteen finding threshold R30 min_grams、min_hours 设定；缺留样会成为异常（R30）。",
        "Grams and hours are thresholds of the check R30; a missing sample becomes a finding."),
      subcommands: [Take.self, Destroy.self, List.self])
  }

  /// Enters samples.
  struct Take: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "登记留样；不写菜名则为当餐食谱的每道菜", "enter samples; every dish of the menu if none is named"))
    }
    @Argument(help: ArgumentHelp(said("菜名", "dishes"))) var dishes: [String] = []
    @OptionGroup var meal: MealOptions
    @Option(help: ArgumentHelp(said("每份克数", "grams of each"))) var grams: Int
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let (samples, settings) = try await FoodSampleService(workspace.database).take(
          dishes, grams: grams, meal.canteen, on: meal.day(workspace), meal.period,
          by: workspace.attribution)
        try Outcome.print(
          output.format, said("已登记 \(samples.count) 份留样", "\(samples.count) samples entered"),
          [
            (ListingColumn("samples", "留样份数", "samples", number: true), .integer(samples.count))
          ])
        if grams < settings.gramsMin {
          Failure.say(
            Sentence(
              zh: "提醒：每份应不少于 \(settings.gramsMin) 克",
              en: "note: at least \(settings.gramsMin) g are asked for"))
        }
      }
    }
  }

  /// Destroys samples.
  struct Destroy: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("登记销毁；时间未到不予销毁", "destroy samples; refused before their time is over"))
    }
    @Argument(help: ArgumentHelp(said("菜名；不写则为当餐全部", "dishes; all of the meal"))) var dishes:
      [String] = []
    @OptionGroup var meal: MealOptions
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let count = try await FoodSampleService(workspace.database).destroy(
          dishes, meal.canteen, on: meal.day(workspace), meal.period, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已销毁 \(count) 份留样", "\(count) samples destroyed"),
          [
            (ListingColumn("destroyed", "销毁份数", "destroyed", number: true), .integer(count))
          ])
      }
    }
  }

  /// The book of samples.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("留样台账", "the book of samples"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(help: .day("起始日期，默认 7 天前", "first day; a week ago")) var from: Day?
    @Option(help: ArgumentHelp(said("天数", "days"))) var days: Int = 8
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let first = from ?? workspace.today - 7
        let last = first + max(0, days - 1)
        let (samples, settings) = try await FoodSampleService(workspace.database)
          .list(canteen, from: first, to: last)
        var listing = Listing([
          ListingColumn("day", "日期", "day"), ListingColumn("period", "餐次", "meal"),
          ListingColumn("dish", "品名", "dish"), ListingColumn("grams", "克", "g", number: true),
          ListingColumn("taken_at", "留样时间", "taken"), ListingColumn("taken_by", "留样人", "by"),
          ListingColumn("keep_until", "应留至", "keep until"),
          ListingColumn("destroyed_at", "销毁时间", "destroyed"),
          ListingColumn("destroyed_by", "销毁人", "by"),
        ])
        let calendar = workspace.calendar
        func moment(_ instant: Instant?) -> Cell {
          instant.map {
            .text("\(calendar.day(of: $0)) \(calendar.time(of: $0).hourAndMinute)")
          } ?? .none
        }
        for sample in samples {
          listing.append([
            .text(sample.day.description), .word(sample.period),
            .text(sample.dish), .integer(sample.grams), moment(sample.takenAt),
            .text(sample.takenBy), moment(sample.isDue(by: settings)),
            moment(sample.destroyedAt), .text(sample.destroyedBy),
          ])
        }
        try listing.print(output.format, (first, last))
      }
    }
  }
}
