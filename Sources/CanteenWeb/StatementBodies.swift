import CanteenDomain
import CanteenServices

/// A statement in a list: what it claims and where it stands.
struct StatementSummaryBody: Encodable {
  var number: String
  var canteen: CanteenNameBody
  var from: String
  var to: String
  var step: String
  var persons: Int
  var meals: Int
  var listFen: Int
  var dinerFen: Int
  var claimedFen: Int
  var outstandingFen: Int

  init(_ standing: StatementLifeService.Standing) {
    let statement = standing.statement
    number = statement.number
    canteen = CanteenNameBody(code: statement.canteen, name: statement.canteenName)
    from = statement.from.description
    to = statement.to.description
    step = standing.step.rawValue
    persons = statement.persons
    meals = statement.meals
    listFen = statement.list.count
    dinerFen = statement.diner.count
    claimedFen = statement.claimed.count
    outstandingFen = standing.outstanding.count
  }
}

/// What one source pays of something; below zero for what is taken back.
struct AmountBody: Encodable {
  var source: String
  var name: String
  var fen: Int

  init(_ total: Statement.SourceTotal) {
    source = total.source.rawValue
    name = total.source.name.zh
    fen = total.fen.count
  }
}

/// A statement by tiers and sources, with its steps.
struct StatementBody: Encodable {
  struct TierBody: Encodable {
    var code: String
    var title: String
    var persons: Int
    var meals: Int
    var listFen: Int
    var dinerFen: Int
    var sources: [AmountBody]
  }

  struct DebtBody: Encodable {
    var source: String
    var name: String
    var claimedFen: Int
    var disallowedFen: Int
    var paidFen: Int
    var outstandingFen: Int
  }

  struct StepBody: Encodable {
    var step: String
    var at: String
    var by: String
    var reason: String
  }

  /// 运营补贴 or 送餐补贴.
  struct SubsidyBody: Encodable {
    var kind: String
    var payee: String
    var policy: String
    var version: String
    var code: String
    var count: Int
    var sources: [AmountBody]
    var wording: String
  }

  var summary: StatementSummaryBody
  var sha256: String
  var form: String?
  var policies: [String]
  var servingDays: Int
  var findings: Int?
  var tiers: [TierBody]
  var subsidies: [SubsidyBody]
  var sources: [AmountBody]
  var debts: [DebtBody]
  var steps: [StepBody]

  init(_ page: StatementBookService.Page, _ calendar: CanteenCalendar) {
    let statement = page.standing.statement
    summary = StatementSummaryBody(page.standing)
    sha256 = page.sha256
    form = statement.form
    policies = statement.policies
    servingDays = statement.servingDays
    findings = statement.findings?.count
    tiers = statement.tiers.map {
      TierBody(
        code: $0.code, title: $0.title, persons: $0.persons, meals: $0.meals,
        listFen: $0.list.count, dinerFen: $0.diner.count, sources: $0.sources.map(AmountBody.init))
    }
    subsidies = (statement.subsidies ?? []).map {
      SubsidyBody(
        kind: $0.kind.rawValue, payee: $0.payee, policy: $0.policyID, version: $0.version,
        code: $0.code, count: $0.count, sources: $0.sources.map(AmountBody.init),
        wording: $0.sentence.zh)
    }
    sources = statement.borne.map(AmountBody.init)
    debts = page.standing.debts.map {
      DebtBody(
        source: $0.source.rawValue, name: $0.source.name.zh, claimedFen: $0.claimed.count,
        disallowedFen: $0.disallowed.count, paidFen: $0.paid.count,
        outstandingFen: $0.outstanding.count)
    }
    steps = page.standing.steps.map {
      StepBody(
        step: $0.step.rawValue, at: calendar.text(of: $0.at), by: $0.by, reason: $0.reason)
    }
  }
}

/// A line of a statement; the person is masked.
struct StatementLineBody: Encodable {
  var line: Int
  var checkIn: String
  var day: String
  var period: String
  var mode: String
  var name: String
  var age: Int?
  var tier: String
  var tierTitle: String
  var state: String
  var listFen: Int
  var dinerFen: Int
  var sources: [AmountBody]
  var policies: [String]

  init(_ line: StatementLine) {
    self.line = line.number
    checkIn = line.checkIn.text
    day = line.day.description
    period = line.period.rawValue
    mode = line.mode.api
    name = line.name
    age = line.age
    tier = line.tier
    tierTitle = line.tierTitle
    state = line.state.zh
    listFen = line.list.count
    dinerFen = line.dinerPays.count
    sources = line.sources.map(AmountBody.init)
    policies = line.policies
  }
}

/// Some of a statement's lines, and where the next ones begin.
struct StatementLinesBody: Encodable {
  var lines: [StatementLineBody]
  /// The `after` of the next page; left out at the end.
  var next: Int?

  init(_ found: [StatementLine], limit: Int) {
    lines = found.map(StatementLineBody.init)
    next = found.count == limit ? found.last?.number : nil
  }
}

/// A finding of a statement's list.
struct StatementFindingBody: Encodable {
  var number: Int
  var check: String
  var title: String
  var severity: String
  var day: String
  var subject: String
  var sentence: String
  var step: String?
  var explanation: String?
  /// Why it was decided so.
  var decision: String?

  init(_ row: StatementFinding) {
    number = row.number
    check = row.finding.check
    title = row.finding.title.zh
    severity = row.finding.severity.rawValue
    day = row.finding.day.description
    subject = row.finding.subject
    sentence = row.finding.sentence.zh
    step = row.finding.step?.rawValue
    explanation = row.finding.explanation
    decision = row.finding.decision
  }
}

/// A line taken apart, down to the facts of that day.
struct ExplainedLineBody: Encodable {
  struct CheckInBody: Encodable {
    var key: String
    var servedAt: String
    var terminal: String
    var auth: String
    var entry: String
    /// False once it was reversed.
    var stands: Bool
  }

  struct PolicyBody: Encodable {
    var policy: String
    var version: String
    var validFrom: String
    var document: String
  }

  struct DisallowedBody: Encodable {
    var source: String
    var fen: Int
    var reason: String
    var by: String
  }

  var statement: String
  var line: StatementLineBody
  var tier: StatementBody.TierBody?
  var checkIn: CheckInBody
  /// What the price was made from.
  var facts: [String]
  /// How it was made, step by step.
  var explanation: [String]
  var policies: [PolicyBody]
  var disallowed: [DisallowedBody]
  var findings: [StatementFindingBody]

  init(_ found: ExplainedLine, _ calendar: CanteenCalendar) {
    statement = found.statement.number
    line = StatementLineBody(found.line)
    tier = found.tier.map {
      StatementBody.TierBody(
        code: $0.code, title: $0.title, persons: $0.persons, meals: $0.meals,
        listFen: $0.list.count, dinerFen: $0.diner.count, sources: $0.sources.map(AmountBody.init))
    }
    let meal = found.checkIn.checkIn
    checkIn = CheckInBody(
      key: meal.id.text, servedAt: calendar.text(of: meal.servedAt), terminal: meal.terminal,
      auth: meal.auth.rawValue, entry: meal.entry.rawValue, stands: found.checkIn.stands)
    facts = found.checkIn.facts.map(\.zh)
    explanation = found.checkIn.line.explanation().map(\.zh)
    policies = found.policies.map {
      PolicyBody(
        policy: $0.id, version: $0.version, validFrom: $0.validFrom.description,
        document: $0.document)
    }
    disallowed = found.disallowed.map {
      DisallowedBody(source: $0.source.rawValue, fen: $0.fen.count, reason: $0.reason, by: $0.by)
    }
    findings = found.findings.map(StatementFindingBody.init)
  }
}
