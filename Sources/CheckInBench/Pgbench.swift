import Foundation
import Logging
import Postgres

/// The opponent: pgbench, prepared, with a function that checks one meal in as a careful engineer would
/// write it in the database: the same tables and locks, one round trip, one transaction.
struct Pgbench {
  let url: String
  let diners: Int

  /// What one run gave; times in milliseconds.
  struct Run {
    var perSecond: Double
    var median: Double
    var p99: Double
  }

  /// Prices by the same bands as the example policy, with the day's cap and the best of age and
  /// category; in SQL, where this product never does it.
  static let function: SQL = """
    create or replace function bench_check_in(
        key uuid, person bigint, meal_day date, meal text, at timestamptz, list bigint
    )
    returns bigint
    language plpgsql
    as $$
    declare
        known check_in_keys%rowtype;
        born date;
        age integer;
        has_dibao boolean;
        earlier integer;
        subsidised integer;
        granted bigint := 0;
        tier text;
        posted date;
        body bytea := sha256(convert_to(concat_ws('|', person, meal_day, meal, at, list), 'UTF8'));
    begin
        perform from diners where diner_id = person for update;
        perform from canteens where code = 'XFS-01' for key share;
        select * into known from check_in_keys where check_in_id = key;
        if found then
            return -1;
        end if;
        select greatest(meal_day, max(closed_day) + 1) into posted
        from day_closes where canteen_code = 'XFS-01';
        posted := coalesce(posted, meal_day);
        select birth_date into born
        from diner_records where diner_id = person order by record_no desc limit 1;
        select exists (
            select from active_entitlements
            where diner_id = person and category = 'DIBAO'
                and coalesce(valid_from, meal_day) <= meal_day
                and coalesce(valid_to, meal_day) >= meal_day
        ) into has_dibao;
        if exists (
            select from current_diner_statuses
            where diner_id = person and valid_from <= meal_day
                and coalesce(valid_to, meal_day) >= meal_day
        ) then
            has_dibao := null;
        end if;
        select count(*) filter (where c.period = meal), count(*) filter (where c.category is not null)
        into earlier, subsidised
        from check_ins as c
        left join check_in_reversals as r
            on r.diner_id = c.diner_id and r.service_date = c.service_date
            and r.check_in_id = c.check_in_id
        where c.diner_id = person and c.service_date = meal_day and r.check_in_id is null;
        if earlier > 0 then
            return -2;
        end if;
        age := extract(year from age(meal_day, born));
        if subsidised = 0 and has_dibao is not null then
            if has_dibao then
                granted := 400;
                tier := 'dibao';
            elsif age >= 80 then
                granted := 300;
                tier := 'age_80';
            elsif age >= 70 then
                granted := 200;
                tier := 'age_70';
            end if;
        end if;
        insert into check_in_keys (check_in_id, diner_id, service_date, body_sha256)
        values (key, person, meal_day, body)
        on conflict (check_in_id) do nothing;
        if not found then
            return -3;
        end if;
        insert into check_ins (
            diner_id, service_date, check_in_id, period, meal_no, served_at, posted_on,
            canteen_code, mode, means_of_payment, auth_method, list_fen, diner_fen, category,
            terminal, recorded_by, recorded_at, pricing
        ) values (
            person, meal_day, key, meal, 1, at, posted, 'XFS-01', 'dine_in', 'cash', 'card', list,
            list - granted, tier, '一号窗', 'bench', now(),
            jsonb_build_object(
                'line', jsonb_build_object(
                    'list', list, 'diner', list - granted, 'tier', tier, 'age', age,
                    'shares', jsonb_build_array(jsonb_build_object(
                        'source', 'street', 'fen', granted, 'policy', 'example-age-bands',
                        'version', '1', 'kind', 'subsidy', 'layer', 'meal', 'rule', tier))),
                'inputs', jsonb_build_object(
                    'birthDate', born, 'dibao', has_dibao, 'earlier', subsidised, 'auth', 'card'))
        );
        insert into transfers (
            diner_id, service_date, check_in_id, transfer_no, posted_on, canteen_code,
            debit_account, credit_account, fen
        )
        select person, meal_day, key, row_number() over (), posted, 'XFS-01', a, 'meal_revenue', f
        from (
            values ('received:cash', list - granted), ('receivable:street', granted)
        ) as share (a, f)
        where f > 0;
        return list - granted;
    end
    $$
    """

  /// Every transaction is a meal that nobody has taken: each client counts its own.
  private func script(_ clients: Int) -> String {
    """
    \\set n :n + 1
    \\set place :base + :n * \(clients) + :client_id
    \\set person :place % \(diners) + 1
    \\set meal :place / \(diners)
    \\set day :meal / 2
    \\set seconds :place % 5000
    select bench_check_in(
        gen_random_uuid(), :person::bigint, current_date - 200 + :day::integer,
        case when :meal::integer % 2 = 0 then 'lunch' else 'dinner' end,
        (current_date - 200 + :day::integer) + interval '4 hours'
            + make_interval(secs => :seconds::double precision),
        1200::bigint);

    """
  }

  func analyze() async throws {
    let owner = try owner()
    try await owner.execute("analyze")
    await owner.shutdown()
  }

  private func owner() throws -> Database {
    var logger = Logger(label: "check-in.bench")
    logger.logLevel = .error
    return Database(try ConnectionConfiguration(url: url), size: 1, logger: logger)
  }

  func install() async throws {
    let owner = try owner()
    try await owner.execute(Self.function)
    for month in stride(from: 200, through: 58, by: -25) {
      try await owner.execute("select ensure_service_month(current_date - \(month)::integer)")
    }
    await owner.shutdown()
  }

  /// Its best of what was tried: plans for any parameters, which spares it planning each look-up behind
  /// a foreign key anew.
  private static let options = ["PGOPTIONS": "-c plan_cache_mode=force_generic_plan"]

  /// How long its connections warm up, uncounted: each reads the catalogue for itself.
  private static let warmSeconds = 2

  func run(clients: Int, seconds: Int) throws -> Run {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("check-in-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("meal.sql")
    try script(clients).write(to: file, atomically: true, encoding: .utf8)
    // Each run begins where no other has been.
    let base = Self.bases.next() * 400_000
    let text = try Shell.run(
      "pgbench",
      [
        "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(min(2, clients))", "-T",
        "\(seconds + Self.warmSeconds)", "-D", "n=0", "-D", "base=\(base)", "-l",
        "--log-prefix=\(folder.path)/times", "-f",
        file.path, url,
      ], environment: Self.options)
    guard text.contains("number of failed transactions: 0 ") else {
      throw Unusable(description: "pgbench said: \(text.suffix(400))")
    }
    let logged = try logged(folder)
    guard let start = logged.map(\.ended).min(), let end = logged.map(\.ended).max() else {
      throw Unusable(description: "pgbench did nothing")
    }
    let warm = start + Double(Self.warmSeconds)
    let times = logged.filter { $0.ended >= warm }.map(\.milliseconds)
    return Run(
      perSecond: Double(times.count) / (end - warm), median: times.median,
      p99: times.percentile(0.99))
  }

  /// pgbench's log: client, number, microseconds, script, and the second and microsecond of the end.
  private func logged(_ folder: URL) throws -> [(ended: Double, milliseconds: Double)] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix("times") }
      .flatMap { name in
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
          .split(separator: "\n").compactMap { line in
            let columns = line.split(separator: " ").compactMap { Double($0) }
            return columns.count > 5 ? (columns[4] + columns[5] / 1e6, columns[2] / 1000) : nil
          }
      }
  }

  private static let bases = Counter()
}
