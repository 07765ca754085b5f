import CanteenDomain
import CanteenPolicyFiles
import Postgres

/// 政策: activates, lists and retires versions. A version never changes once it is active.
public struct PolicyService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  public func all() async throws -> [ActivatedPolicy] {
    try await database.transaction(readOnly: true) { try PolicyStore.all($0) }
  }

  /// - Throws: `PolicyRefusal.unknown`.
  public func policy(_ id: String, version: String?) async throws -> ActivatedPolicy {
    let versions = try await all().filter { $0.id == id && (version ?? $0.version) == $0.version }
    guard let latest = versions.last else { throw PolicyRefusal.unknown(id, version: version) }
    return latest
  }

  /// Puts a document in force from its first day on. The same text again changes nothing.
  /// - Parameter dryRun: only says whether it could be done.
  /// - Returns: the policy, and whether it was new.
  /// - Throws: `PolicyRefusal`.
  public func activate(
    _ document: String, name: String, dryRun: Bool = false, by: Attribution
  ) async throws -> (policy: Policy, isNew: Bool) {
    let reading = PolicyFile.read(document, name: name)
    return try await database.transaction { transaction in
      let active = try PolicyStore.all(transaction)
      if let policy = reading.policy,
        let old = active.first(where: { $0.id == policy.id && $0.version == policy.version })
      {
        guard old.document == document else {
          throw PolicyRefusal.differs(policy.id, version: policy.version)
        }
        return (policy, false)
      }
      let others = active.map {
        PolicyFile.read($0.document, name: "\($0.id) \($0.version)")
      }
      let errors = PolicyCheck.findings(in: [reading] + others)
        .filter { $0.severity != .warning && $0.file == name }
      guard let policy = reading.policy, errors.isEmpty else {
        throw PolicyRefusal.notReady(name, errors.map(\.sentence))
      }
      try Self.checkSet(active, with: policy, calendar: CalendarStore.calendar(transaction))
      if !dryRun { try PolicyStore.insert(policy, document: document, by: by, transaction) }
      return (policy, true)
    }
  }

  /// What somebody should know of a policy, though the document is sound: that it applies to nobody here,
  /// for a region or a canteen that the installation does not have; or that others pay beside it.
  /// - Parameter isActive: whether it is in force already; a draft can still be changed.
  public func doubts(of policy: Policy, isActive: Bool = true) async throws -> [Sentence] {
    try await database.transaction(readOnly: true) { transaction in
      let regions = RegionTree(try RegionStore.all(transaction))
      let canteens = try CanteenStore.all(transaction)
      let scope = policy.scope
      func isInside(_ code: Region.Code) -> Bool {
        let path = regions.path(to: code)
        return scope.regions.contains { path.isWithin($0) }
      }
      let reaches =
        switch scope.by {
        case .canteen: canteens.contains { isInside($0.region) }
        case .hukou, .residence, .any: regions.regions.keys.contains(where: isInside)
        }
      var doubts: [Sentence] = []
      if !scope.regions.isEmpty, !reaches {
        let codes = scope.regions.map(\.text)
        doubts.append(
          Sentence(
            zh: "登记的区划和助餐点都不在该政策的地区（\(codes.joined(separator: "、"))），它不会补贴任何一餐",
            en: "no region or canteen here lies in the policy's (\(codes.joined(separator: ", ")));"
              + " it will subsidise no meal"))
      }
      let unknown = scope.canteens.filter { code in !canteens.contains { $0.code == code } }
      if !unknown.isEmpty {
        doubts.append(
          Sentence(
            zh: "该政策所列的助餐点没有登记：\(unknown.joined(separator: "、"))",
            en: "the policy names canteens that are not here: \(unknown.joined(separator: ", "))"))
      }
      // What applies nowhere here pays beside nobody.
      let beside =
        doubts.isEmpty
        ? try PolicyStore.all(transaction).map { try $0.policy() }
          .filter { $0.id != policy.id && $0.paysBeside(policy, pathTo: regions.path) }
          .map { "\($0.id) \($0.version)" }.sorted() : []
      if !beside.isEmpty {
        let advice =
          isActive
          ? Sentence(
            zh: "请用 policy retire 代号 版本 --last-day 把各自的版本废止到今天（还没开始的到它的第一天），"
              + "再各启用一个写有同一 not_together、自次日起的新版本（此前的餐次不变）",
            en:
              "end each version today (policy retire ID VERSION --last-day), one that is still to come on"
              + " its first day, and activate new ones with the same not_together from the next day; meals"
              + " before stay as they are")
          : Sentence(
            zh: "请在这份草案里写上 not_together，并让对方在这份草案生效前换成写有同一 not_together 的新版本"
              + "（旧版用 policy retire 代号 版本 --last-day 废止）",
            en:
              "write not_together into this draft, and before it is in force replace the others by"
              + " versions with the same not_together (end the old ones by policy retire ID VERSION"
              + " --last-day)")
        doubts.append(
          Sentence(
            zh: "同时有效的还有 \(beside.joined(separator: "、"))：两边都符合的人，两份补贴都会支付；若不重复享受，"
              + advice.zh,
            en:
              "also in force at the same time: \(beside.joined(separator: ", ")); who meets both is paid"
              + " both. If that is not meant, " + advice.en))
      }
      return doubts
    }
  }

  private static func checkSet(
    _ active: [ActivatedPolicy], with policy: Policy, calendar: ServiceCalendar
  ) throws {
    _ = try PolicySet(active.map { try $0.policy() } + [policy], calendar: calendar)
  }

  /// Ends a version on a day that has not passed yet, so that nothing already priced loses its rule.
  /// - Throws: `PolicyRefusal`.
  public func retire(
    _ id: String, version: String, lastDay: Day, today: Day, by: Attribution
  ) async throws {
    try await database.transaction { transaction in
      guard
        let old = try PolicyStore.all(transaction)
          .first(where: { $0.id == id && $0.version == version })
      else { throw PolicyRefusal.unknown(id, version: version) }
      guard old.retiredBy == nil else { throw PolicyRefusal.alreadyRetired(id, version: version) }
      guard lastDay >= today, lastDay >= old.validFrom else {
        throw PolicyRefusal.lastDayHasPassed(lastDay)
      }
      try PolicyStore.retire(id, version: version, lastDay: lastDay, by: by, transaction)
    }
  }
}

/// Why a policy is not activated, found or retired.
public enum PolicyRefusal: Refusal, Hashable {
  case unknown(String, version: String?)
  case differs(String, version: String)
  /// The document has errors or open questions: each with its file and line.
  case notReady(String, [Sentence])
  case alreadyRetired(String, version: String)
  case lastDayHasPassed(Day)

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .differs, .alreadyRetired: .conflict
    case .notReady, .lastDayHasPassed: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let id, let version):
      Sentence(
        zh: "没有政策 \(id)\(version.map { " \($0)" } ?? "")",
        en: "there is no policy \(id)\(version.map { " \($0)" } ?? "")")
    case .differs(let id, let version):
      Sentence(
        zh: "政策 \(id) \(version) 已启用，内容不可更改；请另起版本号",
        en:
          "the policy \(id) \(version) is active and never changes; give the new text another version"
      )
    case .notReady(let name, let reasons):
      Sentence(
        zh: "\(name) 不能启用：" + (reasons.isEmpty ? "无法读取" : reasons.map(\.zh).joined(separator: "；")),
        en: "\(name) cannot be activated: "
          + (reasons.isEmpty ? "it cannot be read" : reasons.map(\.en).joined(separator: "; ")))
    case .alreadyRetired(let id, let version):
      Sentence(zh: "政策 \(id) \(version) 已废止", en: "the policy \(id) \(version) is already retired")
    case .lastDayHasPassed(let day):
      Sentence(
        zh: "废止日期 \(day) 早于今天或早于生效日：过去的日子仍以这一版为准，最早可写今天",
        en:
          "the last day \(day) is before today or before its first: past days keep it, today is the earliest"
      )
    }
  }
}
