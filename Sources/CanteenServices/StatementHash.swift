import CanteenDomain
import CanteenVault
import Postgres

/// The SHA-256 that pins a statement: over the canonical text of its summary and then of each line, as
/// the lines are stored.
enum StatementHash {
  /// How many lines are read at once.
  private static let linesAtOnce = 5000

  /// A statement's stored lines one after another, hashed on the way.
  struct Pages {
    private let number: String
    private var stream = SealStream()
    private var lines: ArraySlice<StatementExportStore.ReadLine> = []
    // Any number counts: a line that somebody put before the first is found, not passed over.
    private var last: Int? = Int(Int32.min)

    init(_ statement: Statement) throws {
      number = statement.number
      stream.update(try CanonicalJSON.text(statement))
    }

    /// The next line; nil after the last.
    mutating func next(_ transaction: borrowing Transaction) throws -> StatementLine? {
      if lines.isEmpty, let after = last {
        let page = try StatementHash.page(of: number, after: after, transaction)
        lines = try page.contents.map(StatementExportStore.ReadLine.init)[...]
        last = page.last
      }
      guard let read = lines.popFirst() else { return nil }
      stream.update("\n" + read.canonical)
      return read.line
    }

    /// The seal of the lines that were handed out.
    var seal: Seal { stream.seal() }
  }

  /// Hashes a statement with its stored lines, whose texts are not decoded.
  static func seal(_ statement: Statement, _ transaction: borrowing Transaction) throws -> Seal {
    var stream = SealStream()
    stream.update(try CanonicalJSON.text(statement))
    var last: Int? = Int(Int32.min)
    while let after = last {
      let page = try page(of: statement.number, after: after, transaction)
      for content in page.contents {
        stream.update("\n")
        stream.update(
          try CanonicalRewriting.canonical(content)
            ?? StatementExportStore.ReadLine(content: content).canonical)
      }
      last = page.last
    }
    return stream.seal()
  }

  /// Some lines in order, and the number after which the next ones follow; nil if these are the last.
  private static func page(
    of number: String, after: Int, _ transaction: borrowing Transaction
  ) throws -> (contents: [String], last: Int?) {
    let rows = try transaction.query(
      """
      select line_no::bigint as line_no, content::text as content
      from statement_lines
      where statement_no = \(number) and line_no > \(after)::integer
      order by line_no
      limit \(linesAtOnce)::integer
      """)
    let last = rows.count == linesAtOnce ? rows.last : nil
    return (try rows.map { try $0.decode("content") }, try last?.decode("line_no"))
  }
}
