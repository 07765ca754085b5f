import CanteenDomain
import CanteenFiles

/// An invented community for the demo, the tests and the benchmarks: nobody in it is real.
///
/// The same seed gives the same bytes on every machine.
public struct SampleCommunity: Sendable {
  /// What all of it is drawn from.
  public let seed: UInt64

  /// - Parameter seed: another number gives another community of the same shape.
  public init(seed: UInt64 = 20_261_101) { self.seed = seed }

  /// The files of the community, in the order in which they are imported: regions, canteens, the
  /// roster (1,200 people), the sign-ins (about 9,000 meals from 2026-08-01 to 2026-10-31) and the
  /// menu of the week after.
  public func files() -> [(name: String, bytes: [UInt8])] {
    var makerOfPeople = SamplePeople(seed: seed)
    let people = makerOfPeople.people()
    var makerOfMeals = SampleMeals(seed: seed)
    var makerOfMenus = SampleMenu(seed: seed)
    return [
      ("regions.csv", SamplePlaces.regions()),
      ("canteens.csv", SamplePlaces.canteens()),
      ("roster.csv", makerOfPeople.roster(of: people)),
      ("sign-ins.csv", makerOfMeals.signIns(of: people)),
      ("menu.csv", makerOfMenus.week()),
    ]
  }
}
