import Foundation

/// Takes one POST on the loopback and answers it with a status.
final class WebhookReceiver: Sendable {
  let port: Int
  private let listener: Int32

  init() throws {
    port = try FreePort.find()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    let listener = listener
    let isListening = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isListening, listen(listener, 1) == 0 else {
      throw Browser.Fault(description: "cannot listen")
    }
  }

  deinit { close(listener) }

  /// Waits for the request, on a queue of its own, and gives its text.
  func receive(answering status: Int) -> Task<String, Never> {
    let listener = listener
    return Task.detached {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "webhook").async {
          continuation.resume(returning: Self.take(listener, status))
        }
      }
    }
  }

  private static func take(_ listener: Int32, _ status: Int) -> String {
    let line = accept(listener, nil, nil)
    defer { close(line) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(line, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
      let text = String(decoding: bytes, as: UTF8.self)
      guard let end = text.range(of: "\r\n\r\n"),
        let length = text.firstMatch(of: /(?i)content-length: (\d+)/).flatMap({ Int($0.1) }),
        text[end.upperBound...].utf8.count >= length
      else { continue }
      break
    }
    let answer = "HTTP/1.1 \(status) X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    _ = answer.withCString { send(line, $0, strlen($0), 0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
