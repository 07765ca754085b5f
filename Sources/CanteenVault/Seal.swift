import Crypto

/// The SHA-256 of bytes that must not change, alone or chained to the seal before it.
///
/// Anybody can recompute one without this program: a seal is `sha256sum` of the bytes, a chained
/// one `sha256sum` of the previous seal's 64 digits, a line feed, and the bytes.
public struct Seal: Sendable, Hashable, Codable, CustomStringConvertible {
  /// 64 hexadecimal digits in lower case.
  public let hex: String

  /// What stands before the first seal of a chain: 64 zeros.
  public static let start = Seal(digits: String(repeating: "0", count: 64))

  /// Nil for anything but 64 hexadecimal digits.
  public init?(hex: String) {
    guard let bytes = Hex.bytes(hex), bytes.count == 32 else { return nil }
    self.hex = Hex.text(bytes)
  }

  /// Nil for anything but 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.hex = Hex.text(bytes)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { Hex.bytes(hex) ?? [] }

  private init(digits: String) { hex = digits }

  /// The seal of the bytes alone.
  public static func of(_ content: some Sequence<UInt8>) -> Seal {
    Seal(digits: Hex.text(Array(SHA256.hash(data: Array(content)))))
  }

  /// The seal of the bytes and, through `previous`, of everything before them.
  public static func next(previous: Seal, content: some Sequence<UInt8>) -> Seal {
    of(Array((previous.hex + "\n").utf8) + Array(content))
  }

  public var description: String { hex }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let seal = Seal(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a seal has 64 hexadecimal digits")
    }
    self = seal
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
