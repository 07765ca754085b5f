import Crypto
import Foundation

/// Random bytes for tokens, codes and salts, and what is kept of them.
public enum Secret {
  /// From the system's own randomness.
  public static func random(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// A token of 256 bits, in letters that a cookie may hold.
  public static func token() -> String { base64URL(random(32)) }

  /// A code that is read aloud and typed once: twelve characters of an alphabet without look-alikes,
  /// 60 bits, as `ABCD-EFGH-JKMN`.
  public static func code() -> String {
    let alphabet = Array("ABCDEFGHJKMNPQRSTVWXYZ0123456789")
    let letters = random(12).map { alphabet[Int($0 & 31)] }
    return stride(from: 0, to: 12, by: 4)
      .map { String(letters[$0..<($0 + 4)]) }.joined(separator: "-")
  }

  /// A code as it is hashed: without what people put between its characters.
  public static func plain(code: String) -> String {
    code.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  /// What is kept of a token: enough to know it again. It is random, so no slow hash is needed.
  public static func hash(_ token: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(token.utf8)))
  }

  /// Compares without telling by its time where the difference is.
  public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// RFC 4648.
  public static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// RFC 4648 in the letters of URLs, without padding.
  public static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
    let letters: [UInt8] = base64(Array(bytes)).utf8.compactMap { letter in
      switch letter {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: letter
      }
    }
    return String(decoding: letters, as: UTF8.self)
  }
}
