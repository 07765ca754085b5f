import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority of a canteen's own network, and the certificates that it gives to servers
/// there. Browsers allow offline pages only over a secure line, and no public authority certifies
/// `192.168.1.10`.
public struct LocalAuthority: Sendable {
  private let key: P256.Signing.PrivateKey
  private let certificate: Certificate

  /// A certificate or a key as PEM text.
  public struct Pair: Sendable, Hashable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// Ten years: tablets that trust it are seldom set up anew.
  static let authorityDays = 3650
  /// The most that browsers accept of a server's certificate is 825 days for authorities of one's own.
  public static let serverDays = 820

  /// Makes a new authority, which can certify servers and no other authority.
  public init(name: String, now: Date) throws {
    let subject = try DistinguishedName {
      CommonName(name)
      OrganizationName("canteen")
    }
    key = P256.Signing.PrivateKey()
    let publicKey = Certificate.PublicKey(key.publicKey)
    certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: now.addingTimeInterval(-3600),
      notValidAfter: now.addingTimeInterval(Double(Self.authorityDays) * 86_400), issuer: subject,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: publicKey)
      }, issuerPrivateKey: Certificate.PrivateKey(key))
  }

  /// One that was made before.
  public init(_ pair: Pair) throws {
    key = try P256.Signing.PrivateKey(pemRepresentation: pair.key)
    certificate = try Certificate(pemEncoded: pair.certificate)
  }

  public func pair() throws -> Pair {
    Pair(certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
  }

  /// When the authority itself ends.
  public var endsAt: Date { certificate.notValidAfter }

  /// A server's key and certificate, with the authority's behind it.
  /// - Parameter hosts: names and IPv4 addresses under which browsers reach it.
  public func server(_ hosts: [String], now: Date) throws -> Pair {
    let serverKey = P256.Signing.PrivateKey()
    let publicKey = Certificate.PublicKey(serverKey.publicKey)
    let end = min(
      now.addingTimeInterval(Double(Self.serverDays) * 86_400), certificate.notValidAfter)
    let server = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: now.addingTimeInterval(-3600), notValidAfter: end,
      issuer: certificate.subject,
      subject: try DistinguishedName { CommonName(hosts.first ?? "canteen") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(hosts.map(Self.name))
        AuthorityKeyIdentifier(
          keyIdentifier: try certificate.extensions.subjectKeyIdentifier?.keyIdentifier)
      }, issuerPrivateKey: Certificate.PrivateKey(key))
    return Pair(
      certificate: try server.serializeAsPEM().pemString + "\n"
        + certificate.serializeAsPEM().pemString,
      key: serverKey.pemRepresentation)
  }

  private static func name(_ host: String) -> GeneralName {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
      .compactMap { UInt8($0) }
    return parts.count == 4 && host.split(separator: ".").count == 4
      ? .ipAddress(ASN1OctetString(contentBytes: parts[...])) : .dnsName(host)
  }
}
