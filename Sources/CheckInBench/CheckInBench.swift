import CanteenDomain
import CanteenServices
import Foundation
import Logging
import Postgres

/// Measures check-ins with durable commits against pgbench, which runs the same facts one transaction
/// per check-in through a plain function; through the engine, through HTTP, and for one idle client.
/// Writes one JSON object a line.
///
///     CheckInBench --database-url URL --canteen PATH [--seconds N] [--meals N]
///
/// It migrates the database that it is given, which must be empty. `--canteen` is the built command,
/// whose server is measured; wrk makes its load.
@main
struct CheckInBench {
  static func main() async throws {
    var arguments = CommandLine.arguments.dropFirst()
    var (url, canteen, seconds, meals) = ("", "", 8, 1_000_000)
    while let option = arguments.popFirst() {
      let value = arguments.popFirst() ?? ""
      switch option {
      case "--database-url": url = value
      case "--canteen": canteen = value
      case "--seconds": seconds = Int(value) ?? seconds
      case "--meals": meals = Int(value) ?? meals
      default: throw Unusable(description: "unknown option \(option)")
      }
    }
    guard !url.isEmpty, !canteen.isEmpty else {
      throw Unusable(description: "--database-url and --canteen are needed")
    }
    let scene = try await BenchScene(url: url)
    let pgbench = Pgbench(url: url, diners: scene.dinerCount)
    try await pgbench.install()
    try await compare(scene, pgbench, seconds: seconds)
    try await compareHTTP(scene, pgbench, canteen: canteen, url: url, seconds: seconds)
    try await compareStrangers(scene, pgbench, canteen: canteen, url: url)
    try await watchMany(scene, meals: meals)
    await scene.database.shutdown()
  }

  /// Three rounds each, in turn; the medians count.
  private static func compare(
    _ scene: BenchScene, _ pgbench: Pgbench, seconds: Int
  ) async throws {
    var (ours, theirs): ([EngineRun], [Pgbench.Run]) = ([], [])
    _ = try await scene.engineRun(clients: 64, seconds: 2)
    _ = try pgbench.run(clients: 64, seconds: 1)
    // Both work on the same tables; the planner knows them as it would after a first day.
    try await pgbench.analyze()
    for _ in 1...3 {
      theirs.append(try pgbench.run(clients: 64, seconds: seconds))
      ours.append(try await scene.engineRun(clients: 64, seconds: seconds))
    }
    let (mine, other) = (ours.map(\.perSecond).median, theirs.map(\.perSecond).median)
    report("check-in/engine-vs-pgbench", ratio: mine / other, mine, other, "check-ins/s")
    let (late, theirLate) = (ours.map(\.p99Milliseconds).median, theirs.map(\.p99).median)
    report("check-in/engine-p99-under-load", ratio: late / theirLate, late, theirLate, "ms")
  }

  private static func compareHTTP(
    _ scene: BenchScene, _ pgbench: Pgbench, canteen: String, url: String, seconds: Int
  ) async throws {
    let server = try await HTTPLoad(canteen: canteen, url: url, scene: scene)
    defer { server.stop() }
    var (ours, theirs): ([HTTPLoad.Run], [Pgbench.Run]) = ([], [])
    var (idle, theirIdle): ([Double], [Double]) = ([], [])
    _ = try server.run(clients: 64, seconds: 2)
    let early = server.residentMegabytes
    for _ in 1...3 {
      theirs.append(try pgbench.run(clients: 64, seconds: seconds))
      ours.append(try server.run(clients: 64, seconds: seconds))
      theirIdle.append(try pgbench.run(clients: 1, seconds: 3).median)
      idle.append(try server.run(clients: 1, seconds: 3).median)
    }
    let (mine, other) = (ours.map(\.perSecond).median, theirs.map(\.perSecond).median)
    report("check-in/http-vs-pgbench", ratio: mine / other, mine, other, "check-ins/s")
    let (late, theirLate) = (ours.map(\.p99).median, theirs.map(\.p99).median)
    report("check-in/http-p99-under-load", ratio: late / theirLate, late, theirLate, "ms")
    report(
      "check-in/idle-latency-vs-pgbench", ratio: idle.median / theirIdle.median, idle.median,
      theirIdle.median, "ms")
    report(
      "check-in/server-memory-under-load", ratio: server.residentMegabytes / early,
      server.residentMegabytes, early, "MB")
  }

  /// The idle client again, before a server that was just started: it has to read each of these persons,
  /// where the other one remembers most from the meals before.
  private static func compareStrangers(
    _ scene: BenchScene, _ pgbench: Pgbench, canteen: String, url: String
  ) async throws {
    let server = try await HTTPLoad(canteen: canteen, url: url, scene: scene)
    defer { server.stop() }
    var (idle, theirIdle): ([Double], [Double]) = ([], [])
    _ = try server.run(clients: 1, seconds: 1)
    for round in 1...3 {
      theirIdle.append(try pgbench.run(clients: 1, seconds: 3).median)
      idle.append(
        try server.run(clients: 1, seconds: 3, skipping: round * scene.dinerCount / 4).median)
    }
    report(
      "check-in/idle-latency-of-strangers-vs-pgbench", ratio: idle.median / theirIdle.median,
      idle.median, theirIdle.median, "ms")
  }

  /// Many meals while a source's yearly budget is counted: what the process holds after the first tenth
  /// and at the end, and whether a check-in costs more at the end of them than at the beginning.
  private static func watchMany(_ scene: BenchScene, meals: Int) async throws {
    try await scene.beginBudget()
    let tenth = meals / 10
    let first = try await scene.engineRun(clients: 64, meals: tenth)
    let early = Shell.residentMegabytes(getpid())
    try await scene.engineRun(clients: 64, meals: meals - 2 * tenth)
    let last = try await scene.engineRun(clients: 64, meals: tenth)
    let late = Shell.residentMegabytes(getpid())
    report("check-in/memory-over-\(meals)", ratio: late / early, late, early, "MB")
    report(
      "check-in/budget-last-tenth-of-\(meals)-vs-first", ratio: last.perSecond / first.perSecond,
      last.perSecond, first.perSecond, "check-ins/s")
  }

  private static func report(
    _ name: String, ratio: Double, _ ours: Double, _ theirs: Double, _ unit: String
  ) {
    let text =
      #"{"name":"\#(name)","ratio":\#(rounded(ratio)),"ours":\#(rounded(ours)),"#
      + #""theirs":\#(rounded(theirs)),"unit":"\#(unit)","runs":3}"# + "\n"
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Why there is nothing to report.
struct Unusable: Error, CustomStringConvertible { let description: String }

extension [Double] {
  /// The middle one; 0 of none.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }

  /// The value below which `share` of them lie; 0 of none.
  func percentile(_ share: Double) -> Double {
    guard !isEmpty else { return 0 }
    return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
  }
}
