import Foundation
import Postgres

extension Bench {
  func copyInAgainstPsql() async throws -> Figure {
    let file = try Temporary.file(Self.lines())
    defer { Temporary.remove(file) }
    let database = database(size: 1)
    let figure = try await compare("client/copy-in-vs-psql", unit: "s") {
      try await database.execute("truncate bench_copied")
      return try await seconds {
        let count = try await database.copyIn(
          "copy bench_copied from stdin", from: FilePieces(path: file))
        guard count == Self.copied else { throw Options.Unusable(description: "rows are missing") }
      }
    } theirs: {
      try await database.execute("truncate bench_copied")
      return try await psql("\\copy bench_copied from '\(file)'")
    }
    await database.shutdown()
    return figure
  }

  func copyOutAgainstPsql() async throws -> Figure {
    let source = try Temporary.file(Self.lines())
    let target = try Temporary.file("")
    defer { for file in [source, target] { Temporary.remove(file) } }
    let database = database(size: 1)
    try await database.execute("truncate bench_copied")
    try await database.copyIn("copy bench_copied from stdin", from: FilePieces(path: source))
    let figure = try await compare("client/copy-out-vs-psql", unit: "s") {
      try await seconds {
        let handle = try Temporary.openForWriting(target)
        try await database.copyOut("copy bench_copied to stdout") { pieces in
          for try await piece in pieces { try handle.write(contentsOf: piece) }
        }
        try handle.close()
      }
    } theirs: {
      try await psql("\\copy bench_copied to '\(target)'")
    }
    await database.shutdown()
    return figure
  }

  private func psql(_ command: String) async throws -> Double {
    try await seconds {
      _ = try await Program.run(
        "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", command, options.databaseURL])
    }
  }

  private static func lines() -> String {
    var text = ""
    text.reserveCapacity(copied * 60)
    for id in 1...copied { text += "\(id)\t王秀英 \(id)\t\(id * 7)\t2026-03-01 11:30:00+08\n" }
    return text
  }

  /// A million rows through a stream. The figure is the whole process's resident memory at its
  /// highest, in MB, against the 64 that are allowed; above 1 is within. It runs before the others,
  /// whose files and rows would count as well.
  func streamInLittleMemory() async throws -> Figure {
    let database = database(size: 1)
    let before = try residentMegabytes()
    var peak = before
    var count = 0
    try await database.stream(
      "select id, 'a name of some length ' || id as name, id * 7 as fen from generate_series(1, \(Self.copied)) as id"
    ) { rows in
      for try await row in rows {
        count += 1
        if try row.decode(0, as: Int.self) % 50_000 == 0 {
          peak = max(peak, try residentMegabytes())
        }
      }
    }
    await database.shutdown()
    guard count == Self.copied else { throw Options.Unusable(description: "rows are missing") }
    return Figure(
      name: "client/stream-resident-memory", ratio: 64 / peak, ours: peak, theirs: 64,
      unit: "MB", runs: 1)
  }

  private func residentMegabytes() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return try Program.number(after: "VmRSS:", in: status) / 1024
  }
}

/// A file in pieces of 64 kB.
struct FilePieces: AsyncSequence, Sendable {
  let path: String

  func makeAsyncIterator() -> Iterator { Iterator(handle: FileHandle(forReadingAtPath: path)) }

  struct Iterator: AsyncIteratorProtocol {
    let handle: FileHandle?

    func next() async throws -> [UInt8]? {
      guard let data = try handle?.read(upToCount: 65_536), !data.isEmpty else { return nil }
      return Array(data)
    }
  }
}
