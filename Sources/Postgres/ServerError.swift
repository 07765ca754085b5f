import CLibPQ

/// What the server said no with: every field of its error report, the statement, and the caller.
///
/// Every form of printing is safe for a log or a page: it names the code, the constraint and the
/// place in the program, and shows no values. The server's own sentences quote values ("Key
/// (id)=(7) …"), so they appear in `report` only.
public struct ServerError: Error, Sendable {
  /// Which of the server's conditions it is; decide on this and on `constraint`, never on text.
  public let sqlState: SQLState
  /// ERROR, FATAL or PANIC, never translated.
  public let severity: String
  /// The primary sentence; it may quote values.
  public let message: String
  public let detail: String?
  public let hint: String?
  /// Where in the statement the error lies, in characters from 1.
  public let position: Int?
  /// Where in `internalQuery` the error lies, in characters from 1.
  public let internalPosition: Int?
  /// The statement that the server itself had made, for example inside a function.
  public let internalQuery: String?
  /// The server's call stack, one line a call.
  public let context: String?
  public let schema: String?
  public let table: String?
  public let column: String?
  public let dataType: String?
  /// The name of the violated constraint; it reads as a rule, and is part of the schema's API.
  public let constraint: String?
  /// Where in the server's source the error was raised.
  public let sourceFile: String?
  public let sourceLine: Int?
  public let sourceFunction: String?
  /// The statement's text with its placeholders; no parameter values.
  public let statement: String
  /// The caller's file, as `#fileID` gives it.
  public let fileID: String
  /// The caller's line.
  public let line: UInt

  init(result: OpaquePointer, statement: String, site: CallSite) {
    func field(_ code: Int) -> String? {
      PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
    }
    sqlState = SQLState(field(Diagnostic.sqlState) ?? "")
    severity = field(Diagnostic.severity) ?? "ERROR"
    message = field(Diagnostic.message) ?? String(cString: PQresultErrorMessage(result))
    detail = field(Diagnostic.detail)
    hint = field(Diagnostic.hint)
    position = field(Diagnostic.position).flatMap { Int($0) }
    internalPosition = field(Diagnostic.internalPosition).flatMap { Int($0) }
    internalQuery = field(Diagnostic.internalQuery)
    context = field(Diagnostic.context)
    schema = field(Diagnostic.schema)
    table = field(Diagnostic.table)
    column = field(Diagnostic.column)
    dataType = field(Diagnostic.dataType)
    constraint = field(Diagnostic.constraint)
    sourceFile = field(Diagnostic.sourceFile)
    sourceLine = field(Diagnostic.sourceLine).flatMap { Int($0) }
    sourceFunction = field(Diagnostic.sourceFunction)
    self.statement = statement
    fileID = site.fileID
    line = site.line
  }
}

extension ServerError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    var words = "server error \(sqlState)"
    if let constraint { words += ", constraint \(constraint)" }
    if let table { words += ", table \(table)" }
    if let column { words += ", column \(column)" }
    return words + ", at \(fileID):\(line)"
  }

  /// An optional or an array prints its elements so.
  public var debugDescription: String { description }

  /// Keeps `dump` and mirrors from showing what `description` hides.
  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

  /// All that the server said, values included: for the eyes of whoever mends it, not for a log.
  public var report: String {
    var lines = ["\(description): \(message)", "statement: \(statement)"]
    let rest = [
      ("detail", detail), ("hint", hint), ("position", position.map(String.init)),
      ("internal query", internalQuery), ("context", context), ("schema", schema),
      ("type", dataType), ("source", sourceFunction),
    ]
    for case (let name, let value?) in rest { lines.append("\(name): \(value)") }
    return lines.joined(separator: "\n")
  }
}

/// The letters that libpq knows the fields of an error report by (`PG_DIAG_…`).
///
/// The header defines them as C character literals, which Swift imports as differing types.
private enum Diagnostic {
  private static func code(_ letter: Unicode.Scalar) -> Int { Int(letter.value) }

  static let severity = code("V")
  static let sqlState = code("C")
  static let message = code("M")
  static let detail = code("D")
  static let hint = code("H")
  static let position = code("P")
  static let internalPosition = code("p")
  static let internalQuery = code("q")
  static let context = code("W")
  static let schema = code("s")
  static let table = code("t")
  static let column = code("c")
  static let dataType = code("d")
  static let constraint = code("n")
  static let sourceFile = code("F")
  static let sourceLine = code("L")
  static let sourceFunction = code("R")
}

/// Where in the program a call was made; it travels with the call into the errors.
struct CallSite: Sendable {
  let fileID: String
  let line: UInt
}
