import HTTPTypes
import Hummingbird

/// The description of the API (OpenAPI 3.1); a test holds it against the routes and their answers.
struct OpenAPIRoutes {
  static let document =
    EmbeddedText.files.first { $0.path == "pages/openapi.json" }?.text ?? "{}"

  func add(to router: Router<BasicRequestContext>) {
    router.get("/openapi.json") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: Self.document)))
    }
  }
}
