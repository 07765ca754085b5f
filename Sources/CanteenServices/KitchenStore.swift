import CanteenDomain
import CanteenVault
import Postgres

/// What the kitchen's count is made from.
enum KitchenStore {
  /// Who ordered a meal, with what the register knows and lacks of them.
  static func guests(
    _ orders: [Order], regions: RegionTree, _ transaction: borrowing Transaction
  ) throws -> [KitchenCount.Guest] {
    let records = try DinerStore.latestRecords(orders.map(\.diner), transaction)
    return orders.map { order in
      let record = records[order.diner]?.record
      return KitchenCount.Guest(
        order: order, name: record?.name ?? "#\(order.diner)",
        group: record.map { self.group($0, regions) } ?? "", diets: record?.diets ?? [],
        gaps: gaps(record, mode: order.wish.mode))
    }.sorted { ($0.group, $0.name, $0.order.diner) < ($1.group, $1.name, $1.order.diner) }
  }

  /// 居民小组: as a region of the tree, or as the roster wrote it.
  static func group(_ record: DinerStore.Record, _ regions: RegionTree) -> String {
    guard record.group.isEmpty else { return record.group }
    return regions.regions[record.residence]?.name ?? ""
  }

  private static func gaps(
    _ record: DinerStore.Record?, mode: ServiceMode
  ) -> [KitchenCount.Gap] {
    guard let record else { return KitchenCount.Gap.allCases }
    var gaps: [KitchenCount.Gap] = []
    if mode == .homeDelivery, record.addressSealed == nil { gaps.append(.address) }
    if mode == .homeDelivery, record.phoneSealed == nil { gaps.append(.phone) }
    if record.emergencyName.isEmpty, record.emergencyPhoneSealed == nil {
      gaps.append(.emergencyContact)
    }
    if record.birthDate == nil { gaps.append(.birthDate) }
    return gaps
  }

  /// A day on which a canteen served a meal: who came, and who of them had not ordered.
  struct Served {
    var day: Day
    var meals: Int
    var walkIns: Int
  }

  static func served(
    _ canteen: Canteen.Code, _ period: MealPeriod, from: Day, to: Day,
    _ transaction: borrowing Transaction
  ) throws -> [Served] {
    try transaction.query(
      """
      select
          c.service_date, count(*) as meals,
          count(*) filter (
              where not exists (
                  select
                  from current_orders as o
                  where o.diner_id = c.person_id
                      and o.service_date = c.service_date
                      and o.period = c.period
                      and o.state = 'ordered'
              )
          ) as walk_ins
      from standing_check_ins as c
      where c.canteen_code = \(canteen)
          and c.service_date between \(from)::date and \(to)::date
          and c.period = \(period)
      group by c.service_date
      order by c.service_date
      """
    ).map { row in
      Served(
        day: try row.decode("service_date"), meals: try row.decode("meals"),
        walkIns: try row.decode("walk_ins"))
    }
  }
}
