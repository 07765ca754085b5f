import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenVault

/// The cells of a statement's tables as its form asks for them: from the closed statement alone, so
/// that the same statement always gives the same files.
struct StatementTables: Sendable {
  let statement: Statement
  let sha256: String
  let form: StatementForm
  let profile: MaskingProfile
  let calendar: CanteenCalendar

  /// A column once `sources` has become the sources of this statement.
  struct Column<Field: FormField>: Sendable {
    var title: String
    var content: FormContent<Field>
    var width: Int

    var kind: ColumnKind {
      switch content {
      case .field(let field): field.kind
      case .source, .sources: .money
      case .blank: .blank
      }
    }
  }

  func columns<Field: FormField>(_ table: StatementForm.Table<Field>) -> [Column<Field>] {
    let named = table.columns.compactMap { column -> FundingSource? in
      if case .source(let source) = column.content { source } else { nil }
    }
    return table.columns.flatMap { column -> [Column<Field>] in
      guard column.content == .sources else {
        return [Column(column.title, column.content, column.width)]
      }
      return statement.borne.map(\.source).filter { !named.contains($0) }.map {
        Column($0.name.zh + column.title, .source($0), column.width)
      }
    }
  }

  var subtitle: String {
    "结算单号 \(statement.number)　\(statement.canteenName)　\(period)　金额单位：元"
  }

  private var period: String { "\(statement.from) 至 \(statement.to)" }

  // MARK: - 申报表

  /// The rows of the cover: what each says and the value, and whether it is filled in by hand.
  var coverRows: [(cells: [CSVCell], isByHand: Bool)] {
    columns(form.cover).compactMap { column -> (cells: [CSVCell], isByHand: Bool)? in
      switch column.content {
      case .field(let field):
        // What later facts changed has a row only where there is something to say.
        guard let value = cover(field) else { return nil }
        return ([.text(column.title), value], false)
      case .source(let source):
        return ([.text(column.title), .money(statement.borne[source])], false)
      case .sources, .blank: return ([.text(column.title), .empty], true)
      }
    }
  }

  private func cover(_ field: CoverField) -> CSVCell? {
    switch field {
    case .number: .text(statement.number)
    case .canteen: .text(statement.canteen)
    case .canteenName: .text(statement.canteenName)
    case .region: .text(statement.regionNames.joined(separator: " "))
    case .operator: .text(statement.operatorName)
    case .creditCode: .text(statement.creditCode ?? "")
    case .period: .text(period)
    case .servingDays: .integer(statement.servingDays)
    case .policies: .text(statement.policies.joined(separator: "、"))
    case .persons: .integer(statement.persons)
    case .meals: .integer(statement.meals)
    case .list: .money(statement.list)
    case .diner: .money(statement.diner)
    case .adjustmentLines: statement.adjustments.map { .integer($0.lines) }
    case .adjusted: statement.adjustments.map { .money($0.sources.map(\.fen).sum()) }
    case .adjustedDiner: statement.adjustments.map { .money(-$0.diner) }
    case .adjustedCanteen: statement.adjustments.map { .money($0.canteen) }
    case .operatingSubsidy: statement.subsidy(.operating).map(CSVCell.money)
    case .deliverySubsidy: statement.subsidy(.delivery).map(CSVCell.money)
    case .releases:
      statement.releases.map { .money($0.flatMap(\.sources).map(\.fen).sum()) }
    case .claimed: .money(statement.claimed)
    case .claimedCapitals: .text(statement.claimed.capitals)
    case .findings: statement.findings.map { .integer($0.count) }
    case .closedBy: .text(statement.closedBy)
    case .closedAt:
      .text("\(calendar.day(of: statement.closedAt)) \(calendar.time(of: statement.closedAt))")
    case .sha256: .text(sha256)
    }
  }

  // MARK: - 汇总表

  /// One row for each tier, one for adjustments, and one for each subsidy of the period and for
  /// disallowances that ended: so that the columns of the sources add up to the claim.
  var summaryRows: [[CSVCell]] {
    let columns = columns(form.summary)
    var rows = statement.tiers.map { tier in
      SummaryRow(
        title: tier.title, persons: tier.persons, meals: tier.meals, dineIn: tier.dineIn,
        pickup: tier.pickup, homeDelivery: tier.homeDelivery, list: tier.list, diner: tier.diner,
        sources: tier.sources)
    }
    if let adjusted = statement.adjustments {
      rows.append(
        SummaryRow(
          title: "本期调整", persons: adjusted.persons, diner: adjusted.diner,
          sources: adjusted.sources))
    }
    rows += (statement.subsidies ?? []).map {
      let name = "\($0.kind.name.zh)（付\($0.payeeName.zh)）"
      return SummaryRow(title: "\(name)\($0.code)", sources: $0.sources)
    }
    if let releases = statement.releases {
      rows.append(SummaryRow(title: "核减冲回", sources: releases.flatMap(\.sources).summed))
    }
    return rows.enumerated().map { index, row in
      columns.map { summary($0.content, row, number: index + 1) }
    }
  }

  private struct SummaryRow {
    var title: String
    /// Nil where nobody is counted.
    var persons: Int?
    var meals = 0
    var dineIn = 0
    var pickup = 0
    var homeDelivery = 0
    var list: Fen = 0
    var diner: Fen = 0
    var sources: [Statement.SourceTotal]
  }

  private func summary(
    _ content: FormContent<SummaryField>, _ row: SummaryRow, number: Int
  ) -> CSVCell {
    switch content {
    case .blank, .sources: .empty
    case .source(let source): .money(row.sources[source])
    case .field(let field):
      switch field {
      case .number: .integer(number)
      case .region: .text(statement.regionNames.joined(separator: " "))
      case .canteen: .text(statement.canteen)
      case .canteenName: .text(statement.canteenName)
      case .operator: .text(statement.operatorName)
      case .creditCode: .text(statement.creditCode ?? "")
      case .period: .text(period)
      case .servingDays: .integer(statement.servingDays)
      case .tier: .text(row.title)
      case .policies: .text(statement.policies.joined(separator: "、"))
      case .persons: row.persons.map(CSVCell.integer) ?? .empty
      case .meals: .integer(row.meals)
      case .dineIn: .integer(row.dineIn)
      case .pickup: .integer(row.pickup)
      case .homeDelivery: .integer(row.homeDelivery)
      case .list: .money(row.list)
      case .diner: .money(row.diner)
      case .claimed: .money(row.sources.claimed)
      }
    }
  }

  // MARK: - 明细表

  /// - Parameter person: name and number in full; nil unless the masking asks for them.
  func detail(
    _ content: FormContent<DetailField>, _ line: StatementLine, _ person: FullPerson?
  ) -> CSVCell {
    switch content {
    case .blank, .sources: return .empty
    case .source(let source): return .money(line.sources[source])
    case .field(let field):
      switch field {
      case .line: return .integer(line.number)
      case .sourceNo: return .text(line.sourceNo ?? "")
      case .day: return .day(line.day)
      case .period: return .text(line.period.name.zh)
      case .mode: return .text(line.mode.name.zh)
      case .canteen: return .text(statement.canteen)
      case .canteenName: return .text(statement.canteenName)
      case .name: return .text(name(line, person))
      case .sex: return .text(line.sex.name.zh)
      case .idNumber: return .text(number(line, person))
      case .age: return line.age.map(CSVCell.integer) ?? .empty
      case .hukou: return .text(line.hukou)
      case .residence: return .text(line.residence)
      case .tier: return .text(line.tierTitle)
      case .list: return .money(line.list)
      case .diner: return .money(line.dinerPays)
      case .claimed: return .money(line.sources.claimed)
      case .means: return .text(line.means.name.zh)
      case .auth: return .text(line.auth.name.zh)
      case .proxy: return .text(line.origin?.isByProxy == true ? "是" : "")
      case .terminal: return .text(line.origin?.terminal ?? "")
      case .entry: return .text(line.origin?.entry.name.zh ?? "")
      case .state: return .text(line.state.zh)
      case .original: return .text(line.adjustment?.original ?? "")
      case .policies: return .text(line.policies.joined(separator: "、"))
      case .cause: return .text(line.adjustment?.cause.name.zh ?? "")
      case .checkIn: return .text(line.checkIn.text)
      }
    }
  }

  private func name(_ line: StatementLine, _ person: FullPerson?) -> String {
    switch profile.name {
    case .masked: line.name
    case .hidden: ""
    case .full: person?.name ?? line.name
    }
  }

  private func number(_ line: StatementLine, _ person: FullPerson?) -> String {
    switch profile.idNumber {
    case .lastFour: line.idNumber
    case .lastTwo:
      String(repeating: "*", count: max(0, line.idNumber.count - 2)) + line.idNumber.suffix(2)
    case .hidden: ""
    case .full: person?.idNumber ?? line.idNumber
    }
  }

  /// A person's name and number in clear.
  struct FullPerson: Sendable {
    var name: String
    var idNumber: String
  }

  // MARK: - 异常清单

  func finding(_ content: FormContent<FindingField>, _ row: StatementFinding) -> CSVCell {
    guard case .field(let field) = content else { return .empty }
    let (finding, meal) = (row.finding, row.meal)
    switch field {
    case .number: return .integer(row.number)
    case .subject: return .text(finding.subject)
    case .name: return .text(profile.name == .hidden ? "" : meal?.name ?? "")
    case .age: return meal?.age.map(CSVCell.integer) ?? .empty
    case .residence: return .text(meal?.residence ?? "")
    case .day: return .day(finding.day)
    case .time: return .text(meal.map { calendar.time(of: $0.servedAt).hourAndMinute } ?? "")
    case .period: return .text(meal?.period.name.zh ?? "")
    case .auth: return .text(meal?.auth.name.zh ?? "")
    case .terminal: return .text(meal?.terminal ?? "")
    case .check: return .text(finding.check)
    case .title: return .text(finding.title.zh)
    case .severity: return .text(finding.severity.name.zh)
    case .sentence: return .text(finding.sentence.zh)
    case .step: return .text(finding.step?.name.zh ?? "未说明")
    // People write names into explanations.
    case .explanation: return .text(profile.name == .hidden ? "" : finding.account ?? "")
    }
  }
}

extension StatementTables.Column {
  init(_ title: String, _ content: FormContent<Field>, _ width: Int?) {
    self.title = title
    self.content = content
    let digits = title.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
    self.width = width ?? max(10, digits + 1)
  }
}

extension [Statement.SourceTotal] {
  /// What one source pays; nothing if it is not among them.
  subscript(source: FundingSource) -> Fen { first { $0.source == source }?.fen ?? 0 }

  /// 申报: without what the operator gives up himself.
  var claimed: Fen { filter { $0.source != .operator }.map(\.fen).sum() }
}
