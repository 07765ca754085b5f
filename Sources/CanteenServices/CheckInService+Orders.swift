import CanteenVault

/// What surrounds a check-in, over the same database and calendar.
extension CheckInService {
  public var orders: OrderService { OrderService(database, calendar: calendar) }
  public var reports: ServiceReportService { ServiceReportService(database) }
  public var kitchen: KitchenService { KitchenService(database) }

  public func delivery(_ vault: Vault) -> DeliveryService {
    DeliveryService(database, vault: vault, calendar: calendar)
  }
}
