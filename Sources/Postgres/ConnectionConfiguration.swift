import CLibPQ

/// Where and how to connect: every parameter that libpq knows, and the limits set at connecting.
///
/// A URL is parsed by libpq itself; the environment (`PGHOST`, `PGPASSWORD`, …) fills what is
/// left out, as with every libpq program. `description` hides the password.
public struct ConnectionConfiguration: Sendable {
  /// libpq's keywords and their values (`host`, `dbname`, `sslmode`, …).
  public var parameters: [String: String]
  /// How long connecting may take in all. Several hosts share it: each may use its equal part of
  /// what the ones before it left.
  public var connectTimeout: Duration = .seconds(10)
  /// How long the server lets one statement run. The client then waits five seconds more for the
  /// server to say so, and closes the connection if it stays silent.
  public var statementTimeout: Duration?
  /// How long the server lets a statement wait for a lock.
  public var lockTimeout: Duration?
  /// How long the server lets a transaction stand idle before it ends the connection.
  public var idleInTransactionTimeout: Duration?
  /// The database role to work as, set at connecting.
  public var role: String?
  /// The time zone in which the server computes days from instants; results do not depend on it.
  public var timeZone = "UTC"
  /// How many prepared statements a connection keeps. 0 keeps none, which PgBouncer's
  /// transaction mode needs.
  public var preparedStatements = 100
  /// Whether limits and role go as startup options. PgBouncer refuses those, so there the limits
  /// are to be set on the database role (`alter role … set statement_timeout`).
  public var sendsStartupOptions = true

  /// Takes a URL (`postgresql://…`) or keywords (`host=… dbname=…`).
  ///
  /// Throws `ConnectionError.cannotConnect` where libpq cannot read it; the reason is left out,
  /// because libpq quotes the text, and the text may hold a password.
  public init(url: String) throws(ConnectionError) {
    var complaint: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &complaint) else {
      PQfreemem(complaint)
      throw .cannotConnect(reason: "the database URL cannot be read")
    }
    defer { PQconninfoFree(options) }
    parameters = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        parameters[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
  }

  /// Takes libpq's keywords and values.
  public init(parameters: [String: String]) { self.parameters = parameters }

  /// What is handed to libpq: the parameters, with the limits as startup options.
  var connectParameters: [(String, String)] {
    var all = parameters
    all["client_encoding"] = "UTF8"
    // A peer that vanished is found out within a minute instead of the system's two hours.
    all.merge(
      ["keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"],
      uniquingKeysWith: { own, _ in own })
    let options = startupOptions
    if sendsStartupOptions, !options.isEmpty {
      all["options"] = ([all["options"]].compactMap { $0 } + options).joined(separator: " ")
    }
    return all.sorted { $0.key < $1.key }
  }

  private var startupOptions: [String] {
    let limits = [
      ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
      ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
    ]
    var options = limits.compactMap { name, limit in
      limit.map { "-c \(name)=\(max(1, $0.milliseconds))" }
    }
    if let role { options.append("-c role=\(Self.escaped(role))") }
    return options
  }

  /// The server splits options at spaces; "use \ to escape" (libpq manual, options).
  private static func escaped(_ value: String) -> String {
    String(value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] })
  }
}

extension ConnectionConfiguration: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public var description: String {
    parameters.sorted { $0.key < $1.key }
      .map { "\($0)=\(Self.secrets.contains($0) ? "…" : $1)" }.joined(separator: " ")
  }

  public var debugDescription: String { description }

  /// Keeps `dump` and mirrors from showing what `description` hides.
  public var customMirror: Mirror { Mirror(self, children: ["parameters": description]) }

  private static let secrets: Set = ["password", "sslpassword", "passfile"]
}

extension Duration {
  /// Whole milliseconds, rounded up, so that a wait never ends before its time.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    let (scaled, isTooBig) = seconds.multipliedReportingOverflow(by: 1000)
    return isTooBig ? (seconds < 0 ? .min : .max) : scaled + rest
  }
}
