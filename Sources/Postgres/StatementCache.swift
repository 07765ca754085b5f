/// Which statements a connection has prepared; decides, and leaves the doing to the session.
///
/// A statement is prepared when it comes a second time, so that statements made up once do not
/// drive out those that come often. The least recently used one goes when the limit is reached.
struct StatementCache {
  /// One statement as this connection knows it.
  final class Entry {
    /// The statement's text in UTF-8.
    let utf8: [UInt8]
    let types: [UInt32]
    let name: String
    var text: String { String(decoding: utf8, as: UTF8.self) }
    fileprivate(set) var isPrepared = false
    fileprivate var lastUse = 0
    /// What its results look like, from the first result on.
    var shape: RowShape?
    /// Whether to ask for results in binary: only once all columns are known to be readable so.
    var wantsBinary = false

    fileprivate init(utf8: [UInt8], types: [UInt32], name: String) {
      self.utf8 = utf8
      self.types = types
      self.name = name
    }
  }

  /// How a statement is to be sent.
  enum Plan {
    /// With its text, unnamed.
    case asText(Entry?)
    /// Prepare first, in the same flight.
    case prepare(Entry)
    /// By its name.
    case prepared(Entry)
  }

  let limit: Int
  private var entries: [[UInt8]: Entry] = [:]
  private var clock = 0
  /// Names that the server still holds and that nobody will use again.
  private(set) var superfluous: [String] = []

  init(limit: Int) { self.limit = limit }

  var count: Int { entries.count }

  mutating func plan(for sql: SQL) -> Plan {
    guard limit > 0 else { return .asText(nil) }
    clock += 1
    if let entry = entries[sql.utf8], entry.isFit(for: sql) {
      entry.lastUse = clock
      return entry.isPrepared ? .prepared(entry) : .prepare(entry)
    }
    if let misfit = entries[sql.utf8] { remove(misfit) }
    if entries.count >= limit, let oldest = entries.values.min(by: { $0.lastUse < $1.lastUse }) {
      remove(oldest)
    }
    let entry = Entry(utf8: sql.utf8, types: sql.slots.map(\.type), name: "s\(clock)")
    entry.lastUse = clock
    entries[sql.utf8] = entry
    return .asText(entry)
  }

  /// The server has confirmed the preparation.
  func confirm(_ entry: Entry) { entry.isPrepared = true }

  /// Forgets everything: the server's side is gone or out of date.
  mutating func removeAll() {
    for entry in entries.values where entry.isPrepared { superfluous.append(entry.name) }
    entries.removeAll()
  }

  /// Gives the names to deallocate, once.
  mutating func takeSuperfluous() -> [String] {
    defer { superfluous.removeAll() }
    return superfluous
  }

  private mutating func remove(_ entry: Entry) {
    entries[entry.utf8] = nil
    if entry.isPrepared { superfluous.append(entry.name) }
  }
}

extension StatementCache.Entry {
  /// The same text with other parameter types is another statement to the server.
  fileprivate func isFit(for sql: SQL) -> Bool {
    types.count == sql.slots.count
      && types.indices.allSatisfy { types[$0] == sql.slots[$0].type }
  }
}
