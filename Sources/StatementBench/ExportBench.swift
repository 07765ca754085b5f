import CanteenDomain
import CanteenServices
import CanteenVault
import Foundation
import Logging
import Postgres

/// A statement's details as CSV against psql's `\copy` of the same query, and as a workbook with the
/// memory that it takes. Each runs in a process of its own, so that neither inherits the other's memory.
struct ExportBench {
  let url: String
  let number: String
  let folder: String

  /// What one process took.
  struct Run {
    var seconds: Double
    var megabytes: Double
  }

  /// Three rounds of CSV in turn with psql; one workbook.
  func run() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    var csv = Run(seconds: 0, megabytes: 0)
    for _ in 1...3 {
      theirs.append(try copy())
      csv = try child("csv")
      ours.append(csv.seconds)
    }
    StatementBench.report(
      "statement/csv-vs-psql", ratio: theirs.median / ours.median, ours.median, theirs.median, "s",
      runs: 3)
    let book = try child("xlsx")
    // The bound of the requirement stands as the opponent.
    StatementBench.report(
      "statement/xlsx-memory", ratio: book.megabytes / 300, book.megabytes, 300, "MB", runs: 1)
    StatementBench.report(
      "statement/xlsx-vs-csv", ratio: csv.seconds / book.seconds, book.seconds, csv.seconds, "s",
      runs: 1)
  }

  /// The process that exports one format; prints seconds and its highest resident memory.
  static func export(_ format: String, url: String, number: String, to folder: String) async throws
  {
    guard let format = StatementExportService.Format(rawValue: format) else {
      throw Unusable(description: "no format \(format)")
    }
    var logger = Logger(label: "statement.bench")
    logger.logLevel = .error
    let database = Database(try ConnectionConfiguration(url: url), size: 2, logger: logger)
    let service = StatementExportService(database) {
      throw Unusable(description: "full numbers are not exported here")
    }
    let start = ContinuousClock.now
    _ = try await service.export(
      StatementExportService.Order(number, formats: [format]), to: folder + "/\(number)",
      by: Attribution(by: "bench", at: Instant(seconds: 1_790_000_000))
    ) { progress in
      let line = "\(progress.done)/\(progress.total)\n"
      FileHandle.standardError.write(Data(line.utf8))
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    await database.shutdown()
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    let kilobytes = peak.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Double($0)
    }
    print("\(seconds) \((kilobytes ?? 0) / 1024)")
  }

  private func child(_ format: String) throws -> Run {
    let text = try Self.output(
      of: CommandLine.arguments[0],
      ["--export", format, "--database-url", url, "--number", number, "--to", folder])
    let figures = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard figures.count == 2 else { throw Unusable(description: "the export said \(text)") }
    return Run(seconds: figures[0], megabytes: figures[1])
  }

  /// The columns of the detail table, as a friend of psql would take them.
  private func copy() throws -> Double {
    let query = """
      select line_no, content ->> 'sourceNo', service_date, content ->> 'period', \
      content ->> 'mode', content ->> 'name', content ->> 'sex', content ->> 'idNumber', \
      content ->> 'age', content ->> 'hukou', content ->> 'residence', content ->> 'tierTitle', \
      (content ->> 'list')::numeric / 100, (content #>> '{sources,0,fen}')::numeric / 100, \
      (content #>> '{sources,1,fen}')::numeric / 100, (content ->> 'dinerPays')::numeric / 100, \
      content ->> 'means', content ->> 'auth', content ->> 'policies', check_in_id \
      from statement_lines where statement_no = '\(number)' order by line_no
      """
    let start = ContinuousClock.now
    _ = try Self.output(
      of: "/usr/bin/env",
      ["psql", "-qX", "-c", "\\copy (\(query)) to '\(folder)/copy.csv' with (format csv)", url])
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private static func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Unusable(description: "\(program) failed with \(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
