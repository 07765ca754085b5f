import ArgumentParser
import CanteenDomain
import CanteenServices
import EmbeddedPostgres

/// `canteen db`: the database itself.
struct DatabaseCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "db",
      abstract: said("数据库：启动、停止、状态、升级结构", "the database: start, stop, status, migrate"),
      subcommands: [Start.self, Stop.self, Status.self, Migrate.self])
  }

  /// Starts the embedded server.
  struct Start: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("启动自带的数据库（第一次时建立）", "start the embedded database"))
    }
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { _ in }
      print(
        said(
          "数据库就绪：\(Places(common).home.path)", "the database is ready: \(Places(common).home.path)")
      )
    }
  }

  /// Stops the embedded server.
  struct Stop: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("停止自带的数据库", "stop the embedded database"))
    }
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try Places(common).cluster.stop()
      print(said("自带的数据库已停止", "the embedded database is stopped"))
    }
  }

  /// What runs, and what it lacks.
  struct Status: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("查看状态", "show the status"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let places = Places(common)
      var listing = Listing([
        ListingColumn("database", "数据库", "database"), ListingColumn("state", "状态", "state"),
        ListingColumn("applied", "结构已执行", "migrations applied"),
        ListingColumn("pending", "结构待执行", "migrations pending"),
      ])
      let name = places.isEmbedded ? places.home.path : said("外部数据库", "external")
      if places.isEmbedded, let state = stopped(places.cluster.status()) {
        listing.append([.text(name), state, .none, .none])
      } else {
        let status = try await Workspace.owner(common) { database, _ in
          try await Migrator(database).status()
        }
        listing.append([
          .text(name), .word("running", Sentence(zh: "运行中", en: "running")),
          .integer(status.applied.count),
          .integer(status.pending.count),
        ])
      }
      try listing.printSummary(output.format)
    }

    private func stopped(_ status: ClusterStatus) -> Cell? {
      switch status {
      case .absent: .word("absent", Sentence(zh: "尚未建立", en: "not made yet"))
      case .stopped: .word("stopped", Sentence(zh: "已停止", en: "stopped"))
      case .running: nil
      }
    }
  }

  /// Brings the schema up to date.
  struct Migrate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("把数据库结构升级到本程序的版本", "bring the schema up to this program"))
    }
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let ran = try await Workspace.owner(common) { database, now in
        try await Migrator(database).migrate(at: now)
      }
      print(
        ran.isEmpty
          ? said("数据库结构已是最新", "the schema is up to date")
          : said("已执行：\(ran.joined(separator: "、"))", "ran: \(ran.joined(separator: ", "))"))
    }
  }
}
