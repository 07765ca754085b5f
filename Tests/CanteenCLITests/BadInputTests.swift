import CanteenTestSupport
import Foundation
import Testing

/// Bad input gets one clear sentence with file, row and column, and a status that is not zero.
@Suite("bad input")
struct BadInputTests {
  static let header = "流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式"

  @Test("a file that is missing, a folder, empty, or something else is refused by name")
  func wholeFiles() throws {
    let bench = try Workbench()
    let cases: [(path: String, sentence: String)] = [
      (bench.folder.path + "/nothing.csv", "未执行：找不到文件：\(bench.folder.path)/nothing.csv"),
      (bench.folder.path, "是文件夹，请指定其中的表格文件"),
      (try bench.file("empty.csv", ""), "未执行：empty.csv 是空文件，没有任何内容"),
      (try bench.file("header.csv", "a,b\n1,2\n"), "未执行：header.csv 缺少列：日期、时间"),
      (
        try bench.file("mixed.csv", Array((Self.header + "\n甲").utf8) + [0x80, 0xFF, 0x2C, 0x0A]),
        "未执行：mixed.csv 第 2 行"
      ),
      (try bench.file("book.csv", [0x50, 0x4B, 0x03, 0x04, 0, 0]), "book.csv 已损坏或不完整"),
    ]
    for (path, sentence) in cases {
      let run = try CommandLineRun.canteen(["check-in", "import", path])

      #expect(run.status == 2)
      #expect(run.complaints.contains(sentence), "\(run.complaints)")
      #expect(run.complaints.split(separator: "\n").count == 1)
      #expect(run.output.isEmpty)
    }
  }

  @Test("a case is priced without a database, and a policy with an open question is not used")
  func policyTry() throws {
    let bench = try Workbench()
    let folder = bench.folder.path
    _ = try CommandLineRun.canteen(["policy", "examples", "--to", folder])
    let path = folder + "/example-age-bands.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let open = try bench.file("open.yaml", text.replacing("fixed: 1.00", with: "fixed: ASK"))
    let meal = try bench.file(
      "case.json",
      """
      {"persons": [{"name": "甲", "birth_date": "1950-03-08", "residence": "511323"}],
       "canteens": [{"code": "C1", "region": "511323"}],
       "meals": [{"id": "1", "person": "甲", "date": "2026-01-05", "time": "11:30",
         "period": "lunch", "canteen": "C1", "list": "12.00"}]}
      """)

    let priced = try CommandLineRun.canteen(["policy", "try", path, "--case", meal])
    let refused = try CommandLineRun.canteen(["policy", "try", open, "--case", meal])

    #expect(priced.status == 0, "\(priced.complaints)")
    #expect(priced.output.contains(#""diner_fen":1000"#), "\(priced.output)")
    #expect(priced.output.contains(#""district":120"#))
    #expect(refused.status == 2 && refused.complaints.contains("open.yaml"))
  }

  @Test("a server that nobody runs is a fault, named at once")
  func noServer() throws {
    let run = try CommandLineRun.canteen(
      ["region", "list"],
      environment: ["CANTEEN_DATABASE_URL": "postgresql://x:s3cret@127.0.0.1:1/x"])

    #expect(run.status == 1)
    #expect(run.complaints.hasPrefix("故障：连不上数据库服务器"))
    #expect(!run.complaints.contains("s3cret"))
  }

  @Test("a server that accepts and stays silent is given up in time")
  func silentServer() throws {
    let listener = try SilentListener()

    let run = try CommandLineRun.canteen(
      ["region", "list"],
      environment: [
        "CANTEEN_DATABASE_URL": "postgresql://x:s3cret@127.0.0.1:\(listener.port)/x?sslmode=disable"
      ])

    #expect(run.status == 1)
    #expect(run.complaints.hasPrefix("故障："))
    #expect(run.complaints.contains("没有按时应答"), "\(run.complaints)")
    #expect(!run.complaints.contains("s3cret"))
  }
}

/// A TCP port that takes connections into its backlog and never says a word.
struct SilentListener: ~Copyable {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRINUSE) }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { close(descriptor) }
}
