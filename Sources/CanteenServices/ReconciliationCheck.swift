import CanteenDomain
import CanteenSQL
import Foundation
import Postgres

/// One check of `sql/checks/`: the header's facts, and the statement with its parameters.
///
/// The files are written for psql (`:'canteen'`, `:'from'`, `:'to'` and the check's own parameters);
/// here the same places become bound parameters.
struct ReconciliationCheck: Sendable {
  var id: String
  var title: Sentence
  var severity: Finding.Severity
  private let text: String

  /// What a header lacks or a body asks for; the files are ours, so it is a fault of the build.
  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  static let all: Result<[ReconciliationCheck], any Error> = Result {
    try CanteenSQL.checks.map(ReconciliationCheck.init)
  }

  /// Parameters that checks may use beside the canteen and the days; an office will set its own.
  static let defaults = [
    "gap": "120 minutes", "grace": "15 minutes", "travel": "30 minutes", "zone": "Asia/Shanghai",
  ]

  init(_ file: CanteenSQL.CheckFile) throws {
    var header: [String: String] = [:]
    for line in file.text.split(separator: "\n") where line.hasPrefix("-- ") {
      let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
      guard parts.count == 2, !parts[0].contains(" ") else { continue }
      header[String(parts[0])] = String(parts[1]).trimmedSpaces()
    }
    guard let id = header["id"], let zh = header["title.zh"], let en = header["title.en"],
      let severity = header["severity"].flatMap(Finding.Severity.init)
    else {
      throw Malformed(
        description: "\(file.name): the header lacks id, title.zh, title.en or severity")
    }
    self.id = id
    title = Sentence(zh: zh, en: en)
    self.severity = severity
    text = file.text
  }

  /// The check over the days of one canteen, `:'name'` bound.
  func statement(canteen: Canteen.Code, from: Day, to: Day) throws -> SQL {
    var values = Self.defaults
    values["canteen"] = canteen
    values["from"] = from.description
    values["to"] = to.description
    var sql: SQL = ""
    var rest = Substring(text)
    while let start = rest.range(of: ":'") {
      let after = rest[start.upperBound...]
      guard let end = after.firstIndex(of: "'") else { break }
      let name = String(after[..<end])
      guard let value = values[name] else {
        throw Malformed(description: "\(id): nobody sets the parameter \(name)")
      }
      sql = "\(fragment: sql)\(unescaped: String(rest[..<start.lowerBound]))\(value)::text"
      rest = after[after.index(after: end)...]
    }
    return "\(fragment: sql)\(unescaped: String(rest))"
  }
}
