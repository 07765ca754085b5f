import CanteenDomain
import CanteenServices
import Foundation
import Hummingbird

/// A page of the street office: a way back, a title, and what it shows.
struct StatementPage {
  var title: String
  /// Where one came from, the farthest first: name and address.
  var trail: [(name: String, address: String)] = [("结算单", "/street/statements")]
  /// HTML that was escaped where it was made.
  var body: String

  func response(_ status: HTTPResponse.Status) -> Response {
    let trail = trail.map { "<a href=\"\($0.address)\">\(escape($0.name))</a> › " }.joined()
    let html = """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escape(title))</title>
      <link rel="icon" href="/counter/icon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/street/street.css">
      <link rel="stylesheet" href="/street/statements.css"></head>
      <body><header><h1>\(escape(title))</h1></header>
      <main><nav><a href="/street">今日助餐</a> › \(trail)\(escape(title))</nav>
      \(body)
      </main></body></html>

      """
    return Response(
      status: status,
      headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}

/// Statements as pages: every figure that consists of others is a link to them.
struct StatementPages {
  var standings: [StatementLifeService.Standing]

  /// The statements of a year, the newest first, and the way to those of other years.
  /// - Parameter year: nil for the last that has any.
  func list(_ year: Int?) -> StatementPage {
    let years = Set(standings.map(\.statement.to.year)).sorted(by: >)
    let shown = year ?? years.first
    let others =
      years.count < 2
      ? ""
      : "<p>"
        + years.map { one in
          one == shown ? "<b>\(one) 年</b>" : link("\(one) 年", "/street/statements?year=\(one)")
        }.joined(separator: " · ") + "</p>"
    let rows = standings.reversed().filter { $0.statement.to.year == shown }.map {
      standing -> [String] in
      let statement = standing.statement
      return [
        link(statement.number, Self.address(statement.number)), escape(statement.canteenName),
        "\(statement.from) 至 \(statement.to)", escape(standing.step.name.zh),
        "\(statement.persons)", "\(statement.meals)", statement.list.yuan,
        statement.claimed.yuan, standing.outstanding.yuan,
      ]
    }
    return StatementPage(
      title: "结算单", trail: [],
      body: others
        + (rows.isEmpty
          ? "<p>还没有结算单。</p>"
          : Self.table(
            ["结算单号", "助餐点", "期间", "环节", "人数", "人次", "餐费", "申报金额", "未付"], rows, words: 4)))
  }

  static func statement(
    _ page: StatementBookService.Page, _ calendar: CanteenCalendar
  ) -> StatementPage {
    let standing = page.standing
    let statement = standing.statement
    let address = address(statement.number)
    let head = """
      <p class="total">\(escape(statement.canteenName)) · \(statement.from) 至 \(statement.to) · \
      申报 <b>\(statement.claimed.yuan)</b> 元（\(statement.claimed.capitals)）· \
      <b class="step">\(escape(standing.step.name.zh))</b></p>
      <p>\(escape(statement.regionNames.joined(separator: " "))) · 运营单位 \
      \(escape(statement.operatorName)) · 供餐 \(statement.servingDays) 天 · \
      <a href="\(address)/lines">全部明细</a> · \
      <a href="\(address)/findings">异常清单 \(statement.findings?.count ?? 0) 条</a></p>
      """
    return StatementPage(
      title: statement.number,
      body: head + tiers(statement, address) + debts(standing) + steps(standing, calendar)
        + "<p class=\"seal\">表样 \(escape(statement.form ?? "standard 1")) · SHA-256 "
        + "\(page.sha256)</p>")
  }

  private static func tiers(_ statement: Statement, _ address: String) -> String {
    let sources = statement.borne.map(\.source)
    func amounts(_ totals: [Statement.SourceTotal]) -> [String] {
      sources.map { source in (totals.first { $0.source == source }?.fen ?? 0).yuan }
    }
    var rows = statement.tiers.map { tier -> [String] in
      let to = "\(address)/lines?tier=\(encoded(tier.code))"
      return [
        link(tier.title, to), "\(tier.persons)", link("\(tier.meals)", to), tier.list.yuan,
        tier.diner.yuan,
      ] + amounts(tier.sources)
    }
    if let adjusted = statement.adjustments {
      rows.append(
        ["本期调整 \(adjusted.lines) 笔", "\(adjusted.persons)", "", "", adjusted.diner.yuan]
          + amounts(adjusted.sources))
    }
    for subsidy in statement.subsidies ?? [] {
      let name = "\(subsidy.kind.name.zh)（付\(subsidy.payeeName.zh)）"
      rows.append([escape(name), "", "", "", ""] + amounts(subsidy.sources))
    }
    if let releases = statement.releases {
      rows.append(["核减冲回", "", "", "", ""] + amounts(releases.flatMap(\.sources).summed))
    }
    rows.append(
      [
        "合计", "\(statement.persons)", "\(statement.meals)", statement.list.yuan,
        statement.diner.yuan,
      ] + amounts(statement.borne))
    return "<h2>按补贴类别</h2>"
      + table(["补贴类别", "人数(去重)", "人次", "餐费", "自付"] + sources.map(\.name.zh), rows, words: 1)
  }

  private static func debts(_ standing: StatementLifeService.Standing) -> String {
    let rows = standing.debts.map {
      [
        escape($0.source.name.zh), $0.claimed.yuan, $0.disallowed.yuan, $0.paid.yuan,
        $0.outstanding.yuan,
      ]
    }
    return "<h2>按资金来源</h2>" + table(["来源", "申报", "核减", "已付", "未付"], rows, words: 1)
  }

  private static func steps(
    _ standing: StatementLifeService.Standing, _ calendar: CanteenCalendar
  ) -> String {
    let rows = standing.steps.map {
      [
        escape($0.step.name.zh),
        "\(calendar.day(of: $0.at)) \(calendar.time(of: $0.at).hourAndMinute)", escape($0.by),
        escape($0.reason),
      ]
    }
    return "<h2>经过</h2>" + table(["环节", "时间", "经办人", "原因"], rows, words: 4)
  }

  /// - Parameter tier: the code of a tier; nil for all lines.
  static func lines(
    _ statement: Statement, tier: String?, _ lines: [StatementLine], limit: Int
  ) -> StatementPage {
    let address = address(statement.number)
    let rows = lines.map { line -> [String] in
      [
        link("\(line.number)", "\(address)/lines/\(line.number)"), line.day.description,
        line.period.name.zh, escape(line.name), line.age.map(String.init) ?? "",
        escape(line.tierTitle), escape(line.state.zh), line.list.yuan, line.dinerPays.yuan,
        line.sources.map { "\(escape($0.source.name.zh)) \($0.fen.yuan)" }.joined(separator: "、"),
      ]
    }
    let title = tier.map { code in
      statement.tiers.first { $0.code == code }?.title ?? code
    }
    var body =
      rows.isEmpty
      ? "<p>没有明细。</p>"
      : table(
        ["序号", "日期", "餐次", "姓名", "周岁", "类别", "状态", "标价", "自付", "来源"], rows, words: 7)
    if lines.count == limit, let last = lines.last {
      let part = tier.map { "&amp;tier=\(encoded($0))" } ?? ""
      body += """
        <p><a class="next" href="\(address)/lines?after=\(last.number)&amp;limit=\(limit)\(part)">\
        下一页</a></p>
        """
    }
    return StatementPage(
      title: "明细" + (title.map { " · \($0)" } ?? ""), trail: trail(statement.number), body: body)
  }

  static func findings(_ number: String, _ findings: [StatementFinding]) -> StatementPage {
    let rows = findings.map { row -> [String] in
      let finding = row.finding
      return [
        "\(row.number)", finding.day.description, escape("\(finding.check) \(finding.title.zh)"),
        finding.severity.name.zh, escape(finding.sentence.zh), escape(row.meal?.name ?? ""),
        escape(finding.step?.name.zh ?? "未说明"), escape(finding.account ?? ""),
      ]
    }
    return StatementPage(
      title: "异常清单", trail: trail(number),
      body: rows.isEmpty
        ? "<p>结算时没有异常。</p>"
        : table(["序号", "日期", "类型", "轻重", "说明", "姓名", "处理", "解释"], rows, words: 8))
  }

  /// - Parameter hint: whether signing in may help.
  static func refused(_ sentence: Sentence, hint: Bool) -> StatementPage {
    let signIn = "<p>街道人员请先在已登记的设备上登录：<a href=\"/counter\">登录</a></p>"
    return StatementPage(
      title: "不能查看", trail: [],
      body: "<p class=\"total\">\(escape(sentence.zh))</p>" + (hint ? signIn : ""))
  }

  static func trail(_ number: String) -> [(name: String, address: String)] {
    [("结算单", "/street/statements"), (number, address(number))]
  }

  static func address(_ number: String) -> String { "/street/statements/\(encoded(number))" }

  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", "_"])) ?? ""
  }

  /// A table whose first columns are words and whose others are figures.
  static func table(_ titles: [String], _ rows: [[String]], words: Int) -> String {
    let head = titles.enumerated().map { index, title in
      "<th\(index < words ? " class=\"w\"" : "")>\(escape(title))</th>"
    }
    let body = rows.map { row in
      "<tr>"
        + row.enumerated().map { index, cell in
          "<td\(index < words ? " class=\"w\"" : "")>\(cell)</td>"
        }.joined() + "</tr>"
    }
    return """
      <table><thead><tr>\(head.joined())</tr></thead>
      <tbody>\(body.joined(separator: "\n"))</tbody></table>
      """
  }
}

/// A link whose text is escaped here.
private func link(_ text: String, _ address: String) -> String {
  "<a href=\"\(address)\">\(escape(text))</a>"
}
