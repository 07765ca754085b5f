import CanteenDomain
import Crypto

/// One secret of 256 bits, with the number by which sealed texts name it. It never shows its bits.
public struct VaultKey: Sendable {
  /// 1 to 255; a higher number is a newer key.
  public let id: UInt8
  let secret: SymmetricKey

  /// A new key of the system's own randomness.
  public static func random(id: UInt8 = 1) -> VaultKey {
    VaultKey(id: id, secret: SymmetricKey(size: .bits256))
  }

  /// A key of 32 given bytes; nil for another number of bytes, and for the number 0.
  public init?(id: UInt8, bytes: [UInt8]) {
    guard id > 0, bytes.count == 32 else { return nil }
    self.init(id: id, secret: SymmetricKey(data: bytes))
  }

  private init(id: UInt8, secret: SymmetricKey) {
    self.id = id
    self.secret = secret
  }

  /// The secret as the key file has it: 64 hexadecimal digits.
  var hex: String { secret.withUnsafeBytes { Hex.text($0) } }

  /// A key for one purpose; knowing it tells nothing of the others (HKDF, RFC 5869).
  func derived(for purpose: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, info: Array("canteen/1/\(purpose)".utf8), outputByteCount: 32)
  }
}

extension VaultKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "key \(id)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// The keys of one installation: the newest seals, every one opens, the oldest makes look-up
/// hashes.
///
/// Old keys stay in the file while the database is brought under a new one (`canteen key rotate`);
/// until then numbers are looked up under each.
public struct VaultKeys: Sendable {
  private let keys: [VaultKey]

  /// - Throws: `KeyRefusal` for no key at all, or two of the same number.
  public init(_ keys: [VaultKey]) throws(KeyRefusal) {
    guard !keys.isEmpty else { throw .noKey }
    let sorted = keys.sorted { $0.id < $1.id }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.id == next.id {
      throw .keyTwice(one.id)
    }
    self.keys = sorted
  }

  /// One key alone.
  public init(_ key: VaultKey) { keys = [key] }

  /// Reads the text of a key file, or of an environment variable: a line a key, `1 9f86…` (number
  /// and 64 hexadecimal digits); blank lines and lines that begin with `#` are passed over. In a
  /// variable a semicolon may stand for the line break, and a lone key needs no number.
  public init(text: String) throws(KeyRefusal) {
    var keys: [VaultKey] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() where String(line).trimmedSpaces().first != "#" {
      for entry in line.split(separator: ";") where !String(entry).trimmedSpaces().isEmpty {
        guard let key = VaultKeys.key(entry) else { throw .notAKey(line: index + 1) }
        keys.append(key)
      }
    }
    try self.init(keys)
  }

  private static func key(_ entry: Substring) -> VaultKey? {
    let words = entry.split(whereSeparator: \.isWhitespace)
    guard (1...2).contains(words.count), let last = words.last,
      let id = words.count == 1 ? 1 : UInt8(words[0]), let bytes = Hex.bytes(last)
    else { return nil }
    return VaultKey(id: id, bytes: bytes)
  }

  var newest: VaultKey { keys[keys.count - 1] }
  func key(_ id: UInt8) -> VaultKey? { keys.first { $0.id == id } }

  /// All of them and one more; nil if there is no number left for it.
  public func adding(_ key: VaultKey) -> VaultKeys? {
    key.id > newest.id ? VaultKeys(sorted: keys + [key]) : nil
  }

  /// The newest alone.
  public var newestAlone: VaultKeys { VaultKeys(newest) }

  private init(sorted: [VaultKey]) { keys = sorted }

  /// The keys as lines of a key file.
  var lines: String { keys.map { "\($0.id) \($0.hex)\n" }.joined() }

  /// The numbers of the keys, oldest first.
  public var ids: [UInt8] { keys.map(\.id) }
}

extension VaultKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "keys " + ids.map(String.init).joined(separator: ", ") }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["ids": ids]) }
}
