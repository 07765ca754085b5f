import CanteenDomain
import CanteenServices

/// One line taken apart, on one page: from the statement's total down to the facts of that day.
extension StatementPages {
  static func line(_ found: ExplainedLine, _ calendar: CanteenCalendar) -> StatementPage {
    let (statement, line) = (found.statement, found.line)
    return StatementPage(
      title: "第 \(line.number) 行", trail: trail(statement.number),
      body: chain(found) + amounts(line) + checkIn(found, calendar) + facts(found)
        + policies(found) + disallowed(found) + findings(found))
  }

  /// Statement → canteen → tier → line: what each amounts to.
  private static func chain(_ found: ExplainedLine) -> String {
    let (statement, line) = (found.statement, found.line)
    let address = address(statement.number)
    var steps = [
      "<a href=\"\(address)\">结算单 \(escape(statement.number))</a> 申报 \(statement.claimed.yuan) 元",
      "\(escape(statement.canteenName)) \(statement.meals) 人次 · 餐费 \(statement.list.yuan) 元",
    ]
    if let tier = found.tier {
      steps.append(
        "<a href=\"\(address)/lines?tier=\(encoded(tier.code))\">\(escape(tier.title))</a> "
          + "\(tier.persons) 人 \(tier.meals) 人次 · 餐费 \(tier.list.yuan) 元")
    }
    steps.append(
      "第 \(line.number) 行 \(line.day) \(line.period.name.zh) \(escape(line.name)) "
        + "\(escape(line.state.zh))")
    return "<ol class=\"chain\">\(steps.map { "<li>\($0)</li>" }.joined())</ol>"
  }

  private static func amounts(_ line: StatementLine) -> String {
    let rows =
      [["标价", line.list.yuan, ""], ["个人自付", line.dinerPays.yuan, escape(line.means.name.zh)]]
      + line.sources.map { [escape($0.source.name.zh), $0.fen.yuan, ""] }
    return "<h2>金额</h2>" + table(["项目", "元", "方式"], rows, words: 1)
  }

  private static func checkIn(_ found: ExplainedLine, _ calendar: CanteenCalendar) -> String {
    let meal = found.checkIn.checkIn
    let served =
      "\(calendar.day(of: meal.servedAt)) \(calendar.time(of: meal.servedAt))"
    let words = [
      served, meal.mode.name.zh, meal.auth.name.zh, escape(meal.terminal), meal.entry.name.zh,
      meal.proxy == nil ? "" : "代领", found.checkIn.stands ? "" : "已冲正",
    ].filter { !$0.isEmpty }
    let steps = found.checkIn.line.explanation().map { "<li>\(escape($0.zh))</li>" }
    let adjusted = found.checkIn.adjustments.map { adjustment in
      "<p>调整 \(adjustment.number)：\(adjustment.postedOn) \(adjustment.kind.name.zh) "
        + "\(adjustment.fen.yuan) 元，\(adjustment.cause.name.zh)，"
        + "由\(escape(adjustment.recorded.by))记入</p>"
    }
    return """
      <h2>签到</h2><p>\(words.joined(separator: " · "))</p>
      <p class="seal">签到键 \(meal.id.text)</p>
      <ol>\(steps.joined())</ol>\(adjusted.joined())
      """
  }

  private static func facts(_ found: ExplainedLine) -> String {
    let items = found.checkIn.facts.map { "<li>\(escape($0.zh))</li>" }
    return "<h2>当日依据</h2><ul>\(items.joined())</ul>"
  }

  private static func policies(_ found: ExplainedLine) -> String {
    guard !found.policies.isEmpty else { return "<h2>政策</h2><p>没有适用的补贴政策。</p>" }
    let rows = found.policies.map { policy in
      [
        "<a href=\"/street/policies/\(encoded(policy.id))/\(encoded(policy.version))\">"
          + "\(escape(policy.id)) \(escape(policy.version))</a>",
        policy.validFrom.description, policy.validTo?.description ?? "",
        escape(policy.activated.by),
      ]
    }
    return "<h2>政策</h2>" + table(["政策及版本", "起", "止", "启用人"], rows, words: 4)
  }

  private static func disallowed(_ found: ExplainedLine) -> String {
    guard !found.disallowed.isEmpty else { return "" }
    let rows = found.disallowed.map {
      [escape($0.source.name.zh), $0.fen.yuan, escape($0.reason), escape($0.by)]
    }
    return "<h2>核减</h2>" + table(["来源", "元", "原因", "经办人"], rows, words: 1)
  }

  private static func findings(_ found: ExplainedLine) -> String {
    guard !found.findings.isEmpty else { return "" }
    let items = found.findings.map { row in
      "<li>\(escape("\(row.finding.check) \(row.finding.sentence.zh)")) "
        + "\(escape(row.finding.account ?? "未说明"))</li>"
    }
    return "<h2>异常</h2><ul>\(items.joined())</ul>"
  }

  static func policy(_ policy: ActivatedPolicy) -> StatementPage {
    StatementPage(
      title: "\(policy.id) \(policy.version)",
      body: """
        <p>\(policy.validFrom) 起\(policy.validTo.map { "，至 \($0)" } ?? "") · 启用人 \
        \(escape(policy.activated.by))</p>
        <pre>\(escape(policy.document))</pre>
        """)
  }
}
