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

  /// How far back days that were covered are counted again; lines posted later than their own day are
  /// found beyond that too.
  private static let daysCountedAgain = 62

  /// One run looks at a canteen at a time; held until the transaction ends.
  static func lock(_ canteen: Canteen.Code, _ transaction: borrowing Transaction) throws {
    _ = try transaction.query(
      """
      select pg_advisory_xact_lock(hashtext('canteen reconcile'), hashtext(\(canteen)))::text as held
      """)
  }

  /// The days of a canteen, from the first of which anything is known, that this edition of the checks
  /// has not seen with just the lines they have now. Days on which nobody came are days too.
  static func uncovered(
    _ canteen: Canteen.Code, from: Day? = nil, through day: Day, edition: Seal,
    _ transaction: borrowing Transaction
  ) throws -> [OpenDay] {
    try transaction.query(
      """
      with first as (
          select min(service_date) as service_date
          from (
              select min(service_date) as service_date
              from check_ins where canteen_code = \(canteen)
              union all
              select min(service_date)
              from independent_counts where canteen_code = \(canteen)
          ) as known
      ),
      late as (
          select service_date
          from check_ins
          where canteen_code = \(canteen)
              and posted_on > \(day)::date - \(daysCountedAgain)::integer
              and posted_on > service_date
          union all
          select r.service_date
          from check_in_reversals as r
          join check_ins as c using (diner_id, service_date, check_in_id)
          where c.canteen_code = \(canteen)
              and r.posted_on > \(day)::date - \(daysCountedAgain)::integer
              and r.posted_on > r.service_date
      ),
      facts as (
          -- What the register learned late about days that had been, such as a death.
          select c.service_date
          from (
              select diner_id, valid_from as since, recorded_at
              from diner_statuses
              where recorded_at > \(day)::date - \(daysCountedAgain)::integer
              union all
              select diner_id, coalesce(valid_to + 1, valid_from), recorded_at
              from entitlements
              where revision > 1 and recorded_at > \(day)::date - \(daysCountedAgain)::integer
          ) as f
          join check_ins as c
              on c.diner_id = f.diner_id
              and c.service_date >= coalesce(f.since, \(day)::date - 366)
              and c.recorded_at < f.recorded_at
          where c.canteen_code = \(canteen)
              and c.service_date between \(day)::date - 366 and \(day)::date
      ),
      days as (
          select d::date as service_date
          from first, generate_series(
              greatest(first.service_date, \(from)::date), \(day)::date, interval '1 day'
          ) as d
          where d::date > \(day)::date - \(daysCountedAgain)::integer
              or d::date in (select service_date from late)
              or d::date in (select service_date from facts)
              or not exists (
                  select
                  from reconciled_days as r
                  where r.canteen_code = \(canteen)
                      and r.service_date = d::date
                      and r.checks_sha256 = \(edition)
              )
      ),
      lines as (
          select service_date, count(*) as n
          from (
              select service_date
              from check_ins
              where canteen_code = \(canteen)
                  and service_date between
                      (select min(service_date) from days) and \(day)::date
                  and service_date in (select service_date from days)
              union all
              select c.service_date
              from check_in_reversals as r
              join check_ins as c using (diner_id, service_date, check_in_id)
              where c.canteen_code = \(canteen)
                  and r.posted_on >= (select min(service_date) from days)
                  and r.service_date between
                      (select min(service_date) from days) and \(day)::date
              union all
              select service_date
              from independent_counts
              where canteen_code = \(canteen)
                  and service_date between
                      (select min(service_date) from days) and \(day)::date
              union all
              select service_date
              from food_samples
              where canteen_code = \(canteen)
                  and service_date between
                      (select min(service_date) from days) and \(day)::date
              union all
              select service_date from facts
          ) as rows
          group by service_date
      ),
      counted as (
          select service_date, coalesce(n, 0)::integer as lines
          from days left join lines using (service_date)
      )
      select service_date, lines
      from counted
      where not exists (
          select
          from reconciled_days as r
          where r.canteen_code = \(canteen)
              and r.service_date = counted.service_date
              and r.checks_sha256 = \(edition)
              and r.lines = counted.lines
      )
      order by service_date
      """
    ).map { OpenDay(day: try $0.decode("service_date"), lines: try $0.decode("lines")) }
  }

  /// Runs checks over days of a canteen in one flight.
  /// - Parameter parameters: what the policies say, by check; the thresholds that the canteen's office
  ///   set come on top.
  static func run(
    _ checks: [ReconciliationCheck], _ canteen: Canteen.Code, from: Day, to: Day,
    parameters: [String: [String: String]], _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    var parameters = parameters
    let rows = try transaction.query(
      """
      select check_id, parameter, value
      from current_check_thresholds
      where canteen_code in ('', \(canteen))
      order by canteen_code
      """)
    for row in rows {
      let (check, name): (String, String) = (
        try row.decode("check_id"), try row.decode("parameter")
      )
      guard ReconciliationPolicies.parameters[check]?.contains(name) != true else { continue }
      parameters[check, default: [:]][name] = try row.decode("value")
    }
    // Each statement reads a day: starting workers or a compiler takes longer than that.
    _ = try transaction.pipeline([
      "set local jit = off", "set local max_parallel_workers_per_gather = 0",
    ])
    let answers = try transaction.pipeline(
      checks.map {
        try $0.statement(
          canteen: canteen, from: from, to: to, parameters: parameters[$0.id] ?? [:])
      })
    var findings: [Finding] = []
    for (check, answer) in zip(checks, answers) {
      for row in answer.rows {
        findings.append(
          Finding(
            check: check.id, title: check.title, severity: check.severity, canteen: canteen,
            day: try row.decode("service_date"), subject: try row.decode("subject"),
            sentence: Sentence(zh: try row.decode("zh"), en: try row.decode("en"))))
      }
    }
    return findings
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
    _ canteen: Canteen.Code, from: Day, to: Day, onlyOpen: Bool = false, titles: [String: Sentence],
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    try transaction.query(
      """
      select f.check_id, f.severity, f.service_date, f.subject, f.zh, f.en, e.explanation, e.step
      from findings as f
      left join lateral (
          select explanation, step
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
          and (e.step is null or not \(onlyOpen))
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
        explanation: try row.decode("explanation"), step: try row.decode("step"))
    }
  }

  /// - Returns: false if there is no such finding.
  static func explain(
    check: String, canteen: Canteen.Code, day: Day, subject: String, explanation: String,
    step: Finding.Step, reason: Finding.Reason, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws -> Bool {
    try transaction.execute(
      """
      insert into finding_explanations (
          check_id, canteen_code, service_date, subject, explanation_no, explained_at,
          explained_by, explanation, step, reason
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
          \(by.at)::timestamptz, \(by.by), \(explanation), \(step), \(reason)
      from findings as f
      where f.check_id = \(check)
          and f.canteen_code = \(canteen)
          and f.service_date = \(day)::date
          and f.subject = \(subject)
      """) == 1
  }

  static func setThreshold(
    check: String, canteen: Canteen.Code, parameter: String, value: String, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into check_thresholds (
          check_id, canteen_code, parameter, revision, value, recorded_by, recorded_at
      )
      select
          \(check), \(canteen), \(parameter),
          (
              select count(*) + 1
              from check_thresholds
              where check_id = \(check) and canteen_code = \(canteen) and parameter = \(parameter)
          ),
          \(value), \(by.by), \(by.at)::timestamptz
      """)
  }
}

extension Finding.Severity: PostgresEncodable, PostgresDecodable {}
extension Finding.Step: PostgresEncodable, PostgresDecodable {}
extension Finding.Reason: PostgresEncodable, PostgresDecodable {}
