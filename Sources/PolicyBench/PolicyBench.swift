import CanteenDomain
import CanteenPolicyFiles
import Foundation

/// Measures how many meals are priced per second on one core and prints JSON rows: the age-band
/// example as `policy/meals-per-second`, then the slowest of the published examples. With a database
/// in `CANTEEN_TEST_DATABASE`, a simulation is measured too.
@main
struct PolicyBench {
  static func main() async throws {
    let runs = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 5
    var rates: [(name: String, rate: Double)] = []
    for example in ExamplePolicies.all {
      guard let policy = PolicyFile.read(example.text, name: example.name).policy else { continue }
      rates.append((example.name, try best(of: runs, policy)))
    }
    guard let main = rates.first(where: { $0.name == "example-age-bands" }),
      let slowest = rates.filter({ $0.name != main.name }).min(by: { $0.rate < $1.rate })
    else { throw BenchFault.examplesMissing }
    for (name, row) in [
      ("policy/meals-per-second", main),
      ("policy/meals-per-second-slowest-\(slowest.name)", slowest),
    ] {
      let rate = Int(row.rate)
      let text =
        #"{"name":"\#(name)","ours":\#(rate),"ratio":\#(rate),"runs":\#(runs),"#
        + #""theirs":null,"unit":"meals/s"}"# + "\n"
      FileHandle.standardOutput.write(Data(text.utf8))
    }
    guard let url = ProcessInfo.processInfo.environment["CANTEEN_TEST_DATABASE"] else { return }
    let row = try await SimulationBench(url: url, meals: 1_000_000).run(3)
    FileHandle.standardOutput.write(Data((row + "\n").utf8))
  }

  /// Meals per second of the fastest of several runs over the same people and meals.
  static func best(of runs: Int, _ policy: Policy) throws -> Double {
    let set = try PolicySet([policy])
    let scene = Scene(for: policy)
    var best = 0.0
    for _ in 0..<runs {
      let start = ContinuousClock.now
      var sum = Fen.zero
      for index in 0..<Scene.count {
        let line = set.price(
          scene.meals[index], for: scene.diners[index % scene.diners.count],
          accepted: scene.accepted[index % 4])
        sum += line.dinerFen
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      guard sum > 0 else { throw BenchFault.nothingPriced }
      best = max(best, Double(Scene.count) / seconds)
    }
    return best
  }
}

/// Why there is nothing to report.
enum BenchFault: Error {
  case examplesMissing
  case nothingPriced
  case psqlFailed
}

/// People of all ages and 200,000 meals over the year, a quarter of them with an earlier meal.
struct Scene {
  static let count = 200_000
  var diners: [DinerFacts] = []
  var meals: [Meal] = []
  var accepted: [[AcceptedMeal]] = [[], [], [], []]

  init(for policy: Policy) {
    let code = policy.scope.regions.first?.text ?? "511323"
    let region = RegionPath(expanding: code)
    let start = policy.validFrom
    let canteen = CanteenFacts(code: "C1", regions: region)
    for index in 0..<997 {
      let birth = start - (58 * 365 + index * 15)
      let entitlement = Entitlement(category: Category("DIBAO"), from: start - 100)
      diners.append(
        DinerFacts(
          dinerID: Int64(index), birthDate: birth, hukou: region, residence: region,
          entitlements: index % 7 == 0 ? [entitlement] : []))
    }
    guard let time = TimeOfDay(seconds: 42_000) else { return }
    for index in 0..<Self.count {
      meals.append(
        Meal(
          id: "\(index)", day: start + index % 360, time: time,
          period: index % 3 == 0 ? .dinner : .lunch, canteen: canteen,
          listFen: Fen(800 + index % 13 * 100)))
    }
    let grant = AcceptedMeal.Grant(
      policyID: policy.id, kind: .subsidy, layer: "meal", rule: "a", fen: 100)
    accepted[3] = [
      AcceptedMeal(
        day: start, period: .breakfast, mode: .dineIn, canteen: "C1", listFen: 800, grants: [grant])
    ]
  }
}
