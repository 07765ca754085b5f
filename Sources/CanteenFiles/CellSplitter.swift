import SwiftCSV

/// Splits one record into its cells.
///
/// SwiftCSV knows the rules of quotation marks. It reads character by character through closures,
/// so records without a quotation mark, nearly all in practice, are cut at their delimiters here:
/// in a debug build 20,000 rows of 16 cells take 0.03 s instead of 0.27 s.
struct CellSplitter {
  let delimiter: UInt8

  /// The cells, or nil if a quotation mark stands where none may.
  func cells(
    of record: RecordScanner.Record, in bytes: UnsafeBufferPointer<UInt8>
  ) -> [String]? {
    record.isQuoted
      ? quoted(String(decoding: UnsafeBufferPointer(rebasing: bytes[record.range]), as: UTF8.self))
      : plain(UnsafeBufferPointer(rebasing: bytes[record.range]))
  }

  private func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    var cells: [String] = []
    var start = 0
    while true {
      let end = RecordScanner.find(delimiter, in: bytes, from: start)
      cells.append(
        String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
      if end >= bytes.count { return cells }
      start = end + 1
    }
  }

  private func quoted(_ record: String) -> [String]? {
    let separator = CSVDelimiter(unicodeScalarLiteral: Character(UnicodeScalar(delimiter)))
    // One more delimiter, because SwiftCSV drops an empty last cell.
    var text = record + String(separator.rawValue)
    // `="511323…"` is how systems keep a spreadsheet from taking a number for one.
    if text.contains("=\"") {
      if text.hasPrefix("=\"") { text.removeFirst() }
      text = text.replacing("\(separator.rawValue)=\"", with: "\(separator.rawValue)\"")
    }
    return try? EnumeratedCSV(string: text, delimiter: separator, loadColumns: false).header
  }
}
