import Foundation
import Synchronization
import Testing

@testable import EmbeddedPostgres

@Suite("The embedded cluster", .serialized)
struct EmbeddedClusterTests {
  @Test("A first start makes the cluster and a second start changes nothing")
  func startsTwice() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      #expect(cluster.status() == .absent)
      var first: [ClusterProgress] = []
      var second: [ClusterProgress] = []

      let address = try cluster.start { first.append($0) }
      let again = try cluster.start { second.append($0) }

      #expect(address == again)
      let version = try ServerBinaries.find(in: cluster.searchPath, forDataIn: cluster.data).version
      #expect(first == [.creating(version: version), .starting, .ready])
      #expect(second == [.alreadyRunning])
      #expect(try ask("select current_user, current_database()", at: address) == "canteen|canteen")
    }
  }

  @Test("The server is durable, speaks UTF-8, checks its pages and listens on no network")
  func settings() throws {
    try withClusterFolder { folder in
      let address = try EmbeddedCluster(folder: folder).start()

      let shown = try ask(
        """
        select string_agg(current_setting(name), '|' order by ord) from unnest(array[
        'fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses',
        'server_encoding']) with ordinality as setting (name, ord)
        """, at: address)

      #expect(shown == "on|on|on|on||UTF8")
      #expect(try ask("select lower('É') = 'é', 'B' < 'a'", at: address) == "t|t")
      #expect(try ask("show lc_collate", at: address).hasPrefix("C"))
    }
  }

  @Test("An eighth of the memory keeps pages: at least PostgreSQL's own default, at most 1 GB")
  func memory() throws {
    let gigabyte = 1 << 30
    let shares = [gigabyte / 2, gigabyte, 4 * gigabyte, 64 * gigabyte]
      .map(ServerSettings.sharedMegabytes)
    #expect(shares == [128, 128, 512, 1024])
    #expect(ServerSettings.memory(limit: "max\n", physical: 4096) == 4096)
    #expect(ServerSettings.memory(limit: "1024\n", physical: 4096) == 1024)
    #expect(ServerSettings.memory(limit: nil, physical: 4096) == 4096)
    #expect(
      ServerSettings.text(socketFolder: "/run/canteen", memory: 4 * gigabyte)
        .contains("\nshared_buffers = 512MB\n"))
  }

  @Test("Only the server's own user and root can reach the socket and the data")
  func permissions() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      let address = try cluster.start()
      guard case .running(let pid, _) = cluster.status() else {
        Issue.record("the server does not run")
        return
      }

      #expect(try mode(of: address.socketFolder) == 0o700)
      #expect(try mode(of: cluster.data.path) == 0o700)
      let owner = try #require(FolderAccess.owner(of: cluster.data))
      #expect(FolderAccess.owner(of: URL(fileURLWithPath: "/proc/\(pid)")) == owner)
      #expect(owner != 0, "PostgreSQL must not run as root")
      #expect(FolderAccess.isPrivate(address.socketFolder, of: owner))
    }
  }

  @Test("What was committed is there after a stop and a new start; stopping twice does no harm")
  func stopsAndStartsAgain() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      let address = try cluster.start()
      _ = try ask("create table meals as select 7 as fen", at: address)

      try cluster.stop()
      #expect(cluster.status() == .stopped)
      try cluster.stop()
      let later = try cluster.start()

      #expect(try ask("select fen from meals", at: later) == "7")
    }
  }

  @Test("What was committed is there after the server was killed")
  func survivesKill() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      let address = try cluster.start()
      _ = try ask("create table meals as select 7 as fen", at: address)
      guard case .running(let pid, _) = cluster.status() else {
        Issue.record("the server does not run")
        return
      }

      kill(pid, SIGKILL)
      // The system takes a moment to end a process; until then it is rightly called running.
      for _ in 0..<500 where cluster.status() != .stopped { usleep(10_000) }
      let later = try cluster.start()

      #expect(try ask("select fen from meals", at: later) == "7")
    }
  }

  @Test("A pid file that names some other program of the same user does not hinder a start")
  func reusedProcessNumber() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      _ = try cluster.start()
      let pidFile = cluster.data.appendingPathComponent("postmaster.pid")
      let lines = try String(contentsOf: pidFile, encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      try cluster.stop()
      let account = try ServerAccount.choose(for: cluster.data)
      let stranger = Process()
      let words = account.prefix + ["/bin/sleep", "600"]
      stranger.executableURL = URL(fileURLWithPath: words[0])
      stranger.arguments = Array(words.dropFirst())
      try stranger.run()
      defer {
        kill(stranger.processIdentifier, SIGKILL)
        stranger.waitUntilExit()
      }
      let text = (["\(stranger.processIdentifier)"] + lines.dropFirst().map(String.init)).joined(
        separator: "\n")
      try Data(text.utf8).write(to: pidFile)
      chmod(pidFile.path, 0o600)
      chown(pidFile.path, account.user, account.group)

      #expect(cluster.status() == .stopped)
      try cluster.stop()
      #expect(stranger.isRunning, "a foreign process must never be signalled")
      let address = try cluster.start()

      #expect(try ask("select 1", at: address) == "1")
    }
  }

  @Test("A making that was cut short is begun anew")
  func halfMade() throws {
    try withClusterFolder { folder in
      let cluster = EmbeddedCluster(folder: folder)
      let draft = folder.appendingPathComponent("data.unfinished")
      try FileManager.default.createDirectory(at: draft, withIntermediateDirectories: false)
      try Data("15\n".utf8).write(to: draft.appendingPathComponent("PG_VERSION"))

      #expect(cluster.status() == .absent)
      let address = try cluster.start()

      #expect(try ask("select 1", at: address) == "1")
      #expect(!FileManager.default.fileExists(atPath: draft.path))
    }
  }

  @Test("Of two that start it at once one makes it, and both get the same address")
  func race() throws {
    try withClusterFolder { folder in
      let addresses = Mutex<[ClusterAddress]>([])
      let makings = Mutex(0)

      DispatchQueue.concurrentPerform(iterations: 2) { _ in
        do {
          let address = try EmbeddedCluster(folder: folder).start { step in
            if case .creating = step { makings.withLock { $0 += 1 } }
          }
          addresses.withLock { $0.append(address) }
        } catch {
          Issue.record(error)
        }
      }

      let found = addresses.withLock { $0 }
      #expect(found.count == 2)
      #expect(Set(found).count == 1)
      #expect(makings.withLock { $0 } == 1)
    }
  }

  @Test("A folder with a long name, a blank and a dollar sign gets a short folder for its socket")
  func longPath() throws {
    try withClusterFolder { root in
      let folder = root.appendingPathComponent(
        "长者食堂 $HOME \"of\" " + String(repeating: "x", count: 90))

      let address = try EmbeddedCluster(folder: folder).start()
      defer {
        try? EmbeddedCluster(folder: folder).stop()
        try? FileManager.default.removeItem(atPath: address.socketFolder)
      }

      #expect(address.socketFolder.hasPrefix("/tmp/canteen-"))
      #expect(try mode(of: address.socketFolder) == 0o700)
      #expect(SocketFolder.socketPath(in: address.socketFolder).utf8.count <= 107)
      #expect(try ask("select 1", at: address) == "1")
    }
  }
}
