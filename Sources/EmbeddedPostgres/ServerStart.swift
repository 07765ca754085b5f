import Foundation

/// Starts the server of a cluster that does not run, and waits until it answers.
struct ServerStart {
  let folder: URL
  let data: URL
  let socket: String
  let binaries: ServerBinaries
  let account: ServerAccount
  let patienceSeconds: Double

  /// Called under the folder's lock.
  func run() throws(ClusterError) {
    try ServerSettings.write(in: data, socketFolder: socket, account: account)
    PidFile(in: data)?.disownForeignProcess(of: data)
    shelveLongLog()
    let deadline = Deadline(seconds: patienceSeconds)
    while true {
      let logStart = logSize()
      let outcome = try launch()
      if outcome.succeeded, ServerProcess.find(in: data) != nil { return }
      let said = logText(from: logStart)
      // After a killed server its last children take a moment to notice and to let go.
      guard said.contains("shared memory block") || said.contains("lock file"), !deadline.hasPassed
      else {
        throw .startFailed(said: ServerStart.tail(of: said.isEmpty ? outcome.output : said))
      }
      usleep(200_000)
    }
  }

  /// The data folder goes by the environment and the log by a relative path, because `pg_ctl` puts
  /// its arguments into a shell command, where a `$` or a quote in a path would be read as such.
  private func launch() throws(ClusterError) -> Command.Outcome {
    do {
      return try account.command(
        binaries.program("pg_ctl"),
        [
          "start", "--wait", "--timeout", "\(Int(max(1, patienceSeconds)))", "--silent", "--log",
          "data/server.log",
        ],
        in: folder, environment: ["PGDATA": data.path]
      ).run()
    } catch {
      throw .startFailed(said: "\(binaries.program("pg_ctl")): \(error.localizedDescription)")
    }
  }

  private var log: URL { data.appendingPathComponent("server.log") }

  private func logSize() -> UInt64 {
    let facts = try? FileManager.default.attributesOfItem(atPath: log.path)
    return (facts?[.size] as? NSNumber)?.uint64Value ?? 0
  }

  private func logText(from offset: UInt64) -> String {
    guard let handle = try? FileHandle(forReadingFrom: log) else { return "" }
    defer { try? handle.close() }
    guard (try? handle.seek(toOffset: offset)) != nil,
      let bytes = try? handle.read(upToCount: 64 * 1024)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Keeps one old log, so that years of starts do not fill the disk.
  private func shelveLongLog() {
    guard logSize() > 5_000_000 else { return }
    _ = rename(log.path, log.path + ".1")
  }

  /// The last lines that say what went wrong, on one line.
  static func tail(of text: String) -> String {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let loud = lines.filter { line in
      ["FATAL", "ERROR", "PANIC", "error:", "HINT"].contains { line.contains($0) }
    }
    return (loud.isEmpty ? lines : loud).suffix(4).joined(separator: "; ")
  }
}
