import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `reconciled_days`, `findings` and `finding_explanations`.
enum ReconciliationStore {
  /// A day of a canteen as it is about to be looked at.
  struct OpenDay: Sendable, Hashable {
    var day: Day
    /// Its check-ins and reversals.
    var lines: Int
  }

  /// The days of a canteen that have lines and that this edition of the checks has not seen with
  /// just that many.
  static func uncovered(
    _ canteen: Canteen.Code, through day: Day, edition: Seal,
    _ transaction: borrowing Transaction
  ) throws -> [OpenDay] {
    try transaction.query(
      """
      with days as (
          select c.service_date, (count(*) + count(r.check_in_id))::integer as lines
          from check_ins as c
          left join check_in_reversals as r
              on r.diner_id = c.diner_id
              and r.service_date = c.service_date
              and r.check_in_id = c.check_in_id
          where c.canteen_code = \(canteen) and c.service_date <= \(day)::date
          group by c.service_date
      )
      select service_date, lines
      from days
      where not exists (
          select
          from reconciled_days as d
          where d.canteen_code = \(canteen)
              and d.service_date = days.service_date
              and d.checks_sha256 = \(edition)
              and d.lines = days.lines
      )
      order by service_date
      """
    ).map { OpenDay(day: try $0.decode("service_date"), lines: try $0.decode("lines")) }
  }

  static func run(
    _ check: ReconciliationCheck, _ canteen: Canteen.Code, from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    try transaction.query(check.statement(canteen: canteen, from: from, to: to)).map {
      Finding(
        check: check.id, title: check.title, severity: check.severity, canteen: canteen,
        day: try $0.decode("service_date"), subject: try $0.decode("subject"),
        sentence: Sentence(zh: try $0.decode("zh"), en: try $0.decode("en")))
    }
  }

  /// Adds what is new; a finding that is there keeps its identity and its explanation.
  /// - Returns: how many were new.
  static func insert(
    _ findings: [Finding], at: Instant, _ transaction: borrowing Transaction
  ) throws -> Int {
    guard !findings.isEmpty else { return 0 }
    return try transaction.execute(
      """
      insert into findings (
          check_id, canteen_code, service_date, subject, severity, zh, en, found_at
      )
      select *, \(at)::timestamptz
      from unnest(
          \(findings.map(\.check))::text[], \(findings.map(\.canteen))::text[],
          \(findings.map(\.day))::date[], \(findings.map(\.subject))::text[],
          \(findings.map(\.severity.rawValue))::text[], \(findings.map(\.sentence.zh))::text[],
          \(findings.map(\.sentence.en))::text[]
      )
      on conflict (check_id, canteen_code, service_date, subject) do nothing
      """)
  }

  static func markCovered(
    _ days: [(open: OpenDay, findings: Int)], _ canteen: Canteen.Code, edition: Seal,
    at: Instant, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into reconciled_days (
          canteen_code, service_date, checks_sha256, lines, reconciled_at, findings
      )
      select \(canteen), service_date, \(edition), lines, \(at)::timestamptz, findings
      from unnest(
          \(days.map(\.open.day))::date[], \(days.map(\.open.lines))::integer[],
          \(days.map(\.findings))::integer[]
      ) as new (service_date, lines, findings)
      on conflict (canteen_code, service_date, checks_sha256, lines) do nothing
      """)
  }

  static func findings(
    _ canteen: Canteen.Code, from: Day, to: Day, titles: [String: Sentence],
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    try transaction.query(
      """
      select f.check_id, f.severity, f.service_date, f.subject, f.zh, f.en, e.explanation
      from findings as f
      left join lateral (
          select explanation
          from finding_explanations as e
          where e.check_id = f.check_id
              and e.canteen_code = f.canteen_code
              and e.service_date = f.service_date
              and e.subject = f.subject
          order by e.explanation_no desc
          limit 1
      ) as e on true
      where f.canteen_code = \(canteen)
          and f.service_date between \(from)::date and \(to)::date
      order by
          array_position(array['blocking', 'warning', 'notice'], f.severity), f.service_date,
          f.check_id, f.subject
      """
    ).map { row in
      let check: String = try row.decode("check_id")
      return Finding(
        check: check, title: titles[check] ?? Sentence(zh: check, en: check),
        severity: try row.decode("severity"), canteen: canteen,
        day: try row.decode("service_date"), subject: try row.decode("subject"),
        sentence: Sentence(zh: try row.decode("zh"), en: try row.decode("en")),
        explanation: try row.decode("explanation"))
    }
  }

  /// - Returns: false if there is no such finding.
  static func explain(
    check: String, canteen: Canteen.Code, day: Day, subject: String, explanation: String,
    by: Attribution, _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into finding_explanations (
          check_id, canteen_code, service_date, subject, explanation_no, explained_at,
          explained_by, explanation
      )
      select
          f.check_id, f.canteen_code, f.service_date, f.subject,
          (
              select count(*) + 1
              from finding_explanations as e
              where e.check_id = f.check_id
                  and e.canteen_code = f.canteen_code
                  and e.service_date = f.service_date
                  and e.subject = f.subject
          ),
          \(by.at)::timestamptz, \(by.by), \(explanation)
      from findings as f
      where f.check_id = \(check)
          and f.canteen_code = \(canteen)
          and f.service_date = \(day)::date
          and f.subject = \(subject)
      """) == 1
  }
}

extension Finding.Severity: PostgresEncodable, PostgresDecodable {}
