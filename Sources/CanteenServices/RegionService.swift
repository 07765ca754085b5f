import CanteenDomain
import Postgres

/// 区划: adds to and reads the tree of regions.
public struct RegionService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  public func tree() async throws -> RegionTree {
    RegionTree(try await all())
  }

  public func all() async throws -> [Region] {
    try await database.transaction(readOnly: true) { try RegionStore.all($0) }
  }

  /// Adds regions, parents before children in any order of the list; those that are there already
  /// with the same contents are left as they are.
  /// - Returns: how many were new.
  /// - Throws: `RegionRefusal`.
  public func add(_ regions: [Region], validFrom: Day) async throws -> Int {
    try await database.transaction { transaction in
      let known = try RegionStore.all(transaction)
      let ordered = try Self.parentsFirst(regions, known: known)
      return try RegionStore.insert(ordered, validFrom: validFrom, transaction)
    }
  }

  static func parentsFirst(_ regions: [Region], known: [Region]) throws(RegionRefusal) -> [Region] {
    var there = Dictionary(known.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    var ordered: [Region] = []
    var waiting = regions
    while !waiting.isEmpty {
      var later: [Region] = []
      for region in waiting {
        if let old = there[region.code] {
          guard old == region else { throw .differs(region.code, name: old.name) }
        } else if let parent = region.parent, there[parent] == nil {
          later.append(region)
        } else {
          there[region.code] = region
          ordered.append(region)
        }
      }
      if later.count == waiting.count, let stuck = later.first, let parent = stuck.parent {
        throw .parentMissing(stuck.code, parent: parent)
      }
      waiting = later
    }
    return ordered
  }
}

/// Why a region is not added.
public enum RegionRefusal: Refusal, Hashable {
  case parentMissing(Region.Code, parent: Region.Code)
  case differs(Region.Code, name: String)
  case unknown(String)

  public var kind: RefusalKind {
    switch self {
    case .parentMissing, .unknown: .notFound
    case .differs: .conflict
    }
  }

  public var sentence: Sentence {
    switch self {
    case .parentMissing(let code, let parent):
      Sentence(
        zh: "区划 \(code) 的上级 \(parent) 不存在，请先添加上级",
        en: "the region \(code) has no parent \(parent) yet; add that first")
    case .differs(let code, let name):
      Sentence(
        zh: "区划编码 \(code) 已登记为“\(name)”，内容不同，未改动",
        en: "the region code \(code) is already \(name), with other contents; nothing was changed")
    case .unknown(let text):
      Sentence(zh: "没有区划“\(text)”", en: "there is no region \(text)")
    }
  }
}
