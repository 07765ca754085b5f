import CanteenDomain
import CanteenFiles

/// The files of a closed statement: 申报表, 汇总表 and 明细表, made from the statement alone, so that
/// the same statement always gives the same bytes.
public struct StatementExport: Sendable {
  private let closed: StatementService.Closed

  public init(_ closed: StatementService.Closed) { self.closed = closed }

  /// File names and their bytes: CSV in UTF-8 with a byte-order mark.
  public func files() -> [(name: String, bytes: [UInt8])] {
    let number = closed.statement.number
    return [
      ("\(number)-申报表.csv", table(cover)), ("\(number)-汇总表.csv", table(summary)),
      ("\(number)-明细表.csv", table(details)),
    ]
  }

  private func table(_ rows: [[CSVCell]]) -> [UInt8] {
    guard let header = rows.first else { return [] }
    let names = header.map { if case .text(let name) = $0 { name } else { "" } }
    return CSVWriter.bytes(header: names, rows: rows.dropFirst())
  }

  private var cover: [[CSVCell]] {
    let statement = closed.statement
    var rows: [[CSVCell]] = [
      ["项目", "内容"], ["表名", "助餐补贴申报表"], ["结算单号", .text(statement.number)],
      ["助餐点编码", .text(statement.canteen)], ["助餐点名称", .text(statement.canteenName)],
      ["所在区划", .text(statement.regionNames.joined(separator: " "))],
      ["运营单位", .text(statement.operatorName)],
      ["统一社会信用代码", .text(statement.creditCode ?? "")],
      ["统计期间", .text("\(statement.from) 至 \(statement.to)")],
      ["供餐天数", .integer(statement.servingDays)],
      ["补贴政策及版本", .text(statement.policies.joined(separator: "；"))],
      ["服务人数(去重)", .integer(statement.persons)], ["就餐人次", .integer(statement.meals)],
      ["餐费总额(元)", .money(statement.list)], ["个人自付(元)", .money(statement.diner)],
    ]
    for total in statement.sources {
      rows.append([.text("\(total.source.name.zh)(元)"), .money(total.fen)])
    }
    if let adjusted = statement.adjustments {
      rows += [
        ["其中本期调整(笔)", .integer(adjusted.lines)],
        ["本期调整金额(元)", .money(adjusted.sources.map(\.fen).sum())],
        ["本期调整:应退个人(元)", .money(-adjusted.diner)],
        ["本期调整:由助餐点承担(元)", .money(adjusted.canteen)],
      ]
    }
    for kind in StatementSubsidy.Kind.allCases {
      if let fen = statement.subsidy(kind) {
        rows.append([.text("\(kind.name.zh)(元)"), .money(fen)])
      }
    }
    if let releases = statement.releases {
      rows.append(["核减冲回(元)", .money(releases.flatMap(\.sources).map(\.fen).sum())])
    }
    return rows + [
      ["申报金额(元)", .money(statement.claimed)],
      ["申报金额(大写)", .text(statement.claimed.capitals)], ["制表人", .text(statement.closedBy)],
      ["结算时间", .text(time(statement.closedAt))], ["SHA-256", .text(closed.sha256)],
      ["审核人", .empty], ["负责人", .empty], ["盖章", .empty], ["日期", .empty],
    ]
  }

  private func time(_ instant: Instant) -> String {
    let calendar = CanteenCalendar.shanghai
    return "\(calendar.day(of: instant)) \(calendar.time(of: instant))"
  }

  private var sources: [FundingSource] { closed.statement.sources.map(\.source) }

  private func amounts(_ totals: [Statement.SourceTotal]) -> [CSVCell] {
    sources.map { source in
      .money(totals.first { $0.source == source }?.fen ?? 0)
    }
  }

  private var summary: [[CSVCell]] {
    let header =
      [
        "序号", "助餐点编码", "助餐点名称", "统计期间", "补贴类别", "人数(去重)", "就餐人次", "堂食", "自提", "送餐",
        "餐费总额", "个人自付",
      ] + sources.map(\.name.zh)
    let statement = closed.statement
    let rows = statement.tiers.enumerated().map { index, tier -> [CSVCell] in
      [
        .integer(index + 1), .text(statement.canteen), .text(statement.canteenName),
        .text("\(statement.from)至\(statement.to)"), .text(tier.title),
        .integer(tier.persons), .integer(tier.meals), .integer(tier.dineIn),
        .integer(tier.pickup), .integer(tier.homeDelivery), .money(tier.list),
        .money(tier.diner),
      ] + amounts(tier.sources)
    }
    let adjusted = statement.adjustments.map { adjusted -> [CSVCell] in
      [
        .integer(rows.count + 1), .text(statement.canteen), .text(statement.canteenName),
        .text("\(statement.from)至\(statement.to)"), "本期调整", .integer(adjusted.persons),
        .integer(0), .integer(0), .integer(0), .integer(0), .money(0), .money(adjusted.diner),
      ] + amounts(adjusted.sources)
    }
    func sum(_ part: KeyPath<Statement.Tier, Int>) -> CSVCell {
      .integer(statement.tiers.map { $0[keyPath: part] }.reduce(0, +))
    }
    let total: [CSVCell] =
      [
        "合计", .text(statement.canteen), .text(statement.canteenName),
        .text("\(statement.from)至\(statement.to)"), "", .integer(statement.persons),
        sum(\.meals), sum(\.dineIn), sum(\.pickup), sum(\.homeDelivery),
        .money(statement.list), .money(statement.diner),
      ] + amounts(statement.sources)
    return [header.map(CSVCell.text)] + rows + (adjusted.map { [$0] } ?? []) + [total]
  }

  private var details: [[CSVCell]] {
    let header =
      [
        "序号", "流水号", "就餐日期", "餐次", "取餐方式", "助餐点编码", "姓名(脱敏)", "性别", "身份证号(脱敏)", "周岁",
        "户籍", "居住社区", "补贴类别", "餐费标价",
      ] + sources.map(\.name.zh) + ["个人自付", "支付方式", "核验方式", "状态", "政策版本", "签到键"]
      // Only where there is something to say, so that statements without it keep their bytes.
      + (closed.statement.adjustments == nil ? [] : ["调整原因", "原结算单"])
    let rows = closed.lines.map { line -> [CSVCell] in
      [
        .integer(line.number), .text(line.sourceNo ?? ""), .day(line.day),
        .text(line.period.name.zh), .text(line.mode.name.zh), .text(closed.statement.canteen),
        .text(line.name), .text(line.sex.name.zh), .text(line.idNumber),
        line.age.map(CSVCell.integer) ?? .empty, .text(line.hukou), .text(line.residence),
        .text(line.tierTitle), .money(line.list),
      ] + amounts(line.sources) + [
        .money(line.dinerPays), .text(line.means.name.zh), .text(line.auth.name.zh),
        .text(state(of: line)), .text(line.policies.joined(separator: "；")),
        .text(line.checkIn.text),
      ]
        + (closed.statement.adjustments == nil
          ? []
          : [
            .text(line.adjustment?.cause.name.zh ?? ""), .text(line.adjustment?.original ?? ""),
          ])
    }
    return [header.map(CSVCell.text)] + rows
  }

  private func state(of line: StatementLine) -> String {
    guard let adjustment = line.adjustment else {
      return line.sign < 0 ? "冲正" : line.isLate ? "补录" : "正常"
    }
    return line.sign < 0 ? "冲正调整" : "调整:\(adjustment.kind.name.zh)"
  }
}
