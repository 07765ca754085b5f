import Foundation

/// A few calls of the sockets' library, for servers that misbehave on purpose.
enum UnixSocket {
  struct Failure: Error { let call: String, code: Int32 }

  /// Waits for callers at `path`; nobody is accepted yet.
  static func open(at path: String) throws -> Int32 {
    let descriptor = try make()
    try withAddress(path) { address, size in
      guard bind(descriptor, address, size) == 0 else {
        throw Failure(call: "bind", code: errno)
      }
    }
    guard listen(descriptor, 64) == 0 else { throw Failure(call: "listen", code: errno) }
    return descriptor
  }

  static func call(_ path: String) throws -> Int32 {
    let descriptor = try make()
    do {
      try withAddress(path) { address, size in
        guard connect(descriptor, address, size) == 0 else {
          throw Failure(call: "connect", code: errno)
        }
      }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  /// What the other side sent; empty at its end.
  static func read(_ descriptor: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : []
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func make() throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    return descriptor
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
  ) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Failure(call: "path", code: ENAMETOOLONG)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    try withUnsafePointer(to: &address) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
