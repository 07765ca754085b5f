import CanteenDomain
import CanteenServices
import Hummingbird

/// `/health`: the process answers. `/ready`: so does the database. `/metrics`: numbers of both, in the
/// text format of Prometheus.
struct HealthRoutes {
  let context: WebContext

  func add(to router: Router<BasicRequestContext>) {
    router.get("/health") { _, _ in "ok\n" }
    router.get("/ready") { _, _ -> Response in
      do {
        _ = try await context.canteens.all()
        return plain(.ok, "ready\n")
      } catch {
        return plain(.serviceUnavailable, "the database does not answer\n")
      }
    }
    router.get("/metrics") { _, _ in plain(.ok, await context.metrics()) }
  }

  private func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
