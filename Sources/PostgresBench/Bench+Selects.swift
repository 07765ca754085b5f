import Foundation
import Postgres

extension Bench {
  func selectAgainstPgbench() async throws -> Figure {
    let script = try Temporary.file(
      """
      \\set id random(1, \(Self.keys))
      select id, name, fen from bench_meals where id = :id;
      """)
    defer { Temporary.remove(script) }
    return try await compare("client/select-vs-pgbench", unit: "selects/s") {
      try await ourSelects()
    } theirs: {
      let report = try await Program.run(
        "pgbench",
        [
          "-n", "-M", "prepared", "-c", "8", "-j", "2", "-t", "\(Int(options.seconds * 2500))",
          "-f", script, options.databaseURL,
        ])
      return try Program.number(after: "tps = ", in: report)
    }
  }

  func selectAgainstAsyncpg() async throws -> Figure {
    guard let python = options.python else {
      throw Options.Unusable(description: "--python is missing: an interpreter with asyncpg")
    }
    return try await compare("client/select-vs-asyncpg", unit: "selects/s") {
      try await ourSelects()
    } theirs: {
      let report = try await Program.run(
        python, ["-c", Self.asyncpg, options.databaseURL, "\(options.seconds)", "\(Self.keys)"])
      return try Program.number(after: "rate = ", in: report)
    }
  }

  /// Eight tasks, each asking for one row by key and reading its columns, through the pool.
  private func ourSelects() async throws -> Double {
    let database = database(size: 8)
    try await warmUp(database)
    let end = ContinuousClock.now + .seconds(options.seconds)
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask(executorPreference: EventLoop.next()) {
          var count = 0
          var random = SystemRandomNumberGenerator()
          while ContinuousClock.now < end {
            let id = Int32.random(in: 1...Int32(Self.keys), using: &random)
            let rows = try await database.query(
              "select id, name, fen from bench_meals where id = \(id)")
            guard let row = rows.first, try row.decode(0, as: Int32.self) == id else {
              throw Options.Unusable(description: "the wrong row came")
            }
            _ = try (row.decode(1, as: String.self), row.decode(2, as: Int64.self))
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    let (whole, rest) = (ContinuousClock.now - start).components
    await database.shutdown()
    return Double(count) / (Double(whole) + Double(rest) / 1e18)
  }

  /// Opens all connections, as the others do before they start to count.
  private func warmUp(_ database: Database) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { _ = try await database.query("select pg_sleep(0.05)::text") }
      }
      try await group.waitForAll()
    }
  }

  /// asyncpg at its best: a connection and a prepared statement for each task, uvloop if there.
  private static let asyncpg = """
    import asyncio, random, sys, time
    import asyncpg
    try:
        import uvloop
        uvloop.install()
    except ImportError:
        pass

    async def work(pool, end, keys):
        count = 0
        async with pool.acquire() as connection:
            statement = await connection.prepare(
                "select id, name, fen from bench_meals where id = $1")
            while time.monotonic() < end:
                key = random.randint(1, keys)
                row = await statement.fetchrow(key)
                assert row["id"] == key
                _ = (row["name"], row["fen"])
                count += 1
        return count

    async def main(url, seconds, keys):
        async with asyncpg.create_pool(url, min_size=8, max_size=8) as pool:
            start = time.monotonic()
            counts = await asyncio.gather(*(work(pool, start + seconds, keys) for _ in range(8)))
            print("rate =", sum(counts) / (time.monotonic() - start))

    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
    """
}
