import CanteenDomain
import CanteenSQL
import CanteenVault
import Foundation
import Postgres

/// One check of `sql/checks/`, or of an installation's own folder: the header's facts, and the
/// statement with its parameters.
///
/// The files are written for psql (`:'canteen'`, `:'day_from'`, `:'day_to'` and the check's own
/// parameters, whose defaults stand in `\if` lines); here the same places become bound parameters.
struct ReconciliationCheck: Sendable {
  var id: String
  var title: Sentence
  var severity: Finding.Severity
  /// What holds where an office sets nothing else.
  var defaults: [String: String]
  private let text: String

  /// What a header lacks or a body asks for.
  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  init(name: String, text: String) throws {
    var header: [String: String] = [:]
    var defaults: [String: String] = [:]
    var body: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("\\") {
        guard let match = line.wholeMatch(of: Self.defaultLine), match.1 == match.2 else {
          throw Malformed(
            description:
              "\(name): write \\if :{?NAME} \\else \\set NAME 'VALUE' \\endif for a default")
        }
        defaults[String(match.2)] = String(match.3)
      } else if !line.hasPrefix("--") {
        body.append(line)
      } else if let match = line.wholeMatch(of: Self.headerLine) {
        header[String(match.1)] = String(match.2)
      }
    }
    guard let id = header["id"], let zh = header["title.zh"], let en = header["title.en"],
      let severity = header["severity"].flatMap(Finding.Severity.init)
    else {
      throw Malformed(description: "\(name): the header lacks id, title.zh, title.en or severity")
    }
    self.id = id
    title = Sentence(zh: zh, en: en)
    self.severity = severity
    self.defaults = defaults
    // psql takes a statement with a semicolon or without; a bound one has none.
    var query = body.joined(separator: "\n")
    while query.last?.isWhitespace == true || query.last == ";" { query.removeLast() }
    self.text = query
  }

  private static var headerLine: Regex<(Substring, Substring, Substring)> {
    /-- (id|title\.zh|title\.en|severity): *(.*)/
  }

  private static var defaultLine: Regex<(Substring, Substring, Substring, Substring)> {
    /\\if :\{\?(\w+)\} \\else \\set (\w+) '([^']*)' \\endif/
  }

  private static var parameter: Regex<(Substring, Substring)> { /:'(\w+)'/ }

  /// The check over the days of one canteen, `:'name'` bound.
  func statement(
    canteen: Canteen.Code, from: Day, to: Day, thresholds: [String: String] = [:]
  ) throws -> SQL {
    var values = defaults.merging(thresholds) { $1 }
    values["canteen"] = canteen
    values["day_from"] = from.description
    values["day_to"] = to.description
    var sql: SQL = ""
    var rest = Substring(text)
    while let place = rest.firstMatch(of: Self.parameter) {
      let name = String(place.1)
      guard let value = values[name] else {
        throw Malformed(description: "\(id): nobody sets the parameter \(name)")
      }
      sql =
        "\(fragment: sql)\(unescaped: String(rest[..<place.range.lowerBound]))\(value)::text"
      rest = rest[place.range.upperBound...]
    }
    return "\(fragment: sql)\(unescaped: String(rest))"
  }
}

/// Checks that are versioned together: the product's, or an installation's own.
struct CheckSet: Sendable {
  var checks: [ReconciliationCheck]
  /// A hash of all the files: when one changes, every day is looked at again by this set.
  var edition: Seal

  init(_ files: [(name: String, text: String)]) throws {
    checks = try files.map(ReconciliationCheck.init)
    let ids = checks.map(\.id)
    if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
      throw ReconciliationCheck.Malformed(description: "two checks are called \(twice)")
    }
    edition = Seal.of(files.map { $0.name + "\n" + $0.text }.joined().utf8)
  }

  /// The checks that the binary carries.
  static let builtIn: Result<CheckSet, any Error> = Result {
    try CheckSet(CanteenSQL.checks.map { ($0.name, $0.text) })
  }

  /// The checks of a folder, in the order of their names; nil if it has none.
  static func folder(_ path: String) throws -> CheckSet? {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    guard !names.isEmpty else { return nil }
    let set = try CheckSet(
      names.map {
        (
          $0,
          try String(
            contentsOf: URL(fileURLWithPath: path).appendingPathComponent($0), encoding: .utf8)
        )
      })
    let known = Set(try builtIn.get().checks.map(\.id))
    if let taken = set.checks.first(where: { known.contains($0.id) }) {
      throw ReconciliationCheck.Malformed(
        description: "\(taken.id) is a check of the product; give your own another id")
    }
    return set
  }
}
