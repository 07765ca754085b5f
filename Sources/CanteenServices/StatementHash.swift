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
    private let reader = StatementLineReader()
    private var lines: ArraySlice<StoredLine> = []
    // Any number counts: a line that somebody put before the first is found, not passed over.
    private var last: Int? = Int(Int32.min) - 1

    init(_ statement: Statement) throws {
      number = statement.number
      stream.update(try CanonicalJSON.text(statement))
    }

    /// The next line; nil after the last.
    mutating func next(_ transaction: borrowing Transaction) throws -> StatementLine? {
      if lines.isEmpty, let after = last {
        let page = try StatementHash.page(of: number, after: after, transaction)
        lines = try page.contents.map(reader.read)[...]
        last = page.last
      }
      guard let read = lines.popFirst() else { return nil }
      stream.update("\n")
      stream.update(read.canonical)
      return read.line
    }

    /// The seal of the lines that were handed out.
    var seal: Seal { stream.seal() }
  }

  /// Hashes a statement with its stored lines.
  static func seal(_ statement: Statement, _ transaction: borrowing Transaction) throws -> Seal {
    var pages = try Pages(statement)
    while try pages.next(transaction) != nil {}
    return pages.seal
  }

  /// Some lines in order, and the last one's number; nil if there are no more.
  ///
  /// Between two numbers, and not the first few after one: of a statement that was only just made the
  /// planner knows nothing, and would sort all that is left of it for each page.
  private static func page(
    of number: String, after: Int, _ transaction: borrowing Transaction
  ) throws -> (contents: [String], last: Int?) {
    let rows = try transaction.query(
      """
      with first as materialized (
          select min(line_no) as line_no
          from statement_lines
          where statement_no = \(number) and line_no > \(after)::bigint
      )
      select l.line_no, l.content::text as content
      from first as f
      join statement_lines as l
          on l.statement_no = \(number)
          and l.line_no between f.line_no and f.line_no::bigint + \(linesAtOnce - 1)::integer
      order by l.line_no
      """)
    return (try rows.map { try $0.decode("content") }, try rows.last?.decode("line_no"))
  }
}
