import CanteenDomain
import Postgres

/// 服务统计 for a street or a city. Guests are nobody's service and are left out; records that were
/// merged count as the person that they are.
public struct ServiceReportService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// Counts the meals that stand on the days from `from` to `to`.
  /// - Parameters:
  ///   - canteen: only this one; nil for all of the region.
  ///   - region: nil for all regions.
  /// - Throws: `ServiceReportRefusal`, `CanteenRefusal.unknown`, `RegionRefusal.unknown`.
  public func report(
    by grouping: ServiceReport.Grouping, region: Region.Code? = nil, canteen: Canteen.Code? = nil,
    from: Day, to: Day
  ) async throws -> ServiceReport {
    guard from <= to else { throw ServiceReportRefusal.endsBeforeItStarts(from: from, to: to) }
    let service = CanteenService(database)
    let tree = try await RegionService(database).tree()
    var canteens = try await service.all()
    var place = "全部助餐点"
    if let region {
      guard let known = tree.regions[region] else { throw RegionRefusal.unknown(region.text) }
      place = known.name
      canteens = canteens.filter { tree.path(to: $0.region).isWithin(region) }
      guard !canteens.isEmpty else { throw ServiceReportRefusal.noCanteen(known.name) }
    }
    if let canteen {
      place = try await service.canteen(canteen).name
      canteens = canteens.filter { $0.code == canteen }
      guard !canteens.isEmpty else { throw ServiceReportRefusal.noCanteen(place) }
    }
    let names = Dictionary(
      canteens.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
    let codes = names.keys.sorted()
    let name = place
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      let counts = try ServiceReportStore.counts(
        by: grouping, canteens: codes, from: from, to: to, $0)
      let all = try ServiceReportStore.cumulative(canteens: codes, through: to, $0)
      return ServiceReport(
        place: name, from: from, to: to, grouping: grouping,
        rows: counts.parts.map {
          ServiceReport.Row(
            key: $0.key, title: Self.title($0.key, grouping, names), count: $0.count)
        }, total: counts.total, cumulative: all.count, since: all.since,
        cells: try ServiceReportStore.cells(
          by: grouping, canteens: codes, from: from, to: to, $0))
    }
  }

  private static func title(
    _ key: String, _ grouping: ServiceReport.Grouping, _ names: [Canteen.Code: String]
  ) -> Sentence {
    switch grouping {
    case .month: Sentence(zh: key, en: key)
    case .canteen: Sentence(zh: names[key] ?? key, en: names[key] ?? key)
    case .period: MealPeriod(rawValue: key)?.name ?? Sentence(zh: key, en: key)
    case .age:
      key.isEmpty ? Sentence(zh: "年龄不详", en: "age unknown") : Sentence(zh: "\(key)岁", en: key)
    case .category:
      key.isEmpty ? Sentence(zh: "原价", en: "full price") : Sentence(zh: key, en: key)
    }
  }
}
