import CanteenDomain
import Crypto

/// Seals people's numbers for the database, and makes the keyed hashes by which they are found.
///
/// A sealed text is bound to its context (which column, and where one wants, which person): put in
/// another place it does not open. Sealing the same text twice gives different bytes.
public struct Vault: Sendable {
  /// What a number is; part of what is sealed and hashed.
  public struct Context: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }

    /// 身份证号.
    public static let idNumber: Context = "id_number"
    /// The person's own phone number.
    public static let phone: Context = "phone"
    /// The emergency contact's phone number.
    public static let contactPhone: Context = "contact_phone"
    /// Further phone numbers of the person, sealed together.
    public static let otherPhones: Context = "other_phones"
    /// 居住地址.
    public static let address: Context = "address"
    /// The number of a card that is the person's own, or what opens as much.
    public static let credential: Context = "credential"
    /// The phone number of a 代领人.
    public static let proxyPhone: Context = "proxy_phone"
    /// The last characters of an ID number, for the counter.
    public static let idTail: Context = "id_tail"
    /// The last digits of a phone number, for the counter.
    public static let phoneTail: Context = "phone_tail"

    /// The same column of one certain row.
    public func of(_ row: some CustomStringConvertible) -> Context {
      Context(rawValue: "\(rawValue)/\(row)")
    }
  }

  /// The first byte of everything sealed: how the rest is laid out.
  private static let layout: UInt8 = 1
  private let keys: VaultKeys
  private let sealingKeys: [UInt8: SymmetricKey]
  /// The newest first; each with its key already taken in.
  private let hashers: [HMAC<SHA256>]

  /// A vault that seals with the newest key and opens with each.
  public init(keys: VaultKeys) {
    self.keys = keys
    sealingKeys = Dictionary(
      uniqueKeysWithValues: keys.ids.compactMap { id in
        keys.key(id).map { (id, $0.derived(for: "seal")) }
      })
    hashers = keys.ids.reversed().compactMap { id in
      keys.key(id).map { HMAC<SHA256>(key: $0.derived(for: "lookup")) }
    }
  }

  /// A vault of one key.
  public init(key: VaultKey) { self.init(keys: VaultKeys(key)) }

  /// AES-GCM under the newest key: layout, key number, nonce (12), ciphertext, tag (16).
  public func seal(_ text: String, as context: Context) throws(VaultFault) -> [UInt8] {
    let id = keys.newest.id
    guard let key = sealingKeys[id],
      let box = try? AES.GCM.seal(
        Array(text.utf8), using: key, authenticating: Vault.bound(to: context, id)),
      let combined = box.combined
    else { throw .cannotSeal }
    return [Vault.layout, id] + combined
  }

  /// The text that was sealed as `context`.
  /// - Throws: `VaultFault` if the bytes were changed, belong to another context, or were sealed by
  /// a
  ///   key that is not among ours. Nothing of the text is in it.
  public func open(_ sealed: [UInt8], as context: Context) throws(VaultFault) -> String {
    guard sealed.count >= 2 + 12 + 16, sealed[0] == Vault.layout else { throw .notSealed }
    let id = sealed[1]
    guard let key = sealingKeys[id] else { throw .unknownKey(id) }
    guard let box = try? AES.GCM.SealedBox(combined: sealed[2...]),
      let bytes = try? AES.GCM.open(
        box, using: key, authenticating: Vault.bound(to: context, id)),
      let text = String(validating: bytes, as: UTF8.self)
    else { throw .doesNotOpen }
    return text
  }

  /// HMAC-SHA256 (32 bytes) under the newest key: the same text gives the same hash here and to
  /// nobody without the key, so that a number is found and kept unique without being opened.
  public func lookupHash(_ text: String, as context: Context) -> [UInt8] {
    Vault.hash(text, context, hashers[0])
  }

  /// The hash under each key, the newest first: while a key is being changed, a number is stored
  /// under one of them.
  public func lookupHashes(_ text: String, as context: Context) -> [[UInt8]] {
    hashers.map { Vault.hash(text, context, $0) }
  }

  /// The first eight bytes of `lookupHash`: enough for what many persons share, such as the last
  /// four digits of a phone, which needs no unique hash.
  public func shortHash(_ text: String, as context: Context) -> Int64 {
    Vault.short(lookupHash(text, as: context))
  }

  /// The short hash under each key.
  public func shortHashes(_ text: String, as context: Context) -> [Int64] {
    lookupHashes(text, as: context).map(Vault.short)
  }

  /// The key under which it was sealed; nil if it is no sealed text.
  public static func keyID(of sealed: [UInt8]) -> UInt8? {
    sealed.count >= 2 && sealed[0] == layout ? sealed[1] : nil
  }

  /// The key that seals now.
  public var newestKeyID: UInt8 { keys.newest.id }

  /// The numbers of all keys, oldest first.
  public var keyIDs: [UInt8] { keys.ids }

  /// A signing key of one purpose; the purpose is counted on until the bytes are a key of the curve,
  /// which all but one in 2³² are at once.
  func signingKey(for purpose: String) -> P256.Signing.PrivateKey {
    var number = 0
    while true {
      let bytes = keys.newest.derived(for: "sign/\(purpose)/\(number)").withUnsafeBytes {
        Array($0)
      }
      if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) { return key }
      number += 1
    }
  }

  /// Makes tags of one purpose.
  public func tagger(for purpose: String) -> Tagger {
    Tagger(key: keys.newest.derived(for: "tag/\(purpose)"))
  }

  /// HMAC-SHA256 under a key of one purpose, as base64url: for what a browser must bring back.
  public struct Tagger: Sendable {
    fileprivate let key: SymmetricKey

    public func tag(_ text: String) -> String {
      Secret.base64URL(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
  }

  private static func short(_ hash: [UInt8]) -> Int64 {
    Int64(bitPattern: hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }

  private static func hash(
    _ text: String, _ context: Context, _ keyed: HMAC<SHA256>
  ) -> [UInt8] {
    var hasher = keyed
    // The length keeps context and text apart.
    var message = Array("\(context.rawValue.utf8.count):".utf8)
    message += context.rawValue.utf8
    message += text.utf8
    hasher.update(data: message)
    return Array(hasher.finalize())
  }

  /// What the tag vouches for beside the text.
  private static func bound(to context: Context, _ id: UInt8) -> [UInt8] {
    [layout, id] + Array(context.rawValue.utf8)
  }
}

extension Vault: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "vault with \(keys)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["keys": keys]) }
}

/// Why sealed bytes do not open: damage or the wrong key, never something that a clerk did.
public enum VaultFault: Error, Sendable, Hashable {
  case cannotSeal
  /// Too short, or of a layout that this version does not know.
  case notSealed
  case unknownKey(UInt8)
  /// Changed, sealed for another context, or by another key of the same number.
  case doesNotOpen

  /// The message for people.
  public var sentence: Sentence {
    switch self {
    case .cannotSeal: Sentence(zh: "号码加密失败", en: "the number could not be sealed")
    case .notSealed:
      Sentence(zh: "数据库中的号码不是有效的密文", en: "the stored number is not a sealed text of this program")
    case .unknownKey(let id):
      Sentence(
        zh: "缺少第 \(id) 号密钥，无法解开号码。请恢复原来的密钥文件",
        en: "key \(id) is missing, so the number does not open; restore the key file")
    case .doesNotOpen:
      Sentence(
        zh: "号码无法解开：密文被改动，或密钥文件不是原来的那一份",
        en:
          "the number does not open: it was changed, or the key file is another one"
      )
    }
  }
}
