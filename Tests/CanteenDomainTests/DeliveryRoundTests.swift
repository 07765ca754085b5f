import CanteenDomain
import Testing

/// The order of stops, as a courier would walk them without a map.
@Suite("delivery rounds")
struct DeliveryRoundTests {
  private func stop(_ id: Diner.ID, _ group: String, _ address: String) -> DeliveryRound.Stop {
    DeliveryRound.Stop(diner: id, name: "P\(id)", group: group, address: address)
  }

  private func order(_ stops: [DeliveryRound.Stop]) -> [Diner.ID] {
    DeliveryRound.plan(stops, couriers: ["A"]).flatMap(\.stops).map(\.diner)
  }

  @Test
  func `9 comes before 10, in groups and in doors, and who has no address last of the group`() {
    let stops = [
      stop(1, "10组", "和平路1号"), stop(2, "2组", "和平路10号"), stop(3, "2组", "和平路９号"),
      stop(4, "2组", ""), stop(5, "2组", "和平路9号2单元"), stop(6, "2组", "东街3号"),
    ]

    #expect(order(stops) == [6, 3, 5, 2, 4, 1])
    #expect(order(stops.reversed()) == order(stops))
  }

  @Test(
    "every stop is visited once, by as many couriers as have anything to do",
    arguments: [(7, 2, [4, 3]), (7, 3, [3, 2, 2]), (2, 3, [1, 1]), (0, 2, []), (5, 0, [])])
  func pieces(stops: Int, couriers: Int, sizes: [Int]) {
    let all = (0..<stops).map { stop(Diner.ID($0 + 1), "1组", "\($0)号") }

    let rounds = DeliveryRound.plan(all, couriers: (0..<couriers).map { "C\($0)" })

    #expect(rounds.map(\.stops.count) == sizes)
    #expect(couriers == 0 || rounds.flatMap(\.stops) == all)
  }
}
