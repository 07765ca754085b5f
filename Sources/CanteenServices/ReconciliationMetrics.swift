import CanteenDomain
import Metrics

/// What an operator sees of reconciliation: how far each canteen lags behind, and what is open.
public struct ReconciliationMetrics: Sendable {
  private let service: ReconciliationService
  private let factory: any MetricsFactory
  private let readable: Gauge

  public init(_ service: ReconciliationService, _ factory: any MetricsFactory) {
    self.service = service
    self.factory = factory
    readable = Gauge(label: "canteen_reconcile_readable", factory: factory)
  }

  /// Reads anew; if the database does not answer the old numbers stay and `canteen_reconcile_readable`
  /// is 0.
  /// - Parameter day: the last day that a night should have covered, which is yesterday.
  public func read(through day: Day) async {
    do {
      for (canteen, days) in try await service.lag(through: day) {
        Gauge(
          label: "canteen_reconcile_days_behind", dimensions: [("canteen", canteen)],
          factory: factory
        ).record(days)
      }
      let open = try await service.openFindings()
      for severity in Finding.Severity.allCases {
        Gauge(
          label: "canteen_findings_open", dimensions: [("severity", severity.rawValue)],
          factory: factory
        ).record(open[severity] ?? 0)
      }
      readable.record(1)
    } catch {
      readable.record(0)
    }
  }
}
