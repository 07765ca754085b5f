import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

extension StatementCommand {
  /// Takes a line apart.
  struct Explain: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "拆解一行：结算单、类别、明细、签到、政策版本、当时的依据",
          "take a line apart: statement, tier, line, check-in, policies, facts"))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(help: ArgumentHelp(said("明细表序号", "the line's number"))) var line: Int
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let found = try await StatementBookService(workspace.database)
          .explain(number, line: line)
        switch output.format {
        case .text: print(text(of: found))
        case .json: try printJSON(json(of: found))
        case .csv: try Explanation(found.checkIn).steps.print(.csv)
        }
        if output.format == .text { Explanation(found.checkIn).printText() }
      }
    }

    private func text(of found: ExplainedLine) -> String {
      let (statement, line) = (found.statement, found.line)
      var lines = [
        said(
          "结算单 \(statement.number)  \(statement.canteenName)  申报 \(statement.claimed.yuan) 元",
          "statement \(statement.number)  \(statement.canteenName)  claims \(statement.claimed.yuan) yuan"
        )
      ]
      if let tier = found.tier {
        lines.append(
          said(
            "类别 \(tier.title)  \(tier.persons) 人 \(tier.meals) 人次  餐费 \(tier.list.yuan) 元",
            "tier \(tier.title)  \(tier.persons) persons, \(tier.meals) meals, \(tier.list.yuan) yuan"
          ))
      }
      func yuan(_ fen: Fen) -> String { fen.yuan + said(" 元", " yuan") }
      let sources = line.sources.map { "\($0.source.name.text(in: .current)) \(yuan($0.fen))" }
      lines.append(
        said("明细第 \(line.number) 行  ", "line \(line.number)  ")
          + "\(line.day) \(line.period.name.text(in: .current))  \(line.name)  "
          + "\(line.state.text(in: .current))  "
          + said("标价 \(yuan(line.list))  自付 ", "list \(yuan(line.list))  pays ")
          + ([yuan(line.dinerPays)] + sources).joined(separator: "  "))
      for taken in found.disallowed {
        lines.append(
          said(
            "核减 \(taken.source.name.zh) \(taken.fen.yuan) 元：\(taken.reason)（\(taken.by)）",
            "disallowed \(taken.source.name.en) \(taken.fen.yuan) yuan: \(taken.reason) (\(taken.by))"
          ))
      }
      for finding in found.findings {
        lines.append(
          said("异常 ", "finding ") + "\(finding.finding.check) "
            + finding.finding.sentence.text(in: .current))
      }
      for policy in found.policies {
        lines.append(
          said(
            "政策 \(policy.id) \(policy.version)（\(policy.validFrom) 起，\(policy.activated.by) 启用）",
            "policy \(policy.id) \(policy.version), from \(policy.validFrom), "
              + "activated by \(policy.activated.by)"))
      }
      return lines.joined(separator: "\n")
    }

    private func json(of found: ExplainedLine) -> [String: Any] {
      let (statement, line) = (found.statement, found.line)
      func fen(_ sources: [Statement.SourceTotal]) -> [String: Int] {
        Dictionary(
          sources.map { ($0.source.rawValue, $0.fen.count) },
          uniquingKeysWith: { first, _ in first })
      }
      return [
        "statement": [
          "number": statement.number, "canteen": statement.canteen,
          "claimed_fen": statement.claimed.count,
        ] as [String: Any],
        "tier": found.tier.map {
          [
            "code": $0.code, "title": $0.title, "meals": $0.meals, "list_fen": $0.list.count,
            "sources_fen": fen($0.sources),
          ] as [String: Any]
        } as Any? ?? NSNull(),
        "line": [
          "number": line.number, "day": line.day.description, "state": line.state.en,
          "list_fen": line.list.count, "diner_fen": line.dinerPays.count,
          "sources_fen": fen(line.sources), "policies": line.policies,
        ] as [String: Any],
        "disallowed": found.disallowed.map {
          [
            "source": $0.source.rawValue, "fen": $0.fen.count, "reason": $0.reason, "by": $0.by,
          ] as [String: Any]
        },
        "findings": found.findings.map {
          ["check": $0.finding.check, "sentence": $0.finding.sentence.json] as [String: Any]
        },
        "policies": found.policies.map {
          [
            "policy": $0.id, "version": $0.version, "valid_from": $0.validFrom.description,
            "document": $0.document,
          ]
        },
        "check_in": Explanation(found.checkIn).json,
      ]
    }
  }
}
