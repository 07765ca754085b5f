import ArgumentParser
import CanteenDomain
import CanteenServices

/// What the till counted of one means of payment: `现金=1203.50` or `cash=1203.50`.
struct TillArgument: ExpressibleByArgument {
  var means: MeansOfPayment
  var fen: Fen

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let means = MeansOfPayment(argument: parts[0]),
      let fen = Fen(yuan: parts[1]), fen >= 0
    else { return nil }
    self.means = means
    self.fen = fen
  }

  /// - Throws: for a means of payment that stands twice; which count is right, nobody can say.
  static func byMeans(_ counts: [TillArgument]) throws -> [MeansOfPayment: Fen] {
    try Dictionary(grouping: counts, by: \.means).mapValues { same in
      guard same.count == 1 else {
        throw ValidationError(
          said(
            "--till 中\(same[0].means.name.zh)写了 \(same.count) 次，请只留一个",
            "--till has \(same[0].means.name.en) \(same.count) times; give it once"))
      }
      return same[0].fen
    }
  }
}

extension DayCommand {
  /// The report of one day.
  struct Show: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "日报：餐次、方式、类别，收银与台账，冲正与补录",
          "a day: meals by period, mode and tier, till and books, voids and late entries"))
    }
    @Option(help: ArgumentHelp(said("助餐点编码", "canteen"))) var canteen: String
    @Option(name: .day, help: .day("日期，默认今天", "the day; today"))
    var day: Day?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let report = try await DayCloseService(workspace.database)
          .report(canteen, day ?? workspace.today)
        let parts = [
          ("counts", said("餐数", "meals"), counts(report)),
          ("till", said("收银", "till"), till(report)),
          ("voids", said("冲正", "voids"), entries(report.voids, workspace.calendar) { .text($0) }),
          (
            "late", said("补录", "late entries"),
            entries(report.late, workspace.calendar) {
              CheckInEntry(rawValue: $0).map { .word($0) } ?? .text($0)
            }
          ),
        ]
        switch output.format {
        case .json:
          var object: [String: Any] = [
            "canteen": report.canteen, "day": report.day.description,
            "meals": report.totals.meals, "reversals": report.totals.reversals,
            "revenue_fen": report.totals.revenue.count,
            "receivable_fen": report.totals.receivable.count,
          ]
          object["seal"] = report.seal
          for (key, _, listing) in parts { object[key] = listing.objects }
          try printJSON(object)
        case .csv:
          for (_, _, listing) in parts where !listing.rows.isEmpty { try listing.print(.csv) }
        case .text:
          print(
            "\(report.canteen)  \(report.day)  "
              + (report.seal.map {
                said("已日结，封条 \($0.prefix(12))", "closed, seal \($0.prefix(12))")
              }
                ?? said("未日结", "open")))
          for (_, title, listing) in parts where !listing.rows.isEmpty {
            print("\n\(title)")
            try listing.print(.text)
          }
        }
      }
    }

    private func counts(_ report: DayReport) -> Listing {
      var listing = Listing([
        ListingColumn("period", "餐次", "meal"), ListingColumn("mode", "方式", "mode"),
        ListingColumn("tier", "类别", "tier"),
        ListingColumn("meals", "人次", "meals", number: true),
        ListingColumn("list_fen", "餐费", "list", number: true),
      ])
      for count in report.totals.counts {
        listing.append([
          .word(count.period),
          .word(count.mode),
          .tier(count.category, titled: report.tierTitles[count.category]),
          .integer(count.meals), .money(count.list),
        ])
      }
      return listing
    }

    private func till(_ report: DayReport) -> Listing {
      var listing = Listing([
        ListingColumn("means", "支付方式", "means"),
        ListingColumn("ledger_fen", "台账", "books", number: true),
        ListingColumn("till_fen", "清点", "till", number: true),
        ListingColumn("difference_fen", "长短款", "difference", number: true),
        ListingColumn("reason", "原因", "reason"),
      ])
      for line in report.till {
        listing.append([
          .word(line.means), .money(line.ledger),
          line.till.map(Cell.money) ?? .none, line.difference.map(Cell.money) ?? .none,
          .text(line.reason ?? ""),
        ])
      }
      return listing
    }

    private func entries(
      _ entries: [DayReport.Entry], _ calendar: CanteenCalendar, reason: (String) -> Cell
    ) -> Listing {
      var listing = Listing([
        ListingColumn("day", "就餐日期", "day"), ListingColumn("time", "时间", "time"),
        ListingColumn("name", "姓名", "name"),
        ListingColumn("list_fen", "餐费", "list", number: true),
        ListingColumn("diner_fen", "自付", "paid", number: true),
        ListingColumn("by", "经办人", "by"), ListingColumn("reason", "原因", "reason"),
        ListingColumn("check_in", "签到键", "key"),
      ])
      for entry in entries {
        listing.append([
          .text(entry.day.description), .text("\(calendar.time(of: entry.servedAt))"),
          .text(entry.name), .money(entry.list), .money(entry.dinerPays), .text(entry.by.by),
          reason(entry.reason), .text(entry.checkIn.text),
        ])
      }
      return listing
    }
  }
}
