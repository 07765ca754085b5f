import CanteenDomain
import CanteenVault
import Postgres

/// Rows of `reconciled_days`, and of `findings` with their revisions and explanations.
enum ReconciliationStore {
  /// One run looks at a canteen at a time; held until the transaction ends.
  static func lock(_ canteen: Canteen.Code, _ transaction: borrowing Transaction) throws {
    _ = try transaction.query(
      """
      select pg_advisory_xact_lock(hashtext('canteen reconcile'), hashtext(\(canteen)))::text as held
      """)
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
    // Planned once for their days, not again for each canteen.
    let answers = try transaction.pipeline(
      ["set local plan_cache_mode = force_generic_plan"]
        + checks.map {
          try $0.statement(
            canteen: canteen, from: from, to: to, parameters: parameters[$0.id] ?? [:])
        } + [planAnew]
    ).dropFirst()
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

  /// Says how statements over some days of some canteens are planned in what is left of the
  /// transaction. Workers and a compiler take longer to start than such days take to read. Made anew for
  /// its days, a plan knows the few months that they touch; one for any days would have to think of every
  /// month that ever was.
  static func planForDays(_ transaction: borrowing Transaction) throws {
    _ = try transaction.pipeline([
      "set local jit = off", "set local max_parallel_workers_per_gather = 0",
      planAnew,
    ])
  }

  private static let planAnew: SQL = "set local plan_cache_mode = force_custom_plan"

  /// Keeps what was found on some days by some checks. What is new is added; what is there keeps its
  /// identity, and gets a revision if it says something else, is not found any more, or is found again.
  /// - Returns: how many were new or changed.
  static func keep(
    _ found: [Finding], of checks: [String], _ canteen: Canteen.Code, days: [Day], at: Instant,
    _ transaction: borrowing Transaction
  ) throws -> Int {
    // Two ways to one finding: always the same sentence, or every look would be a change.
    let findings = Dictionary(grouping: found) { [$0.check, $0.day.description, $0.subject] }
      .compactMap { $0.value.min { $0.sentence.en < $1.sentence.en } }
    let changed = try transaction.query(
      """
      with found as (
          select *
          from unnest(
              \(findings.map(\.check))::text[], \(findings.map(\.day))::date[],
              \(findings.map(\.subject))::text[], \(findings.map(\.sentence.zh))::text[],
              \(findings.map(\.sentence.en))::text[]
          ) as f (check_id, service_date, subject, zh, en)
      )
      insert into finding_revisions (
          check_id, canteen_code, service_date, subject, revision, holds, zh, en, found_at
      )
      select
          k.check_id, k.canteen_code, k.service_date, k.subject, k.revision + 1,
          f.check_id is not null, coalesce(f.zh, k.zh), coalesce(f.en, k.en), \(at)::timestamptz
      from current_findings as k
      left join found as f
          on f.check_id = k.check_id
          and f.service_date = k.service_date
          and f.subject = k.subject
      where k.canteen_code = \(canteen)
          and k.service_date = any(\(days)::date[])
          and k.check_id = any(\(checks)::text[])
          and case
              when f.check_id is null then k.holds
              else not k.holds or f.zh <> k.zh or f.en <> k.en
          end
      returning holds
      """, as: Bool.self)
    guard !findings.isEmpty else { return 0 }
    let new = try transaction.execute(
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
    return new + changed.count { $0 }
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
          \(days.map(\.open.day))::date[],
          \(days.map { $0.open.lines + $0.open.facts })::integer[],
          \(days.map(\.findings))::integer[]
      ) as new (service_date, lines, findings)
      on conflict (canteen_code, service_date, checks_sha256, lines) do nothing
      """)
  }

  /// Findings as they stand now, the gravest first; those that no longer hold and that nobody explained
  /// are left out.
  static func findings(
    _ canteen: Canteen.Code, from: Day, to: Day, onlyOpen: Bool = false, titles: [String: Sentence],
    _ transaction: borrowing Transaction
  ) throws -> [Finding] {
    try transaction.query(
      """
      select
          f.check_id, f.severity, f.service_date, f.subject, f.zh, f.en, f.step,
          coalesce(s.explanation, f.explanation) as explanation,
          case when s.explanation is not null then f.explanation end as decision
      from current_findings as f
      left join lateral (
          select e.explanation
          from finding_explanations as e
          where f.step <> 'explained'
              and e.step = 'explained'
              and e.check_id = f.check_id
              and e.canteen_code = f.canteen_code
              and e.service_date = f.service_date
              and e.subject = f.subject
          order by e.explanation_no desc
          limit 1
      ) as s on true
      where f.canteen_code = \(canteen)
          and f.service_date between \(from)::date and \(to)::date
          and (f.is_open or (f.step is not null and not \(onlyOpen)))
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
        explanation: try row.decode("explanation"), decision: try row.decode("decision"),
        step: try row.decode("step"))
    }
  }

  /// Who explained a finding, what it says now or what it said before.
  static func explainers(
    of finding: Finding, _ transaction: borrowing Transaction
  ) throws -> [String] {
    try transaction.query(
      """
      select distinct explained_by
      from finding_explanations
      where check_id = \(finding.check)
          and canteen_code = \(finding.canteen)
          and service_date = \(finding.day)::date
          and subject = \(finding.subject)
          and step = \(Finding.Step.explained)
      """, as: String.self)
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
          explained_by, explanation, step, reason, revision
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
          \(by.at)::timestamptz, \(by.by), \(explanation), \(step), \(reason), f.revision
      from current_findings as f
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
