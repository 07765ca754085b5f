import CanteenDomain
import CanteenVault
import Postgres

/// 送餐: who brings which meals to whom, and what happened at the door.
public struct DeliveryService: Sendable {
  private let database: Database
  private let vault: Vault
  private let calendar: CanteenCalendar

  public init(_ database: Database, vault: Vault, calendar: CanteenCalendar = .shanghai) {
    self.database = database
    self.vault = vault
    self.calendar = calendar
  }

  /// A stop as a courier sees it.
  public struct Stop: Sendable, Hashable {
    public var door: DeliveryRound.Stop
    /// In full, because the courier has to call; empty without one.
    public var phone: String
    public var dishes: [String]
    /// Such as 花生过敏 or 低盐.
    public var warnings: [String]
    public var note: String
    /// Nil until it was received.
    public var receipt: DeliveryReceipt?
    /// False once the order was cancelled after the plan was made.
    public var isWanted: Bool
  }

  /// A round as a courier sees it.
  public struct Round: Sendable, Hashable {
    public var number: Int
    public var courier: String
    public var stops: [Stop]
  }

  /// Plans the rounds of a meal anew; the plan before stays in the books.
  /// - Throws: `DeliveryRefusal.noCouriers`, `.nothingToDeliver`.
  public func plan(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod, couriers: [String],
    by: Attribution
  ) async throws -> [DeliveryRound] {
    let couriers = couriers.map { $0.trimmedSpaces() }.filter { !$0.isEmpty }
    guard !couriers.isEmpty else { throw DeliveryRefusal.noCouriers }
    _ = try await CanteenService(database).canteen(canteen)
    let regions = try await RegionService(database).tree()
    let vault = vault
    return try await database.transaction { transaction in
      let orders = try OrderStore.wanted(canteen, from: day, to: day, transaction)
        .filter { $0.wish.period == period && $0.wish.mode == .homeDelivery }
      guard !orders.isEmpty else { throw DeliveryRefusal.nothingToDeliver(day, period) }
      let records = try DinerStore.latestRecords(orders.map(\.diner), transaction)
      let stops = try orders.map { order in
        try Self.door(order.diner, records[order.diner]?.record, regions, vault)
      }
      let rounds = DeliveryRound.plan(stops, couriers: couriers)
      try DeliveryStore.insert(rounds, canteen, on: day, period, by: by, transaction)
      return rounds
    }
  }

  private static func door(
    _ diner: Diner.ID, _ record: DinerStore.Record?, _ regions: RegionTree, _ vault: Vault
  ) throws -> DeliveryRound.Stop {
    DeliveryRound.Stop(
      diner: diner, name: record?.name ?? "#\(diner)",
      group: record.map { KitchenStore.group($0, regions) } ?? "",
      address: try record?.addressSealed.map { try vault.open($0, as: .address) } ?? "")
  }

  /// The rounds of a meal as they were planned last, each stop with what is in its box and what
  /// became of it. Who ordered after the plan is in a round of number 0 without a courier.
  public func rounds(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod
  ) async throws -> [Round] {
    let sheet = try await KitchenService(database).sheet(canteen, on: day, period)
    let regions = try await RegionService(database).tree()
    let vault = vault
    return try await database.transaction(readOnly: true) { transaction in
      let planned = try DeliveryStore.rounds(canteen, on: day, period, transaction)
      let receipts = try DeliveryStore.receipts(canteen, on: day, period, transaction)
      let delivered = sheet.count.guests.filter { $0.order.wish.mode == .homeDelivery }
        .map(\.order.diner)
      let inRounds = Set(planned.flatMap(\.stops))
      let late = delivered.filter { !inRounds.contains($0) }
      var rounds = planned
      if !late.isEmpty { rounds.insert(.init(number: 0, courier: "", stops: late), at: 0) }
      let records = try DinerStore.latestRecords(rounds.flatMap(\.stops), transaction)
      return try rounds.map { round in
        Round(
          number: round.number, courier: round.courier,
          stops: try round.stops.map { diner in
            let record = records[diner]?.record
            let box = sheet.box(of: diner)
            return Stop(
              door: try Self.door(diner, record, regions, vault),
              phone: try record?.phoneSealed.map { try vault.open($0, as: .phone) } ?? "",
              dishes: box?.dishes ?? [], warnings: box?.warnings ?? [], note: box?.note ?? "",
              receipt: receipts.first { $0.diner == diner }, isWanted: box != nil)
          })
      }
    }
  }

  /// A receipt in the books.
  public struct Kept: Sendable, Hashable {
    /// False if it was there before.
    public var isNew: Bool
    public var recordedAt: Instant
  }

  /// 签收 at the door: keeps the receipt. The same receipt again changes nothing, so that a phone that
  /// was without network may send it twice.
  /// - Throws: `DeliveryRefusal.notDelivered`, `.receivedBefore`, `.nobodyReceived`, `.inTheFuture`.
  public func receive(_ receipt: DeliveryReceipt, by: Attribution) async throws -> Kept {
    guard !receipt.receivedBy.trimmedSpaces().isEmpty else { throw DeliveryRefusal.nobodyReceived }
    guard receipt.receivedAt.seconds(since: by.at) <= 600 else {
      throw DeliveryRefusal.inTheFuture
    }
    let calendar = calendar
    return try await database.transaction { transaction in
      var receipt = receipt
      receipt.diner = try DinerAliases.read(transaction).person(of: receipt.diner)
      let known = try DeliveryStore.receipts(
        receipt.canteen, on: receipt.day, receipt.period, transaction
      ).first { $0.diner == receipt.diner }
      if let known { return try Self.same(known, receipt, calendar, transaction) }
      let order = try OrderStore.current(
        of: [receipt.diner], from: receipt.day, to: receipt.day, transaction
      ).first { $0.wish.period == receipt.period && $0.isWanted }
      guard let order, order.wish.mode == .homeDelivery, order.wish.canteen == receipt.canteen
      else { throw DeliveryRefusal.notDelivered(receipt.day, receipt.period) }
      if try DeliveryStore.insert(receipt, by: by, transaction) {
        return Kept(isNew: true, recordedAt: by.at)
      }
      // Another phone was quicker by a moment.
      guard
        let other = try DeliveryStore.receipts(
          receipt.canteen, on: receipt.day, receipt.period, transaction
        ).first(where: { $0.diner == receipt.diner })
      else { preconditionFailure("a receipt that stands in the way is there") }
      return try Self.same(other, receipt, calendar, transaction)
    }
  }

  private static func same(
    _ known: DeliveryReceipt, _ receipt: DeliveryReceipt, _ calendar: CanteenCalendar,
    _ transaction: borrowing Transaction
  ) throws -> Kept {
    guard known.receivedBy == receipt.receivedBy, known.receivedAt == receipt.receivedAt else {
      throw DeliveryRefusal.receivedBefore(
        by: known.receivedBy, calendar.day(of: known.receivedAt),
        calendar.time(of: known.receivedAt))
    }
    return Kept(isNew: false, recordedAt: try DeliveryStore.recordedAt(known, transaction))
  }

  /// Counts the receipts of a meal for reconciliation, which compares them with the meals that were
  /// checked in as delivered (R19).
  /// - Returns: how many receipts there are.
  public func countReceipts(
    _ canteen: Canteen.Code, on day: Day, _ period: MealPeriod, by: Attribution
  ) async throws -> Int {
    let count = try await database.transaction(readOnly: true) {
      try DeliveryStore.receipts(canteen, on: day, period, $0).count
    }
    _ = try await IndependentCountService(database).add(
      [
        IndependentCount(
          canteen: canteen, day: day, source: .delivered, key: period.rawValue, amount: count)
      ], by: by)
    return count
  }
}

extension KitchenService.Sheet {
  /// What is in one person's box.
  public struct Box: Sendable, Hashable {
    public var guest: KitchenCount.Guest
    public var dishes: [String]
    /// Such as 花生过敏 or 低盐, each once.
    public var warnings: [String]
    public var note: String
  }

  /// Everybody's box, in the order of the guests.
  public var boxes: [Box] {
    zip(count.guests, plates).map { guest, dishes in
      let special = count.specials.first { $0.guest == guest }
      let words = (special?.swaps.map(\.clash.because) ?? []) + (special?.preparations ?? [])
      return Box(
        guest: guest, dishes: dishes,
        warnings: words.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
        note: guest.order.wish.note)
    }
  }

  func box(of diner: Diner.ID) -> Box? { boxes.first { $0.guest.order.diner == diner } }
}
