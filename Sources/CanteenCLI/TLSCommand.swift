import ArgumentParser
import CanteenDomain
import Foundation
import LocalAuthority

/// `canteen tls`: a certificate for a canteen's own network.
struct TLSCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tls",
      abstract: said(
        "本地证书：让平板经安全连接打开柜台（离线功能需要）",
        "a certificate of one's own, so that tablets open the counter over a secure line"),
      discussion: said(
        """
        例：canteen tls canteen.local 192.168.1.10
        第一次运行时建立本地证书机构（ca.pem），以后再次运行只更换服务器证书。
        把 ca.pem 装到平板上并设为信任，然后：
        canteen serve --host 0.0.0.0 --port 8443 --tls-certificate …/server.pem --tls-key …/server-key.pem
        """,
        """
        Example: canteen tls canteen.local 192.168.1.10
        The first run makes a local authority (ca.pem); later runs renew the server's certificate.
        Install ca.pem on the tablet and trust it, then:
        canteen serve --host 0.0.0.0 --port 8443 --tls-certificate …/server.pem --tls-key …/server-key.pem
        """))
  }
  @Argument(
    help: ArgumentHelp(
      said("平板访问用的主机名或 IPv4 地址", "names or IPv4 addresses under which tablets reach the server")))
  var hosts: [String]
  @Option(help: ArgumentHelp(said("证书文件夹；默认为数据文件夹下的 tls", "folder; tls in the data folder")))
  var folder: String?
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let places = Places(common)
    let folder =
      folder.map { URL(fileURLWithPath: $0) } ?? places.home.appendingPathComponent("tls")
    let now = Date(timeIntervalSince1970: Double(places.now.microseconds) / 1e6)
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let authority = try authority(in: folder, now: now)
    let server = try authority.server(hosts, now: now)
    try write(server.key, to: folder.appendingPathComponent("server-key.pem"), isSecret: true)
    try write(server.certificate, to: folder.appendingPathComponent("server.pem"), isSecret: false)
    print(
      said(
        """
        已写入 \(folder.path)：
          ca.pem          本地证书机构，装到每台平板上并设为信任
          server.pem      服务器证书（\(LocalAuthority.serverDays) 天），用于 --tls-certificate
          server-key.pem  服务器私钥，用于 --tls-key
        信任 ca.pem：
          安卓：设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书
          iPad：打开文件安装描述文件，再到 设置 → 通用 → 关于本机 → 证书信任设置 中打开
          Windows：双击 → 安装证书 → 受信任的根证书颁发机构
        ca-key.pem 能签发任何网站的证书：请只留在这台机器上，不要复制。
        """,
        """
        written to \(folder.path):
          ca.pem          the local authority; install it on each tablet and trust it
          server.pem      the server's certificate (\(LocalAuthority.serverDays) days), for --tls-certificate
          server-key.pem  the server's key, for --tls-key
        To trust ca.pem:
          Android: Settings → Security → Encryption & credentials → Install a certificate → CA
          iPad: open the file to install the profile, then Settings → General → About →
            Certificate Trust Settings
          Windows: double click → Install → Trusted Root Certification Authorities
        ca-key.pem can certify any site: keep it on this machine alone.
        """))
  }

  /// The one that is there, or a new one.
  private func authority(in folder: URL, now: Date) throws -> LocalAuthority {
    let certificate = folder.appendingPathComponent("ca.pem")
    let key = folder.appendingPathComponent("ca-key.pem")
    if FileManager.default.fileExists(atPath: certificate.path) {
      return try LocalAuthority(
        LocalAuthority.Pair(
          certificate: try String(contentsOf: certificate, encoding: .utf8),
          key: try String(contentsOf: key, encoding: .utf8)))
    }
    let authority = try LocalAuthority(
      name: said("长者食堂本地证书机构", "canteen local authority"), now: now)
    let pair = try authority.pair()
    try write(pair.key, to: key, isSecret: true)
    try write(pair.certificate, to: certificate, isSecret: false)
    return authority
  }

  private func write(_ text: String, to file: URL, isSecret: Bool) throws {
    try? FileManager.default.removeItem(at: file)
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: Data((text + "\n").utf8),
        attributes: [.posixPermissions: isSecret ? 0o600 : 0o644])
    else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: file.path]) }
  }
}
