import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

extension PolicyCommand {
  /// Says why a check-in was priced as it was, from what was stored with it.
  struct Explain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "说明一笔签到为什么这样计价（只用当时存下的依据）",
          "say why a check-in was priced as it was, from what was stored with it"))
    }
    @Argument(help: ArgumentHelp(said("签到键（UUID）", "the check-in's key (a UUID)")))
    var checkIn: CheckIn.ID
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let found = try await CheckInService(workspace.database).explain(checkIn)
        switch output.format {
        case .text: Explanation(found).printText()
        case .json: try printJSON(Explanation(found).json)
        case .csv: try Explanation(found).steps.print(.csv)
        }
      }
    }
  }
}

/// An explained check-in in words and as JSON. It shows the age, never the birth date or a name.
struct Explanation {
  let found: ExplainedCheckIn

  init(_ found: ExplainedCheckIn) { self.found = found }

  private var checkIn: CheckIn { found.checkIn }
  private var diner: DinerFacts { found.inputs.diner }

  func printText() {
    let time = CanteenCalendar.shanghai.time(of: checkIn.servedAt)
    print(
      said("签到 ", "check-in ")
        + "\(checkIn.id)  \(checkIn.day) \(time.hourAndMinute)  "
        + "\(checkIn.period.name.text(in: .current))  \(checkIn.canteen)  "
        + checkIn.mode.name.text(in: .current)
        + (found.stands ? "" : said("  （已冲正）", "  (reversed)")))
    print(
      said("当时的依据：", "made from: ")
        + found.facts.map { $0.text(in: .current) }.joined(separator: said("；", "; ")))
    for sentence in found.line.explanation() { print("  " + sentence.text(in: .current)) }
    for adjustment in found.adjustments {
      print(
        said("调整 ", "adjustment ")
          + "\(adjustment.number)  \(adjustment.postedOn)  "
          + "\(adjustment.kind.name.text(in: .current)) \(adjustment.fen.yuan)  "
          + "\(adjustment.cause.name.text(in: .current))  "
          + adjustment.payee.name.text(in: .current))
      for sentence in adjustment.line.explanation() { print("  " + sentence.text(in: .current)) }
    }
  }

  /// Each step with its rule, inputs and limit; then what each source pays.
  var steps: Listing {
    var listing = Listing([
      ListingColumn("step", "步骤", "step"), ListingColumn("policy", "政策", "policy"),
      ListingColumn("stage", "阶段", "stage"), ListingColumn("rule", "档次", "rule"),
      ListingColumn("test", "条件", "test"), ListingColumn("fen", "金额", "amount", number: true),
      ListingColumn("base_fen", "基数", "base", number: true),
      ListingColumn("limit_fen", "限额", "limit", number: true),
      ListingColumn("sentence", "说明", "sentence"),
    ])
    func optional(_ text: String?) -> Cell { text.map(Cell.text) ?? .none }
    for reason in found.line.reasons {
      listing.append([
        .text(reason.code.rawValue), optional(reason.policyID), optional(reason.layer),
        optional(reason.rule), optional(reason.test?.rawValue),
        reason.fen.map(Cell.money) ?? .none, reason.base.map(Cell.money) ?? .none,
        reason.limit.map(Cell.money) ?? .none, .sentence(reason.sentence),
      ])
    }
    for share in found.line.shares {
      listing.append([
        .text("pays"), .text(share.policyID), .text(share.layer), .text(share.rule), .none,
        .money(share.fen), .none, .none, .word(share.source),
      ])
    }
    return listing
  }

  var json: [String: Any] {
    [
      "check_in": checkIn.id.text, "day": checkIn.day.description,
      "period": checkIn.period.rawValue, "mode": checkIn.mode.rawValue,
      "canteen": checkIn.canteen, "stands": found.stands, "inputs": inputs,
      "line": line(found.line),
      "adjustments": found.adjustments.map { adjustment -> [String: Any] in
        [
          "number": adjustment.number, "posted_on": adjustment.postedOn.description,
          "kind": adjustment.kind.rawValue, "cause": adjustment.cause.rawValue,
          "payee": adjustment.payee.rawValue, "fen": adjustment.fen.count,
          "by": adjustment.recorded.by, "line": line(adjustment.line),
        ]
      },
    ]
  }

  private var inputs: [String: Any] {
    [
      "age": found.line.age as Any? ?? NSNull(),
      "hukou": diner.hukou.map { $0.codes.map(\.text) } as Any? ?? NSNull(),
      "residence": diner.residence.map { $0.codes.map(\.text) } as Any? ?? NSNull(),
      "categories": found.categories.map { entitlement -> [String: Any] in
        [
          "code": entitlement.category.rawValue,
          "care_level": entitlement.careLevel?.rawValue as Any? ?? NSNull(),
          "disability_grade": entitlement.disabilityGrade as Any? ?? NSNull(),
        ]
      },
      "dead": diner.isDead(on: checkIn.day),
      "in_institution": diner.institutionStays.contains { $0.contains(checkIn.day) },
      "suspended": diner.suspensions.contains { $0.contains(checkIn.day) },
      "list_fen": found.inputs.meal.listFen.count,
      "full_price": found.inputs.meal.wantsFullPrice,
      "auth": found.inputs.meal.auth.rawValue,
      "counted_before": found.inputs.accepted.filter { !$0.grants.isEmpty }.map {
        [
          "day": $0.day.description, "period": $0.period.rawValue, "canteen": $0.canteen,
          "fen": $0.grants.map(\.fen).sum().count,
        ] as [String: Any]
      },
    ]
  }

  private func line(_ line: PricedLine) -> [String: Any] {
    [
      "list_fen": line.listFen.count, "diner_fen": line.dinerFen.count,
      "tier": line.tier as Any? ?? NSNull(),
      "shares": line.shares.map { share -> [String: Any] in
        [
          "source": share.source.rawValue, "fen": share.fen.count, "policy": share.policyID,
          "version": share.version, "stage": share.layer, "rule": share.rule,
        ]
      },
      "steps": line.reasons.map { reason -> [String: Any] in
        var step: [String: Any] = [
          "code": reason.code.rawValue, "sentence": reason.sentence.json,
        ]
        step["policy"] = reason.policyID
        step["stage"] = reason.layer
        step["rule"] = reason.rule
        step["test"] = reason.test?.rawValue
        step["detail"] = reason.detail
        step["value"] = reason.value
        step["fen"] = reason.fen?.count
        step["base_fen"] = reason.base?.count
        step["limit_fen"] = reason.limit?.count
        return step
      },
      "explanation": line.explanation().map(\.json),
    ]
  }
}
