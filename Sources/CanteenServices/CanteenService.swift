import CanteenDomain
import Postgres

/// 助餐点: adds and lists canteens.
public struct CanteenService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  public func all() async throws -> [Canteen] {
    try await database.transaction(readOnly: true) { try CanteenStore.all($0) }
  }

  /// - Throws: `CanteenRefusal.unknown`.
  public func canteen(_ code: Canteen.Code) async throws -> Canteen {
    guard let canteen = try await all().first(where: { $0.code == code }) else {
      throw CanteenRefusal.unknown(code)
    }
    return canteen
  }

  /// Adds a canteen; the same one again changes nothing.
  /// - Returns: whether it was new.
  /// - Throws: `CanteenRefusal`, `RegionRefusal.unknown`.
  public func add(_ canteen: Canteen) async throws -> Bool {
    guard !canteen.windows.isEmpty else { throw CanteenRefusal.noMealPeriod(canteen.code) }
    return try await database.transaction { transaction in
      if let old = try CanteenStore.all(transaction).first(where: { $0.code == canteen.code }) {
        guard old == canteen else { throw CanteenRefusal.differs(canteen.code, name: old.name) }
        return false
      }
      guard try RegionStore.all(transaction).contains(where: { $0.code == canteen.region }) else {
        throw RegionRefusal.unknown(canteen.region.text)
      }
      try CanteenStore.insert(canteen, transaction)
      return true
    }
  }
}

/// Why a canteen is not added or found.
public enum CanteenRefusal: Refusal, Hashable {
  case unknown(Canteen.Code)
  case differs(Canteen.Code, name: String)
  case noMealPeriod(Canteen.Code)
  /// A meal that the canteen has no hours for.
  case notServed(MealPeriod, Canteen.Code)

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .differs: .conflict
    case .noMealPeriod, .notServed: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let code):
      Sentence(
        zh: "没有助餐点 \(code)，可用 canteen canteen list 查看",
        en: "there is no canteen \(code); see canteen canteen list")
    case .differs(let code, let name):
      Sentence(
        zh: "助餐点编码 \(code) 已登记为“\(name)”，内容不同，未改动",
        en: "the canteen code \(code) is already \(name), with other contents; nothing was changed")
    case .noMealPeriod(let code):
      Sentence(zh: "助餐点 \(code) 没有任何供餐时段", en: "the canteen \(code) serves no meal")
    case .notServed(let period, let code):
      Sentence(
        zh: "助餐点 \(code) 不供应\(period.name.zh)",
        en: "the canteen \(code) serves no \(period.name.en)")
    }
  }
}
