import ArgumentParser
import CanteenDomain
import CanteenServices
import CanteenWeb
import Foundation
import Hummingbird
import Logging
import Metrics
import PrometheusText

/// `canteen serve`: the counter, the street office's page, the menu, and the API.
struct ServeCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "serve",
      abstract: said(
        "网页服务：柜台、街道页、食谱页、接口、健康检查", "serve the counter, the street page, the menu and the API"),
      discussion: said(
        """
        柜台 /counter，街道 /street，食谱 /；健康检查 /health、/ready，指标 /metrics，接口说明 /openapi.json。
        对外服务须走安全连接：用 --tls-certificate 和 --tls-key，或放在反向代理之后并加 --behind-proxy。
        """,
        """
        Counter /counter, street office /street, menu /; /health, /ready, /metrics, /openapi.json.
        For others than this machine use TLS: --tls-certificate and --tls-key, or a reverse proxy
        with --behind-proxy.
        """)
    )
  }
  @Option(help: ArgumentHelp(said("监听地址", "address"))) var host: String = "127.0.0.1"
  @Option(help: ArgumentHelp(said("端口", "port"))) var port: Int = 8080
  @Option(help: ArgumentHelp(said("证书文件（PEM，含上级证书）", "certificate with its chain, PEM")))
  var tlsCertificate: String?
  @Option(help: ArgumentHelp(said("私钥文件（PEM）", "its key, PEM"))) var tlsKey: String?
  @Flag(
    help: ArgumentHelp(
      said(
        "前面有做 TLS 的反向代理：Cookie 只走安全连接",
        "a proxy before us speaks TLS: cookies for secure lines only")))
  var behindProxy = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError(
        said("--tls-certificate 与 --tls-key 须一起给出", "--tls-certificate and --tls-key go together"))
    }
  }

  func run() async throws {
    let registry = PrometheusRegistry()
    MetricsSystem.bootstrap(registry)
    try await Workspace.run(common, size: 8, name: KeyRotation.serverName) { workspace in
      let vault = try await workspace.vault()
      let database = workspace.database
      let context = WebContext(
        CheckInService(database, vault: vault), canteens: CanteenService(database),
        menus: MenuService(database), vault: vault, terminals: TerminalService(database),
        sessions: SessionService(database), street: StreetService(database),
        statements: StatementBookService(database),
        isSecure: tlsCertificate != nil || behindProxy,
        metrics: metrics(registry, workspace.reconciliation), now: clock())
      let logger = Logger(label: "canteen.web") { StreamLogHandler.standardError(label: $0) }
      let (scheme, host) = (tlsCertificate == nil ? "http" : "https", host)
      if isOpenInClear {
        Failure.say(
          Sentence(
            zh: "注意：监听 \(host)，登录口令和就餐人信息将不加密传输；请用 --tls-certificate，或放在反向代理之后并加 --behind-proxy",
            en:
              "note: on \(host) passwords and people's data travel unencrypted; use --tls-certificate, or a proxy with --behind-proxy"
          ))
      }
      let application = try makeApplication(
        context, host: host, port: port, line: line, logger: logger
      ) { port in
        Failure.say(
          Sentence(
            zh: "网页服务：\(scheme)://\(host):\(port)/（Ctrl-C 停止）",
            en: "serving \(scheme)://\(host):\(port)/ (Ctrl-C stops)"))
      }
      try await serve(application, at: "\(host):\(port)")
    }
  }

  /// What Prometheus reads; a missed night shows as days behind of 1 or more.
  private func metrics(
    _ registry: PrometheusRegistry, _ reconciliation: ReconciliationService
  ) -> @Sendable () async -> String {
    let now = clock()
    let gauges = ReconciliationMetrics(reconciliation, registry)
    return {
      await gauges.read(through: CanteenCalendar.shanghai.day(of: now()) - 1)
      return registry.text
    }
  }

  /// Whether others than this machine reach it without encryption.
  private var isOpenInClear: Bool {
    tlsCertificate == nil && !behindProxy
      && !(host == "localhost" || host == "::1" || host.hasPrefix("127."))
  }

  private var line: WebLine {
    guard let tlsCertificate, let tlsKey else { return .plain }
    return .tls(certificate: tlsCertificate, key: tlsKey)
  }

  /// The clock of the machine; with `--now` one that starts there, to rehearse another day.
  private func clock() -> @Sendable () -> Instant {
    let read: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
    let ahead = common.now == nil ? 0 : Places(common).now.microseconds - read()
    return { Instant(microseconds: read() + ahead) }
  }
}
