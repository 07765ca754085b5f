import Crypto
import CryptoExtras
import Dispatch
import Foundation

/// What is kept of a PIN: a salt, and what scrypt (RFC 7914) makes of both.
public struct PinHash: Sendable, Hashable {
  public var salt: [UInt8]
  /// The first byte is the cost that made the other 32.
  public var bytes: [UInt8]

  public init(salt: [UInt8], bytes: [UInt8]) {
    self.salt = salt
    self.bytes = bytes
  }

  /// The power of two of scrypt's rounds: 32 MiB of memory, and about a tenth of a second.
  public static let usualCost: UInt8 = 15
  /// One after the other: however many guess at once, they take one core and the memory of one.
  private static let queue = DispatchQueue(label: "canteen.pin")

  public static func of(_ pin: String, cost: UInt8 = usualCost) async -> PinHash {
    let salt = Secret.random(16)
    return PinHash(salt: salt, bytes: [cost] + (await derived(pin, salt, cost)))
  }

  /// Whether it is the PIN; takes as long for a wrong one.
  public func matches(_ pin: String) async -> Bool {
    guard let cost = bytes.first, (1...20).contains(cost) else { return false }
    let derived = [cost] + (await Self.derived(pin, salt, cost))
    return Secret.areEqual(derived, bytes)
  }

  /// Takes as long as `matches`, for a name that nobody has.
  public static func waste(_ pin: String) async {
    _ = await derived(pin, [UInt8](repeating: 0, count: 16), usualCost)
  }

  private static func derived(_ pin: String, _ salt: [UInt8], _ cost: UInt8) async -> [UInt8] {
    await withCheckedContinuation { continuation in
      queue.async {
        let key = try? KDF.Scrypt.deriveKey(
          from: Array(pin.utf8), salt: salt, outputByteCount: 32, rounds: 1 << Int(cost),
          blockSize: 8,
          parallelism: 1)
        guard let key else { preconditionFailure("scrypt takes these parameters") }
        continuation.resume(returning: key.withUnsafeBytes { Array($0) })
      }
    }
  }
}
