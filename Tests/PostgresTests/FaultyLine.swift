import Foundation
import Postgres
import Synchronization

/// A line between a client and the server that breaks where a test wants it to.
///
/// It listens on a socket of its own and passes everything on to the server's, on two threads a
/// client, until the client sends the words that set the fault off.
final class FaultyLine: Sendable {
  /// What happens when the client sends the words.
  enum Fault: Sendable {
    /// The line is cut before the server has seen them.
    case cutBefore(String)
    /// The server acts on them and answers, and the line is cut before the client hears it.
    case cutAnswer(String)
    /// They are swallowed; from then on nothing passes, and the line stays open.
    case fallSilent(String)
    /// Nothing ever passes, from the first byte on.
    case neverSpeak
  }

  private struct State {
    var sockets: [Int32] = []
    var isTripped = false
    var isClosed = false
  }

  /// The folder that a client connects to as its `host`.
  let folder: String
  private let target: String
  private let fault: Fault
  private let listener: Int32
  private let state = Mutex(State())
  private let threads = DispatchGroup()

  private init(to target: String, _ fault: Fault) throws {
    folder = "/tmp/pg-line-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    self.target = target
    self.fault = fault
    listener = try UnixSocket.open(at: "\(folder)/.s.PGSQL.5432")
  }

  /// A line to the tests' server, for the length of `body`.
  static func with(
    _ fault: Fault, _ body: (ConnectionConfiguration) async throws -> Void
  ) async throws {
    var configuration = try TestServer.configuration()
    let host = configuration.parameters["host"] ?? ""
    let line = try FaultyLine(to: "\(host)/.s.PGSQL.5432", fault)
    line.start { line.serve() }
    configuration.parameters["host"] = line.folder
    defer { line.end() }
    try await body(configuration)
  }

  private func serve() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      guard let server = try? UnixSocket.call(target), adopt([client, server]) else {
        close(client)
        return
      }
      start { self.passQuestions(from: client, to: server) }
      start { self.passAnswers(from: server, to: client) }
    }
  }

  private func start(_ work: @escaping @Sendable () -> Void) {
    threads.enter()
    Thread.detachNewThread {
      work()
      self.threads.leave()
    }
  }

  private func adopt(_ sockets: [Int32]) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.sockets += sockets
      return true
    }
  }

  private func passQuestions(from client: Int32, to server: Int32) {
    while case let bytes = UnixSocket.read(client), !bytes.isEmpty {
      if trips(bytes) {
        switch fault {
        case .cutBefore: return cut(client, server)
        case .cutAnswer: break
        case .fallSilent, .neverSpeak: continue
        }
      }
      guard UnixSocket.write(bytes, to: server) else { return }
    }
    // The client hung up; so does the line.
    cut(client, server)
  }

  private func passAnswers(from server: Int32, to client: Int32) {
    while case let bytes = UnixSocket.read(server), !bytes.isEmpty {
      if state.withLock({ $0.isTripped }) {
        if case .cutAnswer = fault { return cut(client, server) }
        continue
      }
      guard UnixSocket.write(bytes, to: client) else { return }
    }
    cut(client, server)
  }

  /// Whether the fault holds now, set off by these bytes or earlier ones.
  private func trips(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      switch fault {
      case .neverSpeak: state.isTripped = true
      case .cutBefore(let words), .cutAnswer(let words), .fallSilent(let words):
        if Data(bytes).range(of: Data(words.utf8)) != nil { state.isTripped = true }
      }
      return state.isTripped
    }
  }

  /// Ends both ways; the numbers are given back only at the end, so that no thread reads another's.
  private func cut(_ client: Int32, _ server: Int32) {
    shutdown(client, Int32(SHUT_RDWR))
    shutdown(server, Int32(SHUT_RDWR))
  }

  private func end() {
    let sockets = state.withLock { state in
      state.isClosed = true
      return state.sockets + [listener]
    }
    for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    threads.wait()
    for socket in sockets { close(socket) }
    try? FileManager.default.removeItem(atPath: folder)
  }
}
