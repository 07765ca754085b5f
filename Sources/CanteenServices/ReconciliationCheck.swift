import CanteenDomain
import Postgres

/// One check of `sql/checks/`, or of an installation's own folder: the header's facts, and the
/// statement with its parameters.
///
/// The files are written for psql (`:'canteen'`, `:'day_from'`, `:'day_to'` and the check's own
/// parameters, whose defaults stand in `\if` lines); here the same places become bound parameters.
struct ReconciliationCheck: Sendable {
  /// What the pricing function is asked about each line that the statement names.
  enum Question: String, Sendable, Hashable, CaseIterable {
    /// Does what the register says of the person give the subsidy? Death and stays are not asked here.
    case entitlement
    /// Do the policies pay for somebody who has died, or lives in an institution?
    case stay
    /// Do the earlier meals of the day leave it?
    case day
    /// Do the earlier meals of the week, month, quarter and year leave it?
    case window
    /// Do these policies pay side by side?
    case programmes
  }

  var id: String
  var title: Sentence
  var severity: Finding.Severity
  /// nil where the statement knows all that there is to know.
  var question: Question?
  /// What holds where an office sets nothing else.
  var defaults: [String: String]
  /// The smallest and the largest value of a parameter that is a number.
  var limits: [String: ClosedRange<Double>]
  /// The statement, cut at its parameters once: each run of a night binds it anew.
  private let pieces: [Piece]

  private enum Piece: Sendable {
    case text(String)
    case parameter(String)
  }

  /// What a header lacks or a body asks for.
  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  init(name: String, text: String) throws {
    var header: [String: String] = [:]
    var defaults: [String: String] = [:]
    var body: [Substring] = []
    let (headerLine, defaultLine) = (Self.headerLine, Self.defaultLine)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("\\") {
        guard let match = line.wholeMatch(of: defaultLine), match.1 == match.2 else {
          throw Malformed(
            description:
              "\(name): write \\if :{?NAME} \\else \\set NAME 'VALUE' \\endif for a default")
        }
        defaults[String(match.2)] = String(match.3)
      } else if !line.hasPrefix("--") {
        body.append(line)
      } else if let match = line.wholeMatch(of: headerLine) {
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
    question = try header["judged"].map { word in
      guard let question = Question(rawValue: word) else {
        throw Malformed(
          description: "\(name): judged is one of "
            + Question.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return question
    }
    self.defaults = defaults
    limits = try Self.limits(header["limits"] ?? "", name)
    // psql takes a statement with a semicolon or without; a bound one has none.
    var query = body.joined(separator: "\n")
    while query.last?.isWhitespace == true || query.last == ";" { query.removeLast() }
    pieces = Self.pieces(of: query)
  }

  private static func pieces(of query: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = Substring(query)
    let parameter = Self.parameter
    while let place = rest.firstMatch(of: parameter) {
      pieces.append(.text(String(rest[..<place.range.lowerBound])))
      pieces.append(.parameter(String(place.1)))
      rest = rest[place.range.upperBound...]
    }
    return pieces + [.text(String(rest))]
  }

  private static func limits(
    _ text: String, _ name: String
  ) throws -> [String: ClosedRange<Double>] {
    var limits: [String: ClosedRange<Double>] = [:]
    for part in text.split(separator: ",") {
      guard let match = part.wholeMatch(of: limit), let low = Double(match.2),
        let high = Double(match.3), low <= high
      else { throw Malformed(description: "\(name): write limits as NAME 0..100, NAME 1..9") }
      limits[String(match.1)] = low...high
    }
    return limits
  }

  private static var headerLine: Regex<(Substring, Substring, Substring)> {
    /-- (id|title\.zh|title\.en|severity|judged|limits): *(.*)/
  }

  private static var defaultLine: Regex<(Substring, Substring, Substring, Substring)> {
    /\\if :\{\?(\w+)\} \\else \\set (\w+) '([^']*)' \\endif/
  }

  private static var limit: Regex<(Substring, Substring, Substring, Substring)> {
    #/ *(\w+) ([0-9.]+?)\.\.([0-9.]+) */#
  }

  private static var parameter: Regex<(Substring, Substring)> { /:'(\w+)'/ }

  /// The check over the days of one canteen. The canteen is bound; days and thresholds stand in the text,
  /// so that a plan knows the few months that they touch, and serves every canteen of a night.
  func statement(
    canteen: Canteen.Code, from: Day, to: Day, parameters: [String: String] = [:]
  ) throws -> SQL {
    let values = defaults.merging(parameters) { $1 }
    var sql: SQL = ""
    for piece in pieces {
      switch piece {
      case .text(let text): sql.append(SQL(unescaped: text))
      case .parameter("canteen"): sql.append("\(canteen)::text")
      case .parameter("day_from"): sql.append("\(fragment: SQL(literal: from.description))::date")
      case .parameter("day_to"): sql.append("\(fragment: SQL(literal: to.description))::date")
      case .parameter(let name):
        guard let value = values[name] else {
          throw Malformed(description: "\(id): nobody sets the parameter \(name)")
        }
        sql.append("\(fragment: SQL(literal: value))::text")
      }
    }
    return sql
  }

  /// How a parameter is read by the statement: the type that its first place casts it to.
  private func cast(of parameter: String) -> Substring? {
    for (piece, next) in zip(pieces, pieces.dropFirst()) {
      if case (.parameter(parameter), .text(let text)) = (piece, next),
        let cast = text.prefixMatch(of: /::(\w+)/)
      {
        return cast.1
      }
    }
    return nil
  }

  /// What a value of a parameter must be; nil if `value` is one.
  func complaint(about value: String, for parameter: String) -> Sentence? {
    switch cast(of: parameter) {
    case "integer", "bigint":
      guard let number = Int(value) else { return Sentence(zh: "整数", en: "a whole number") }
      return beyond(Double(number), parameter)
    case "numeric":
      guard value.wholeMatch(of: /[0-9]+(\.[0-9]+)?/) != nil, let number = Double(value) else {
        return Sentence(zh: "数字", en: "a number")
      }
      return beyond(number, parameter)
    case "interval":
      guard value.wholeMatch(of: /[0-9]{1,4} (second|minute|hour|day)s?/) == nil else { return nil }
      return Sentence(
        zh: "时长，写作 20 minutes、90 seconds、2 hours", en: "a time such as 20 minutes or 2 hours")
    default:
      guard value.wholeMatch(of: /[\w+,.\/-]*/) == nil else { return nil }
      return Sentence(zh: "字母、数字和 + , . / - _", en: "letters, digits and + , . / - _")
    }
  }

  private func beyond(_ number: Double, _ parameter: String) -> Sentence? {
    guard let range = limits[parameter], !range.contains(number) else {
      return number < 0 ? Sentence(zh: "不小于 0 的数", en: "a number from 0") : nil
    }
    func text(_ bound: Double) -> String {
      bound == bound.rounded() ? String(Int(bound)) : String(bound)
    }
    let (low, high) = (text(range.lowerBound), text(range.upperBound))
    return Sentence(zh: "\(low) 到 \(high) 之间的数", en: "a number from \(low) to \(high)")
  }
}
