/// A step of `EmbeddedCluster.start` that may take a moment, told before it begins.
public enum ClusterProgress: Sendable, Hashable {
  /// Another process makes, starts or stops the same cluster.
  case waitingForAnotherProcess
  /// A new cluster is made; about two seconds.
  case creating(version: Int)
  /// The server starts; under a second, longer after a crash.
  case starting
  /// The server answers.
  case ready
  /// The server was running before.
  case alreadyRunning

  /// The sentence in Chinese.
  public var zh: String {
    switch self {
    case .waitingForAnotherProcess: "另一个程序正在启动或停止内置数据库，请稍候…"
    case .creating(let version): "正在建立内置数据库（PostgreSQL \(version)）…"
    case .starting: "正在启动内置数据库…"
    case .ready: "内置数据库已启动"
    case .alreadyRunning: "内置数据库已在运行"
    }
  }

  /// The sentence in English.
  public var en: String {
    switch self {
    case .waitingForAnotherProcess:
      "another process starts or stops the embedded database; waiting…"
    case .creating(let version): "making the embedded database (PostgreSQL \(version))…"
    case .starting: "starting the embedded database…"
    case .ready: "the embedded database is up"
    case .alreadyRunning: "the embedded database was already up"
    }
  }
}

/// Whether a cluster exists and its server runs.
public enum ClusterStatus: Sendable, Hashable {
  case absent
  case stopped
  case running(pid: Int32, ClusterAddress)
}

/// Where a running cluster is reached, and as whom: always its owner, `canteen`.
public struct ClusterAddress: Sendable, Hashable {
  /// The folder that holds the socket `.s.PGSQL.5432`.
  public let socketFolder: String
  /// The cluster's superuser.
  public var user: String { ClusterMaker.owner }
  /// The database that is made with the cluster.
  public var database: String { ClusterMaker.database }
  /// Only names the socket file: nothing listens on the network.
  public var port: Int { SocketFolder.port }

  /// A libpq connection string for the owner's own database.
  public var url: String { url(database: database) }

  /// A libpq connection string for `database`, whose name is percent-encoded.
  public func url(database: String, user: String? = nil) -> String {
    "postgresql://\(encoded(user ?? self.user))@/\(encoded(database))"
      + "?host=\(encoded(socketFolder))&port=\(port)"
  }

  private func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
