import CanteenDomain
import Postgres

/// Reads what the report shows.
enum FindingReportStore {
  private static let secondsADay: Int64 = 86_400

  /// The open findings of some canteens, what is new first, then the gravest, then the oldest.
  static func lines(
    _ canteens: [Canteen.Code], through day: Day, now: Instant, titles: [String: Sentence],
    calendar: CanteenCalendar, _ transaction: borrowing Transaction
  ) throws -> [Canteen.Code: [FindingReport.Line]] {
    let since = Instant(microseconds: now.microseconds - secondsADay * 1_000_000)
    let rows = try transaction.query(
      """
      select
          f.check_id, f.severity, f.canteen_code, f.service_date, f.subject, f.zh, f.en, f.found_at,
          f.found_at > \(since)::timestamptz as is_new,
          c.check_in_id::text as check_in_id, c.source_no, c.served_at, c.period, c.auth_method,
          coalesce(c.recorded_by, s.name) as recorded_by, p.diner_id, d.name, d.birth_date, n.name as community
      from current_findings as f
      left join check_ins as c
          on c.canteen_code = f.canteen_code
          and c.service_date = f.service_date
          and c.service_date <= \(day)::date
          and c.check_in_id = case
              when f.subject ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then f.subject::uuid
          end
      left join lateral (
          select min(k.name) as name
          from current_staff as k
          where f.subject = 'operator ' || left(md5(k.name), 12)
      ) as s on true
      left join lateral (
          select coalesce(
              c.diner_id,
              case when f.subject ~ '^(diner|proxy|phone) [0-9]{1,18}$'
                  then split_part(f.subject, ' ', 2)::bigint end
          ) as diner_id
      ) as p on true
      left join lateral (
          select r.name, r.birth_date, r.residence_region
          from diner_records as r
          where r.diner_id = p.diner_id
          order by r.record_no desc
          limit 1
      ) as d on true
      left join regions as g on g.code = d.residence_region
      left join regions as n
          on n.code = case g.level when 'group' then g.parent_code else g.code end
      where f.canteen_code = any(\(canteens)::text[])
          and f.service_date <= \(day)::date
          and f.is_open
      order by
          f.found_at <= \(since)::timestamptz,
          array_position(array['blocking', 'warning', 'notice'], f.severity), f.service_date,
          f.check_id, f.subject
      """)
    var lines: [Canteen.Code: [FindingReport.Line]] = [:]
    for row in rows {
      let line = try line(row, titles: titles)
      lines[line.finding.canteen, default: []].append(line)
    }
    return lines
  }

  private static func line(
    _ row: Row, titles: [String: Sentence]
  ) throws -> FindingReport.Line {
    let check: String = try row.decode("check_id")
    let day: Day = try row.decode("service_date")
    let finding = Finding(
      check: check, title: titles[check] ?? Sentence(zh: check, en: check),
      severity: try row.decode("severity"), canteen: try row.decode("canteen_code"), day: day,
      subject: try row.decode("subject"),
      sentence: Sentence(zh: try row.decode("zh"), en: try row.decode("en")))
    var line = FindingReport.Line(
      finding: finding, foundAt: try row.decode("found_at"), isNew: try row.decode("is_new"))
    line.recordedBy = try row.decode("recorded_by")
    if let id: String = try row.decode("check_in_id") {
      line.checkIn = FindingReport.CheckInFacts(
        id: id, sourceNo: try row.decode("source_no"), servedAt: try row.decode("served_at"),
        period: try row.decode("period"), auth: try row.decode("auth_method"))
    }
    if let diner: Diner.ID = try row.decode("diner_id") {
      let birth: Day? = try row.decode("birth_date")
      line.person = FindingReport.PersonFacts(
        diner: diner, name: try row.decode("name", as: String?.self)?.maskedName ?? "",
        age: birth.map { AttainRule.birthday.age(born: $0, on: day) },
        community: try row.decode("community", as: String?.self) ?? "")
    }
    return line
  }

  /// How often each check found something in the last weeks, explained or not.
  static func trends(
    _ canteens: [Canteen.Code], through day: Day, titles: [String: Sentence],
    _ transaction: borrowing Transaction
  ) throws -> [Canteen.Code: [FindingReport.Trend]] {
    let first = day.monday - 7 * (FindingReport.weeks - 1)
    let rows = try transaction.query(
      """
      select
          canteen_code, check_id, (service_date - \(first)::date) / 7 as week,
          count(*)::integer as findings
      from findings
      where canteen_code = any(\(canteens)::text[])
          and service_date between \(first)::date and \(day)::date
      group by 1, 2, 3
      order by 1, 2, 3
      """)
    var trends: [Canteen.Code: [FindingReport.Trend]] = [:]
    for row in rows {
      let (code, check): (String, String) = (
        try row.decode("canteen_code"), try row.decode("check_id")
      )
      let (week, findings): (Int, Int) = (try row.decode("week"), try row.decode("findings"))
      if trends[code]?.last?.check != check {
        trends[code, default: []].append(
          FindingReport.Trend(
            check: check, title: titles[check] ?? Sentence(zh: check, en: check),
            weeks: Array(repeating: 0, count: FindingReport.weeks)))
      }
      guard let last = trends[code]?.indices.last else { continue }
      trends[code]?[last].weeks[week] = findings
    }
    return trends
  }
}
