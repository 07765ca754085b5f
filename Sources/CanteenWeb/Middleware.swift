import CanteenDomain
import HTTPTypes
import Hummingbird

/// Headers that let a page run and load only what comes from here.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
  private let always: HTTPFields

  /// - Parameter isSecure: over TLS browsers are told to stay there.
  init(isSecure: Bool) {
    var fields: [(String, String)] = [
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ]
    if isSecure { fields.append(("Strict-Transport-Security", "max-age=31536000")) }
    always = HTTPFields(
      fields.compactMap { name, value in
        HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
      })
  }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    if response.headers[.contentSecurityPolicy] == nil {
      response.headers[.contentSecurityPolicy] =
        "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    }
    response.headers.append(contentsOf: always)
    return response
  }
}

/// Requests that may compute for long go on among the other tasks of the process, so that no tap waits
/// behind a report on its connection's thread; taps stay where they came in.
struct LongRequests<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard context.endpointPath != CheckInRoutes.tap else { return try await next(request, context) }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) {
      try await ConnectionThread.$current.withValue(nil) { try await next(request, context) }
    }
  }
}

/// Sends an answer of known length in one piece. The middleware that measures it makes a stream of it,
/// which would leave as three: each wakes the browser and costs the server a call.
struct WholeAnswers<Context: RequestContext>: RouterMiddleware {
  /// What is longer goes in pieces all the same, as it was given.
  private static var bytesMax: Int { 65_536 }

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard let length = response.body.contentLength, length <= Self.bytesMax, request.method != .head
    else { return response }
    let pieces = Pieces()
    try await response.body.write(pieces)
    response.body = ResponseBody(byteBuffer: pieces.all)
    return response
  }

  /// Collects what is written.
  private final class Pieces: ResponseBodyWriter {
    var all = ByteBuffer()

    func write(_ buffer: ByteBuffer) { all.writeImmutableBuffer(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) {}
  }
}

/// Turns refusals and faults into problem documents (RFC 9457).
struct ProblemDocuments<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let problem as Problem {
      return try problem.response()
    } catch let refusal as any Refusal {
      return try Problem(refusal).response()
    } catch let error as any HTTPResponseError {
      return try problem(of: error).response()
    } catch {
      let problem = Problem(fault: error)
      // The description of a fault names no values; whose request it was is not written at all.
      context.logger.error(
        "request failed",
        metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "none")"])
      return try problem.response()
    }
  }

  private func problem(of error: any HTTPResponseError) -> Problem {
    switch error.status {
    case .notFound:
      Problem(.notFound, "not_found", Sentence(zh: "没有这个地址", en: "there is no such address"))
    case .methodNotAllowed:
      Problem(
        .methodNotAllowed, "method_not_allowed",
        Sentence(zh: "此地址不支持这种请求", en: "the address does not take this method"))
    case .contentTooLarge:
      Problem(
        .contentTooLarge, "too_large", Sentence(zh: "请求内容过大", en: "the request is too large"))
    default:
      Problem(error.status, "invalid", Sentence(zh: "请求有误", en: "the request is not understood"))
    }
  }
}
