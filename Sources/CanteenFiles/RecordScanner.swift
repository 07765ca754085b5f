#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Cuts a table's bytes into records, keeping the line on which each begins.
///
/// A record is a line, or several where a quoted cell holds line breaks. SwiftCSV, which splits the
/// cells of quoted records, neither counts lines nor notices a quote that is never closed.
struct RecordScanner {
  /// One record's bytes, without its line end.
  struct Record {
    let range: Range<Int>
    let line: Int
    /// Whether it has a quotation mark anywhere.
    let isQuoted: Bool
  }

  /// A quotation mark that opens a cell on this line and is never closed.
  struct UnclosedQuote: Error {
    let line: Int
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let delimiter: UInt8
  private var position = 0
  private var line = 1
  /// The next carriage return and quotation mark at or after `position`: each byte is looked at
  /// once.
  private var nextReturn: Int
  private var nextQuote: Int

  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D
  static let quote: UInt8 = 0x22

  init(_ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8) {
    self.bytes = bytes
    self.delimiter = delimiter
    nextReturn = RecordScanner.find(RecordScanner.carriageReturn, in: bytes, from: 0)
    nextQuote = RecordScanner.find(RecordScanner.quote, in: bytes, from: 0)
  }

  /// The next record, or nil at the end; blank lines are records of no bytes.
  mutating func next() throws(UnclosedQuote) -> Record? {
    guard position < bytes.count else { return nil }
    let start = position
    let startLine = line
    var end = lineEnd(from: position)
    let isQuoted = nextQuote < end
    if isQuoted { end = try recordEnd(from: start) }
    step(over: end)
    return Record(range: start..<end, line: startLine, isQuoted: isQuoted)
  }

  /// The end of a record that has quotation marks: the first line end outside of a quoted cell.
  private mutating func recordEnd(from start: Int) throws(UnclosedQuote) -> Int {
    var index = start
    var inQuotes = false
    var atCellStart = true
    var openedOn = line
    while index < bytes.count {
      let byte = bytes[index]
      if inQuotes {
        if byte == RecordScanner.quote {
          if index + 1 < bytes.count, bytes[index + 1] == RecordScanner.quote {
            index += 1
          } else {
            inQuotes = false
          }
        } else if byte == RecordScanner.lineFeed
          || (byte == RecordScanner.carriageReturn && !isLineFeed(index + 1))
        {
          line += 1
        }
      } else if byte == RecordScanner.lineFeed || byte == RecordScanner.carriageReturn {
        return index
      } else if byte == RecordScanner.quote, atCellStart {
        inQuotes = true
        openedOn = line
        atCellStart = false
      } else if byte == delimiter {
        atCellStart = true
      } else if byte != 0x20 && byte != 0x09 {
        atCellStart = false
      }
      index += 1
    }
    if inQuotes { throw UnclosedQuote(line: openedOn) }
    return index
  }

  /// Moves past the line end at `end`, if there is one.
  private mutating func step(over end: Int) {
    position = end
    guard position < bytes.count else { return }
    position += bytes[position] == RecordScanner.carriageReturn && isLineFeed(position + 1) ? 2 : 1
    line += 1
    if nextReturn < position {
      nextReturn = RecordScanner.find(RecordScanner.carriageReturn, in: bytes, from: position)
    }
    if nextQuote < position {
      nextQuote = RecordScanner.find(RecordScanner.quote, in: bytes, from: position)
    }
  }

  private func lineEnd(from start: Int) -> Int {
    min(RecordScanner.find(RecordScanner.lineFeed, in: bytes, from: start), nextReturn)
  }

  private func isLineFeed(_ index: Int) -> Bool {
    index < bytes.count && bytes[index] == RecordScanner.lineFeed
  }

  /// The first `byte` at or after `start`, or the end: by memchr(3), which a debug build cannot
  /// slow.
  static func find(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = memchr(base + start, Int32(byte), bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
