import Foundation
import LocalAuthority
import NIOSSL
import Testing

/// Certificates that a TLS library reads, and that chain up to their authority.
@Suite("a local authority")
struct LocalAuthorityTests {
  private let now = Date(timeIntervalSince1970: 1_790_000_000)

  @Test
  func `it certifies a server by name and by address`() throws {
    let authority = try LocalAuthority(name: "本地证书机构", now: now)

    let server = try authority.server(["canteen.local", "192.168.1.10"], now: now)

    let chain = try NIOSSLCertificate.fromPEMBytes(Array(server.certificate.utf8))
    #expect(chain.count == 2)
    _ = try NIOSSLPrivateKey(bytes: Array(server.key.utf8), format: .pem)
    let names = try #require(chain.first?._subjectAlternativeNames())
    #expect(names.count == 2)
  }

  @Test
  func `read back from its files it certifies again`() throws {
    let pair = try LocalAuthority(name: "本地证书机构", now: now).pair()

    let again = try LocalAuthority(pair)

    #expect(try again.pair() == pair)
    #expect(try again.server(["a.local"], now: now).certificate.contains("BEGIN CERTIFICATE"))
  }
}
