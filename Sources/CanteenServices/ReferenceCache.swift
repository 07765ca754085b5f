import CanteenDomain
import CanteenPolicyFiles
import Postgres

/// What changes seldom and every check-in needs: regions, canteens, policies, holidays, and which
/// records of the register are one person.
struct Reference: Sendable {
  /// How many changes it was read after.
  struct Revision: Sendable, Hashable {
    var changes: Int

    init(_ rows: [Row]) throws {
      guard let row = rows.first else { preconditionFailure("a maximum makes one row") }
      changes = try row.decode("changes")
    }

    /// Asked in the same flight as the facts, so that nobody is priced by a policy of yesterday.
    static let query: SQL = """
      select coalesce(max(change_no), 0) as changes from reference_changes
      """
  }

  var revision: Revision
  var regions: RegionTree
  var canteens: [Canteen.Code: Canteen]
  /// The canteens as a check-in sees them, no day closed yet.
  var places: [Canteen.Code: CheckInContext.Place]
  var policies: PolicySet
  var aliases: DinerAliases

  /// The canteen's street with all below it, or its own region where it lies in none.
  func neighbourhood(of canteen: Canteen) -> [Region.Code] {
    let path = regions.path(to: canteen.region)
    let street = path.codes.first { regions.regions[$0]?.level == .street }
    return regions.codes(within: street ?? canteen.region)
  }

  static func read(_ transaction: borrowing Transaction) throws -> Reference {
    let calendar = try CalendarStore.calendar(transaction)
    let policies = try PolicyStore.all(transaction).map { try $0.policy() }
    let regions = RegionTree(try RegionStore.all(transaction))
    let canteens = Dictionary(
      try CanteenStore.all(transaction).map { ($0.code, $0) },
      uniquingKeysWith: { first, _ in first })
    return Reference(
      revision: try Revision(transaction.query(Revision.query)), regions: regions,
      canteens: canteens,
      places: canteens.mapValues {
        CheckInContext.Place(
          canteen: $0, regions: regions.path(to: $0.region), closedThrough: nil)
      },
      policies: try PolicySet(policies, calendar: calendar),
      aliases: try DinerAliases.read(transaction))
  }
}

/// Keeps the reference tables in memory and reads them again when they have changed.
actor ReferenceCache {
  private let database: Database
  private var current: Reference?

  init(_ database: Database) { self.database = database }

  /// The tables as they were last read, at least once.
  func reference() async throws -> Reference {
    if let current { return current }
    return try await reload()
  }

  /// A canteen; looked for again in the tables if it is new.
  func canteen(_ code: Canteen.Code) async throws -> Canteen? {
    if let known = try await reference().canteens[code] { return known }
    return try await reload().canteens[code]
  }

  /// The tables as they are now: read again if they have changed since.
  func fresh() async throws -> Reference {
    guard let current else { return try await reload() }
    let revision = try Reference.Revision(await database.query(Reference.Revision.query))
    return revision == current.revision ? current : try await reload()
  }

  func reload() async throws -> Reference {
    let fresh = try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      try Reference.read($0)
    }
    current = fresh
    return fresh
  }
}
