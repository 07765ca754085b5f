import CanteenDomain
import Foundation
import HTTPTypes
import Hummingbird

/// Headers that let a page run nothing and load nothing from elsewhere.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    response.headers[.xContentTypeOptions] = "nosniff"
    if let policy = HTTPField.Name("Referrer-Policy") { response.headers[policy] = "no-referrer" }
    return response
  }
}

/// Turns refusals and faults into problem documents (RFC 9457): the one table from kind to status.
struct ProblemDocuments<Context: RequestContext>: RouterMiddleware {
  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let refusal as any Refusal {
      return try problem(status(of: refusal.kind), refusal.kind.rawValue, refusal.sentence)
    } catch let error as any HTTPResponseError {
      return try problem(
        error.status, error.status == .notFound ? "notFound" : "invalid",
        Sentence(zh: error.status == .notFound ? "没有这个地址" : "请求有误", en: "\(error.status)"))
    } catch {
      context.logger.error("request failed", metadata: ["error": "\(error)"])
      return try problem(
        .internalServerError, "fault", Sentence(zh: "系统故障，请稍后再试", en: "internal fault"))
    }
  }

  private func status(of kind: RefusalKind) -> HTTPResponse.Status {
    switch kind {
    case .invalid: .unprocessableContent
    case .notFound: .notFound
    case .conflict, .closed: .conflict
    case .notAllowed: .forbidden
    }
  }

  private func problem(
    _ status: HTTPResponse.Status, _ code: String, _ sentence: Sentence
  ) throws -> Response {
    let document = Problem(
      code: code, detail: sentence.zh, detailEnglish: sentence.en, status: status.code)
    let bytes = try JSONEncoder().encode(document)
    return Response(
      status: status, headers: [.contentType: "application/problem+json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  private struct Problem: Encodable {
    var code: String
    var detail: String
    var detailEnglish: String
    var status: Int

    enum CodingKeys: String, CodingKey {
      case code, detail
      case detailEnglish = "detail_en"
      case status
    }
  }
}
