public import CoreMetrics
import Synchronization

/// A backend of swift-metrics that keeps every metric in memory and writes them in the text format that
/// Prometheus reads (version 0.0.4).
///
/// No package for it is at hand; this does what that format needs and nothing else: counters, gauges,
/// and histograms with fixed buckets.
public final class PrometheusRegistry: MetricsFactory, Sendable {
  private enum Series: Sendable {
    case counter(CounterSeries)
    case gauge(GaugeSeries)
    case histogram(HistogramSeries)
  }

  /// A metric's name and its labels, in the order of their names.
  private struct Key: Hashable {
    var name: String
    var labels: [String]
  }

  private let series = Mutex<[Key: Series]>([:])

  public init() {}

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    aggregate
      ? histogram(label, dimensions, HistogramSeries.counts) : gauge(label, dimensions)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label + "_seconds", dimensions, HistogramSeries.seconds)
  }

  // What was counted stays: a counter that begins anew would look like a restart.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}

  private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
    let new = CounterSeries()
    if case .counter(let known) = known(label + "_total", dimensions, or: .counter(new)) {
      return known
    }
    return new
  }

  private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
    let new = GaugeSeries()
    if case .gauge(let known) = known(label, dimensions, or: .gauge(new)) { return known }
    return new
  }

  private func histogram(
    _ label: String, _ dimensions: [(String, String)], _ bounds: [Double]
  ) -> HistogramSeries {
    let new = HistogramSeries(bounds)
    if case .histogram(let known) = known(label, dimensions, or: .histogram(new)) { return known }
    return new
  }

  /// The series of that name and those labels: the one that is there, or the new one.
  private func known(
    _ label: String, _ dimensions: [(String, String)], or new: Series
  ) -> Series {
    let key = Key(
      name: Self.name(label),
      labels: dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.sorted())
    return series.withLock { series in
      if let known = series[key] { return known }
      series[key] = new
      return new
    }
  }

  /// Every metric, by name.
  public var text: String {
    let all = series.withLock { Array($0) }
      .sorted { ($0.key.name, $0.key.labels.joined()) < ($1.key.name, $1.key.labels.joined()) }
    var text = ""
    var last = ""
    for (key, series) in all {
      if key.name != last {
        text += "# TYPE \(key.name) \(Self.type(series))\n"
        last = key.name
      }
      switch series {
      case .counter(let counter): text += Self.line(key.name, key.labels, "\(counter.value)")
      case .gauge(let gauge): text += Self.line(key.name, key.labels, Self.number(gauge.value))
      case .histogram(let histogram): text += Self.lines(key.name, key.labels, histogram)
      }
    }
    return text
  }

  private static func type(_ series: Series) -> String {
    switch series {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }

  private static func line(_ name: String, _ labels: [String], _ value: String) -> String {
    labels.isEmpty
      ? "\(name) \(value)\n" : "\(name){\(labels.joined(separator: ","))} \(value)\n"
  }

  private static func lines(
    _ name: String, _ labels: [String], _ histogram: HistogramSeries
  ) -> String {
    let (counts, sum) = histogram.values
    var total = 0
    var text = ""
    for (bound, count) in zip(histogram.bounds.map(number) + ["+Inf"], counts) {
      total += count
      text += line("\(name)_bucket", labels + ["le=\"\(bound)\""], "\(total)")
    }
    return text + line("\(name)_sum", labels, number(sum))
      + line("\(name)_count", labels, "\(total)")
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// Letters, digits and underscores; anything else becomes an underscore.
  private static func name(_ text: String) -> String {
    let plain = String(
      text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    return plain.first?.isNumber == true ? "_" + plain : plain
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }
}
