import CLibPQ

/// What the columns of a result are; shared by all results of one statement.
final class RowShape: Sendable {
  let names: [String]
  let types: [UInt32]
  private let indices: [String: Int]

  init(result: OpaquePointer) {
    let count = PQnfields(result)
    names = (0..<count).map { String(cString: PQfname(result, $0)) }
    types = (0..<count).map { PQftype(result, $0) }
    // Of columns that share a name the first is meant.
    indices = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func index(of name: String) -> Int? { indices[name] }

  func name(of index: Int) -> String {
    names.indices.contains(index) ? names[index] : "number \(index)"
  }

  /// Whether every column may be fetched in binary.
  var isReadInBinary: Bool { types.allSatisfy(TypeID.isReadInBinary) }

  /// Whether the result has these columns' types; names are the server's promise, since it
  /// refuses a prepared statement whose result's names or types have changed.
  func fits(_ result: OpaquePointer) -> Bool {
    PQnfields(result) == types.count
      && types.indices.allSatisfy { PQftype(result, Int32($0)) == types[$0] }
  }
}

/// One result of libpq's, freed with the last row that looks into it.
///
/// "PGresult objects are normally read-only after creation, and so can be passed around freely
/// between threads" (libpq manual, Behavior in Threaded Programs); hence rows need no copying.
final class ResultStorage: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer
  let shape: RowShape
  let isBinary: Bool
  let rowCount: Int

  /// Takes over the result; nobody else may free it.
  init(taking handle: OpaquePointer, shape: RowShape? = nil) {
    self.handle = handle
    if let shape, shape.fits(handle) {
      self.shape = shape
    } else {
      self.shape = RowShape(result: handle)
    }
    isBinary = PQnfields(handle) > 0 && PQfformat(handle, 0) == 1
    rowCount = Int(PQntuples(handle))
  }

  deinit { PQclear(handle) }

  var rows: [Row] { (0..<rowCount).map { Row(storage: self, index: $0) } }

  /// How many rows the statement inserted, updated, deleted or returned.
  var affected: Int {
    guard let digits = PQcmdTuples(handle) else { return 0 }
    return Int(String(cString: digits)) ?? 0
  }

  func cell(row: Int, column: Int) -> PostgresCell {
    let row = Int32(truncatingIfNeeded: row)
    let index = Int32(truncatingIfNeeded: column)
    let length = Int(PQgetlength(handle, row, index))
    // A length is asked first: only an empty value may be a NULL.
    let isNull = length == 0 && PQgetisnull(handle, row, index) == 1
    let bytes =
      isNull ? nil : UnsafeRawBufferPointer(start: PQgetvalue(handle, row, index), count: length)
    return PostgresCell(
      bytes: bytes, type: shape.types[column], isBinary: isBinary, column: column, shape: shape)
  }
}
