import AsyncHTTPClient
import CanteenDomain
import Foundation

/// Where a report goes by itself. Neither an address nor an answer is printed: both may hold a secret.
enum ReportPush {
  /// A POST of JSON: `text` for a chat, `report` for a program.
  case webhook(String)
  /// A command of the shell that reads the text.
  case mail(String)

  /// What the environment names.
  /// - Throws: `ReportRefusal.nowhereToPush`, `.badWebhook`.
  static func configured() throws -> [ReportPush] {
    let environment = ProcessInfo.processInfo.environment
    var pushes: [ReportPush] = []
    if let address = environment["CANTEEN_REPORT_WEBHOOK"], !address.isEmpty {
      guard let url = URL(string: address), ["http", "https"].contains(url.scheme ?? ""),
        url.host?.isEmpty == false
      else { throw ReportRefusal.badWebhook }
      pushes.append(.webhook(address))
    }
    if let command = environment["CANTEEN_REPORT_MAIL"], !command.isEmpty {
      pushes.append(.mail(command))
    }
    guard !pushes.isEmpty else { throw ReportRefusal.nowhereToPush }
    return pushes
  }

  /// - Throws: `ReportRefusal.webhookSilent`, `.webhookRefused`, `.mailFailed`.
  func send(_ report: FindingReportText) async throws {
    switch self {
    case .webhook(let address):
      var request = HTTPClientRequest(url: address)
      request.method = .POST
      request.headers.add(name: "content-type", value: "application/json; charset=utf-8")
      let bytes = try jsonBytes(["text": report.text, "report": report.json])
      request.body = .bytes(bytes)
      let response: HTTPClientResponse
      do {
        response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
      } catch {
        throw ReportRefusal.webhookSilent
      }
      guard (200..<300).contains(response.status.code) else {
        throw ReportRefusal.webhookRefused(status: Int(response.status.code))
      }
    case .mail(let command):
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", command]
      let input = Pipe()
      process.standardInput = input
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      // A command that does not read ends the pipe; what it says then is its status.
      signal(SIGPIPE, SIG_IGN)
      try? input.fileHandleForWriting.write(contentsOf: Data(report.text.utf8))
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw ReportRefusal.mailFailed(status: process.terminationStatus)
      }
    }
  }
}
