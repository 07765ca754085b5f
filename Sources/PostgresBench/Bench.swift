import Foundation
import Logging
import Postgres

/// The tables, the pool and the pairs that are measured.
struct Bench: Sendable {
  typealias Measure = @Sendable () async throws -> Figure

  let options: Options
  let configuration: ConnectionConfiguration
  let logger = Logger(label: "postgres.bench")
  static let keys = 100_000
  static let copied = 1_000_000

  init(_ options: Options) throws {
    self.options = options
    configuration = try ConnectionConfiguration(url: options.databaseURL)
  }

  /// The pairs in the order in which they are measured.
  var measures: [(String, @Sendable (Bench) -> Measure)] {
    [
      ("client/stream-resident-memory", { bench in { try await bench.streamInLittleMemory() } }),
      ("client/select-vs-pgbench", { bench in { try await bench.selectAgainstPgbench() } }),
      ("client/select-vs-asyncpg", { bench in { try await bench.selectAgainstAsyncpg() } }),
      ("client/pipeline-vs-single", { bench in { try await bench.pipelineAgainstSingle() } }),
      ("client/copy-in-vs-psql", { bench in { try await bench.copyInAgainstPsql() } }),
      ("client/copy-out-vs-psql", { bench in { try await bench.copyOutAgainstPsql() } }),
    ]
  }

  func database(size: Int) -> Database {
    Database(configuration, size: size, logger: logger)
  }

  func prepare() async throws {
    let connection = try await Connection.open(configuration, logger: logger)
    try await connection.script(
      """
      drop table if exists bench_meals, bench_copied;
      create table bench_meals (id int primary key, name text not null, fen bigint not null);
      insert into bench_meals
      select id, '王秀英 ' || id, id * 7 from generate_series(1, \(Self.keys)) as id;
      create unlogged table bench_copied (id int, name text, fen bigint, eaten timestamptz);
      """)
    try await connection.script("vacuum analyze bench_meals")
    await connection.close()
  }

  func cleanUp() async throws {
    let connection = try await Connection.open(configuration, logger: logger)
    try await connection.script("drop table bench_meals, bench_copied")
    await connection.close()
  }

  /// Runs both sides in turn, and divides the medians. For times, less is better.
  func compare(
    _ name: String, unit: String, ours: () async throws -> Double,
    theirs: () async throws -> Double
  ) async throws -> Figure {
    var left: [Double] = []
    var right: [Double] = []
    for _ in 0..<options.runs {
      right.append(try await theirs())
      left.append(try await ours())
    }
    let mine = median(left)
    let other = median(right)
    let ratio = unit == "s" ? other / mine : mine / other
    return Figure(
      name: name, ratio: (ratio * 1000).rounded() / 1000, ours: mine, theirs: other, unit: unit,
      runs: options.runs)
  }

  func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// How long `body` takes, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  let start = ContinuousClock.now
  try await body()
  let (whole, rest) = (ContinuousClock.now - start).components
  return Double(whole) + Double(rest) / 1e18
}
