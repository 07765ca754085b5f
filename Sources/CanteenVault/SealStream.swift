import Crypto

/// The SHA-256 of bytes that come piece by piece: the same as `Seal.of` of all of them.
public struct SealStream: Sendable {
  private var hash = SHA256()

  public init() {}

  /// Takes the next bytes.
  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
  }

  /// Takes the next bytes.
  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// Takes the next bytes.
  public mutating func update(_ bytes: [UInt8]) { update(bytes[...]) }

  /// The seal of what came so far.
  public func seal() -> Seal {
    guard let seal = Seal(bytes: Array(hash.finalize())) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    return seal
  }
}
