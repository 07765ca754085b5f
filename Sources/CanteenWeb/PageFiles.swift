import CanteenDomain
import HTTPTypes
import Hummingbird

/// The files of pages that run in a browser: the counter and the street office. They come from the
/// binary, and from nowhere else.
struct PageFiles {
  /// One file by its path below the server's root.
  struct File: Sendable {
    var contentType: String
    var text: String
  }

  /// Every file by its path: `/counter` is the page itself, `/counter/app.js` one of its parts.
  static let all: [String: File] = Dictionary(
    uniqueKeysWithValues: EmbeddedText.files.compactMap { path, text in
      guard let name = path.split(separator: "/", maxSplits: 1).last.map(String.init),
        path.hasPrefix("pages/"), let ending = name.split(separator: ".").last,
        let type = contentTypes[String(ending)]
      else { return nil }
      let folder = name.split(separator: "/").first.map(String.init) ?? ""
      guard folder != name else { return nil }
      let address = name == "\(folder)/\(folder).html" ? "/\(folder)" : "/\(name)"
      return (address, File(contentType: type, text: text))
    })

  private static let contentTypes = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "json": "application/manifest+json",
    "svg": "image/svg+xml",
  ]

  /// Adds a route for each file. A browser asks again each time, so that a new version is there at
  /// once; its service worker has the copy for the time without network.
  static func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
    for (address, file) in all {
      router.get(RouterPath(address)) { _, _ in response(file, address) }
    }
  }

  private static func response(_ file: File, _ address: String) -> Response {
    var response = Response(
      status: .ok, headers: [.contentType: file.contentType, .cacheControl: "no-cache"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: file.text)))
    // The worker stands below the page that it serves.
    if address.hasSuffix("/sw.js"), let name = HTTPField.Name("Service-Worker-Allowed") {
      response.headers[name] = String(address.dropLast("/sw.js".count))
    }
    return response
  }
}
