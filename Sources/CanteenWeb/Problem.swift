import CanteenDomain
import CanteenServices
import Foundation
import HTTPTypes
import Hummingbird

/// What a problem document (RFC 9457) says beside its sentence, and which status it has.
struct Problem: Error {
  var status: HTTPResponse.Status
  var code: String
  var sentence: Sentence
  /// Seconds after which the same may be tried again.
  var retryAfter: Int64?
  /// The meal that was taken before.
  var served: EarlierMealBody?

  init(
    _ status: HTTPResponse.Status, _ code: String, _ sentence: Sentence, retryAfter: Int64? = nil
  ) {
    self.status = status
    self.code = code
    self.sentence = sentence
    self.retryAfter = retryAfter
  }

  /// The one table from a refusal to a status.
  init(_ refusal: any Refusal) {
    self.init(Self.status(of: refusal.kind), Self.code(of: refusal), refusal.sentence)
    switch refusal as? StaffRefusal {
    case .pinWrong(let seconds):
      status = .unauthorized
      retryAfter = seconds
    case .lockedOut(let seconds):
      status = HTTPResponse.Status(code: 423, reasonPhrase: "Locked")
      retryAfter = seconds
    case .signedOut, .terminalUnknown: status = .unauthorized
    case .codeWrong: status = .unprocessableContent
    default: break
    }
  }

  /// What nobody expected. It tells nothing of itself; the log does.
  init(fault error: any Error) {
    if TemporaryFault.isOne(error) {
      self.init(
        .serviceUnavailable, "temporarily_unavailable",
        Sentence(zh: "系统忙，请稍后再试；同一笔重发不会重复计数", en: "try again; nothing is counted twice"),
        retryAfter: 1)
    } else {
      self.init(
        .internalServerError, "fault", Sentence(zh: "系统故障，请稍后再试", en: "internal fault"))
    }
  }

  private static func code(of refusal: any Refusal) -> String {
    switch refusal {
    case let refusal as CheckInRefusal: refusal.code
    case let refusal as StaffRefusal: refusal.code
    case let refusal as ExceptionRefusal: refusal.code
    case let refusal as RequestRefusal: refusal.code
    default: refusal.kind.code
    }
  }

  private static func status(of kind: RefusalKind) -> HTTPResponse.Status {
    switch kind {
    case .invalid: .unprocessableContent
    case .notFound: .notFound
    case .conflict, .closed: .conflict
    case .notAllowed: .forbidden
    }
  }

  func response() throws -> Response {
    let document = Document(
      title: status.reasonPhrase, status: status.code, detail: sentence.zh,
      detailEnglish: sentence.en, code: code, retryAfterSeconds: retryAfter, checkIn: served,
      choices: served == nil ? nil : ["full_price"])
    var headers: HTTPFields = [.contentType: "application/problem+json"]
    if let retryAfter, retryAfter > 0 { headers[.retryAfter] = "\(retryAfter)" }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(document))))
  }

  private struct Document: Encodable {
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String
    var detailEnglish: String
    var code: String
    var retryAfterSeconds: Int64?
    var checkIn: EarlierMealBody?
    var choices: [String]?

    enum CodingKeys: String, CodingKey {
      case type, title, status, detail
      case detailEnglish = "detail_en"
      case code, retryAfterSeconds, checkIn, choices
    }
  }
}

extension RefusalKind {
  fileprivate var code: String {
    switch self {
    case .invalid: "invalid"
    case .notFound: "not_found"
    case .conflict: "conflict"
    case .notAllowed: "not_allowed"
    case .closed: "closed"
    }
  }
}

/// What is wrong with a request before anybody looks at what it wants.
enum RequestRefusal: Refusal {
  case notJSON
  case missing(String)
  case wrong(String, Sentence)

  var code: String {
    switch self {
    case .notJSON: "not_json"
    case .missing: "field_missing"
    case .wrong: "field_wrong"
    }
  }

  var kind: RefusalKind { .invalid }

  var sentence: Sentence {
    switch self {
    case .notJSON: Sentence(zh: "请求内容不是有效的 JSON", en: "the body is no JSON of this shape")
    case .missing(let field): Sentence(zh: "缺少 \(field)", en: "\(field) is missing")
    case .wrong(let field, let sentence):
      Sentence(zh: "\(field) \(sentence.zh)", en: "\(field) \(sentence.en)")
    }
  }
}
