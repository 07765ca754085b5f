import ArgumentParser
import CanteenDomain
import CanteenServices
import CanteenWeb
import Foundation
import Hummingbird
import Logging

/// `canteen serve`: the pages.
struct ServeCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "serve",
      abstract: said("网页服务：食谱页、只读接口、健康检查", "serve the menu page, a read-only API and health checks")
    )
  }
  @Option(help: ArgumentHelp(said("监听地址", "address"))) var host: String = "127.0.0.1"
  @Option(help: ArgumentHelp(said("端口", "port"))) var port: Int = 8080
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Workspace.run(common, size: 8) { workspace in
      let vault = try workspace.vault()
      let database = workspace.database
      let context = WebContext(
        CheckInService(database, vault: vault), canteens: CanteenService(database),
        menus: MenuService(database), vault: vault, terminals: TerminalService(database),
        sessions: SessionService(database), street: StreetService(database),
        now: clock())
      let logger = Logger(label: "canteen.web") { StreamLogHandler.standardError(label: $0) }
      let application = makeApplication(context, host: host, port: port, logger: logger)
      Failure.say(
        Sentence(
          zh: "网页服务：http://\(host):\(port)/（Ctrl-C 停止）",
          en: "serving http://\(host):\(port)/ (Ctrl-C stops)"))
      try await application.runService()
    }
  }

  /// The clock of the machine; with `--now` one that starts there, to rehearse another day.
  private func clock() -> @Sendable () -> Instant {
    let read: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
    let ahead = common.now == nil ? 0 : Places(common).now.microseconds - read()
    return { Instant(microseconds: read() + ahead) }
  }
}
