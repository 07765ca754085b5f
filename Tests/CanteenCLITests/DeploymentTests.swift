import Foundation
import Testing
import Yams

/// What docker-compose.yml and Dockerfile say; no container engine is needed to read them.
@Suite("the deployment files")
struct DeploymentTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent(name), encoding: .utf8)
  }

  private func compose() throws -> [String: Any] {
    try #require(try Yams.load(yaml: text("docker-compose.yml")) as? [String: Any])
  }

  private func services() throws -> [String: [String: Any]] {
    try #require(try compose()["services"] as? [String: [String: Any]])
  }

  @Test("database, migration, server and nightly job stand in the compose file")
  func namesOfServices() throws {
    let names = try services().keys.sorted()

    #expect(names == ["db", "migrate", "nightly", "server"])
  }

  @Test("the database has a healthcheck, and everything else waits for it or for the migration")
  func order() throws {
    let services = try services()
    let check = try #require(services["db"]?["healthcheck"] as? [String: Any])
    let expected = [
      "migrate": ["db": "service_healthy"],
      "server": ["migrate": "service_completed_successfully"],
      "nightly": ["migrate": "service_completed_successfully"],
    ]

    #expect((check["test"] as? [String])?.contains("pg_isready") == true)
    for (name, waits) in expected {
      let found = try #require(services[name]?["depends_on"] as? [String: [String: String]])
      #expect(found.compactMapValues { $0["condition"] } == waits, "\(name)")
    }
  }

  @Test("every variable of the compose file has a default")
  func defaults() throws {
    // `$$` is a dollar for the shell inside and not a variable.
    let compose = try text("docker-compose.yml").replacingOccurrences(of: "$$", with: "")
    let all = compose.matches(of: #/\$./#)
    let withDefault = compose.matches(of: #/\$\{[A-Z_]+:-[^}]*\}/#)

    #expect(!all.isEmpty)
    #expect(all.count == withDefault.count)
  }

  @Test("the nightly job has a folder of counts, its own checks, where to push, and makes orders")
  func night() throws {
    let nightly = try #require(try services()["nightly"])
    let environment = try #require(nightly["environment"] as? [String: Any])
    let volumes = try #require(nightly["volumes"] as? [String])
    let script = try #require((nightly["command"] as? [String])?.first)
    let known = try #require(try compose()["volumes"] as? [String: Any?]).keys

    for name in ["CANTEEN_COUNTS", "CANTEEN_CHECKS"] {
      let folder = try #require(environment[name] as? String)
      #expect(volumes.contains { $0.contains(":\(folder)") }, "\(name)")
    }
    #expect(environment.keys.contains("CANTEEN_REPORT_WEBHOOK"))
    #expect(environment.keys.contains("CANTEEN_REPORT_MAIL"))
    #expect(known.contains("counts") && known.contains("checks"))
    for command in ["canteen reconcile\n", "reconcile report --push", "canteen order generate"] {
      #expect(script.contains(command), "\(command)")
    }
  }

  @Test("the timers and the cron lines name the database, wait for the network, and make orders")
  func units() throws {
    for job in ["reconcile", "orders"] {
      let unit = try text("scripts/nightly/canteen-\(job).service")
      #expect(unit.contains("Wants=network-online.target\nAfter=network-online.target"))
      #expect(unit.contains("EnvironmentFile=-/etc/canteen/environment"))
      #expect(try text("scripts/nightly/canteen-\(job).timer").contains("OnCalendar="))
    }
    let lines = try text("scripts/nightly/crontab").split(separator: "\n")
      .filter { $0.contains("* * * canteen ") }
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.contains(". $ENVIRONMENT; ") })
    #expect(lines.contains { $0.hasSuffix("canteen order generate") })
  }

  @Test("the compose file builds a file and a stage that exist, from folders that exist")
  func image() throws {
    let services = try services()
    for name in ["migrate", "server", "nightly"] {
      let build = try #require(services[name]?["build"] as? [String: String])
      let dockerfile = try text(try #require(build["dockerfile"]))
      let lines = dockerfile.split(separator: "\n")
      let copied = lines.filter { $0.hasPrefix("COPY ") && !$0.contains("--from=") }
        .flatMap { $0.split(separator: " ").dropFirst().dropLast() }

      #expect(lines.contains { $0.hasSuffix(" AS \(build["target"] ?? "?")") })
      #expect(lines.contains(#"ENTRYPOINT ["canteen"]"#))
      #expect(!copied.isEmpty)
      for path in copied {
        let place = Self.root.appendingPathComponent(String(path)).path
        #expect(FileManager.default.fileExists(atPath: place), "\(path)")
      }
    }
  }
}
