import CanteenDomain
import CanteenServices
import Foundation
import Hummingbird

extension Request {
  /// The body as a value of that shape; at most 64 KiB are read.
  /// - Throws: `RequestRefusal`.
  func body<Body: Decodable>(as type: Body.Type) async throws -> Body {
    let buffer = try await body.collect(upTo: 65_536)
    do {
      return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
    } catch DecodingError.keyNotFound(let key, _) {
      throw RequestRefusal.missing(key.stringValue)
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      throw RequestRefusal.wrong(
        context.codingPath.map(\.stringValue).joined(separator: "."),
        Sentence(zh: "的类型不对", en: "has the wrong type"))
    } catch let error as RequestRefusal {
      throw error
    } catch {
      throw RequestRefusal.notJSON
    }
  }
}

extension String {
  /// The text as a person may have typed it: no control characters, not too long.
  /// - Throws: `RequestRefusal`.
  func checked(_ field: String, most: Int = 200) throws -> String {
    guard unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw RequestRefusal.wrong(field, Sentence(zh: "含有控制字符", en: "has control characters"))
    }
    guard unicodeScalars.count <= most else {
      throw RequestRefusal.wrong(
        field, Sentence(zh: "超过 \(most) 个字符", en: "is longer than \(most) characters"))
    }
    return self
  }
}

extension Int {
  func checked(_ field: String, _ range: ClosedRange<Int>) throws -> Int {
    guard range.contains(self) else {
      throw RequestRefusal.wrong(
        field,
        Sentence(
          zh: "应在 \(range.lowerBound) 到 \(range.upperBound) 之间",
          en: "is \(range.lowerBound) to \(range.upperBound)"))
    }
    return self
  }
}

/// The most that a meal may cost, in fen.
let mealFenMax = 1_000_000

/// An answer as JSON with a status.
func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
  Response(
    status: status,
    headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
    body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONText.bytes(value))))
}
