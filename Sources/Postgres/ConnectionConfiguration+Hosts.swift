#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Several hosts, one after the other.
///
/// libpq goes from host to host by itself, but knows no time limit when it is used without
/// blocking: a first host that accepts and stays silent would use up the whole `connectTimeout`.
/// So each host is a connection attempt of its own, with its share of the time that is left.
extension ConnectionConfiguration {
  /// The attempts to make, in order, each with one host; this one alone where there are not
  /// several, or where their numbers do not fit and libpq is to say so.
  var attempts: [ConnectionConfiguration] {
    let hosts = list("host", "PGHOST")
    let addresses = list("hostaddr", "PGHOSTADDR")
    let ports = list("port", "PGPORT")
    let count = max(hosts.count, addresses.count)
    guard count > 1, [0, count].contains(hosts.count), [0, count].contains(addresses.count),
      [0, 1, count].contains(ports.count)
    else { return [self] }
    let each = (0..<count).map { index in
      var one = self
      one.parameters["host"] = hosts.isEmpty ? nil : hosts[index]
      one.parameters["hostaddr"] = addresses.isEmpty ? nil : addresses[index]
      one.parameters["port"] = ports.count > 1 ? ports[index] : ports.first
      return one
    }
    // "First try to find a standby server, but if none of the listed hosts is a standby server,
    // try again in any mode" (libpq manual).
    guard value("target_session_attrs", "PGTARGETSESSIONATTRS") == "prefer-standby" else {
      return each
    }
    return ["standby", "any"].flatMap { mode in
      each.map { one in
        var one = one
        one.parameters["target_session_attrs"] = mode
        return one
      }
    }
  }

  private func list(_ keyword: String, _ variable: String) -> [String] {
    guard let value = value(keyword, variable), !value.isEmpty else { return [] }
    return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// A parameter, or what the environment fills it with, as libpq would.
  private func value(_ keyword: String, _ variable: String) -> String? {
    parameters[keyword] ?? getenv(variable).map { String(cString: $0) }
  }
}
