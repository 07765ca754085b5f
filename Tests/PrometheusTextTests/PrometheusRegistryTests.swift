import CoreMetrics
import Metrics
import PrometheusText
import Testing

/// What a scraper reads.
@Suite("metrics as text")
struct PrometheusRegistryTests {
  @Test
  func `counters, gauges and histograms are written by name, each under its type`() {
    let registry = PrometheusRegistry()

    Counter(label: "check.ins", dimensions: [("outcome", "a\"b")], factory: registry)
      .increment(by: 3)
    Counter(label: "check.ins", dimensions: [("outcome", "a\"b")], factory: registry).increment()
    Gauge(label: "pool", factory: registry).record(2.5)
    Timer(label: "request", factory: registry).recordMilliseconds(30)

    let lines = registry.text.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(4) == [
        "# TYPE check_ins_total counter", #"check_ins_total{outcome="a\"b"} 4"#,
        "# TYPE pool gauge", "pool 2.5",
      ])
    #expect(lines.contains("# TYPE request_seconds histogram"))
    #expect(lines.contains(#"request_seconds_bucket{le="0.025"} 0"#))
    #expect(lines.contains(#"request_seconds_bucket{le="0.05"} 1"#))
    #expect(lines.contains(#"request_seconds_bucket{le="+Inf"} 1"#))
    #expect(lines.contains("request_seconds_sum 0.03"))
    #expect(lines.last == "request_seconds_count 1")
  }
}
