import Crypto
import Foundation

/// Signs what a terminal keeps for the time without network, so that a changed copy is noticed:
/// ECDSA over P-256 with SHA-256, which every browser can verify.
public struct SnapshotSigner: Sendable {
  private let key: P256.Signing.PrivateKey

  /// The key comes from the newest vault key; who has one does not have the other.
  public init(_ vault: Vault) { key = vault.signingKey(for: "snapshot") }

  /// `r` and `s`, 32 bytes each, as base64url.
  public func signature(of bytes: [UInt8]) throws -> String {
    Secret.base64URL(try key.signature(for: bytes).rawRepresentation)
  }

  /// The uncompressed point (65 bytes), as base64url: what a browser imports as `raw`.
  public var publicKey: String { Secret.base64URL(key.publicKey.x963Representation) }
}
