import CanteenDomain
import Foundation
import Synchronization

/// A line of a statement as it was closed.
struct StoredLine: Sendable {
  var line: StatementLine
  /// The text that the statement's hash was made over.
  var canonical: [UInt8]
  /// Lines of one pattern differ in nothing but `StatementLineReader.ownKeys`; nil for a line of none,
  /// and for the first one of a pattern.
  var pattern: Int?
}

/// Reads a statement's lines back. Most meals of a month are like others but for whose they are and how
/// they are numbered: what lines share is decoded once, so that a statement of a million lines is read in
/// seconds.
final class StatementLineReader: Sendable {
  /// What stands in a line for itself alone.
  static let ownKeys = [
    "age", "checkIn", "diner", "hukou", "idNumber", "name", "number", "residence", "sourceNo",
  ]

  fileprivate static let ownKeyBytes = ownKeys.map { Array($0.utf8) }

  /// What lines share.
  private struct Pattern: Sendable {
    var id: Int
    var shared: [UInt8]
    var line: StatementLine
    /// The canonical text around the values that are a line's own, and whose places lie between.
    var pieces: [[UInt8]]
    var places: [Int]
  }

  private struct State {
    var patterns: [Int: Pattern] = [:]
    var lastID = 0
  }

  /// Beyond so many, what lines share is hardly shared.
  private static let patternsMax = 10_000

  private let state = Mutex(State())

  func read(_ content: String) throws -> StoredLine {
    var content = content
    let known = content.withUTF8 { bytes -> (StoredLine?, Int, [UInt8])? in
      guard let own = OwnFields(of: bytes) else { return nil }
      var hasher = Hasher()
      own.shared.withUnsafeBytes { hasher.combine(bytes: $0) }
      let hash = hasher.finalize()
      guard let pattern = state.withLock({ $0.patterns[hash] }),
        Self.isSame(pattern.shared, own.shared), let line = own.line(like: pattern.line)
      else { return (nil, hash, own.shared) }
      var canonical: [UInt8] = []
      canonical.reserveCapacity(bytes.count)
      for (piece, place) in zip(pattern.pieces, pattern.places) {
        canonical += piece
        if let value = own.values[place] { canonical += bytes[value] }
      }
      canonical += pattern.pieces[pattern.places.count]
      return (StoredLine(line: line, canonical: canonical, pattern: pattern.id), hash, [])
    }
    if let line = known?.0 { return line }
    let line = try CanonicalJSON.value(StatementLine.self, from: content)
    let canonical = Array(try CanonicalJSON.text(line).utf8)
    // Something stands there that a line does not have, or in another form: hashed as it is, it is found.
    let isAsWritten = content.utf8.contains(UInt8(ascii: "\\")) || hasSameBytes(content, canonical)
    guard isAsWritten else {
      return StoredLine(line: line, canonical: Array(content.utf8), pattern: nil)
    }
    if let (_, hash, shared) = known, let (pieces, places) = Self.pieces(of: canonical) {
      state.withLock { state in
        if state.patterns.count >= Self.patternsMax { state.patterns.removeAll() }
        state.lastID += 1
        state.patterns[hash] = Pattern(
          id: state.lastID, shared: shared, line: line, pieces: pieces, places: places)
      }
    }
    return StoredLine(line: line, canonical: canonical, pattern: nil)
  }

  /// As bytes in one go: `==` compares one after another.
  private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard left.count == right.count, let start = left.baseAddress, let other = right.baseAddress
        else { return left.count == right.count }
        return memcmp(start, other, left.count) == 0
      }
    }
  }

  /// Whether a stored text is the canonical one in another order of its keys, and with the blanks that
  /// the database puts between. Where a text has escapes, both may write it in different ways.
  private func hasSameBytes(_ content: String, _ canonical: [UInt8]) -> Bool {
    var counts = Array(repeating: 0, count: 256)
    var isInText = false
    for byte in content.utf8 where byte != 0x20 || isInText {
      counts[Int(byte)] += 1
      if byte == UInt8(ascii: "\"") { isInText.toggle() }
    }
    for byte in canonical { counts[Int(byte)] -= 1 }
    return counts.allSatisfy { $0 == 0 }
  }

  /// A canonical text around the values that are its own.
  private static func pieces(of canonical: [UInt8]) -> (pieces: [[UInt8]], places: [Int])? {
    canonical.withUnsafeBufferPointer { bytes in
      guard let own = OwnFields(of: bytes) else { return nil }
      let values = own.values.enumerated()
        .compactMap { place, value in value.map { (place: place, value: $0) } }
        .sorted { $0.value.lowerBound < $1.value.lowerBound }
      let starts = [0] + values.map(\.value.upperBound)
      let ends = values.map(\.value.lowerBound) + [bytes.count]
      return (zip(starts, ends).map { Array(bytes[$0..<$1]) }, values.map(\.place))
    }
  }
}

/// The fields of one line that no other has, and all the others as they are written.
private struct OwnFields {
  /// Where the line's own values stand, by place in `ownKeys`.
  var values: [Range<Int>?] = Array(repeating: nil, count: StatementLineReader.ownKeys.count)
  /// Everything else, and which of its own the line has.
  var shared: [UInt8] = []
  private let bytes: UnsafeBufferPointer<UInt8>

  /// Looks through an object as the database writes it, or as its canonical form is; nil for one with
  /// escapes, and for anything that is not expected.
  init?(of bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else { return nil }
    shared.reserveCapacity(bytes.count)
    let end = bytes.count - 1
    var (place, taken) = (1, 1)
    while place < end {
      let key = place
      guard bytes[key] == UInt8(ascii: "\""), let keyEnd = Self.end(ofTextAt: key, bytes),
        let start = Self.start(behind: UInt8(ascii: ":"), at: keyEnd, bytes),
        let valueEnd = Self.end(ofValueAt: start, bytes)
      else { return nil }
      if let own = Self.own(bytes, key + 1..<keyEnd - 1) {
        shared.append(contentsOf: bytes[taken..<key])
        shared.append(UInt8(truncatingIfNeeded: own))
        values[own] = start..<valueEnd
        taken = valueEnd
      }
      if valueEnd == end { break }
      guard let next = Self.start(behind: UInt8(ascii: ","), at: valueEnd, bytes) else {
        return nil
      }
      place = next
    }
    shared.append(contentsOf: bytes[taken...])
  }

  /// Behind a mark and the blank that may follow it.
  private static func start(
    behind mark: UInt8, at place: Int, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    guard place + 2 < bytes.count, bytes[place] == mark else { return nil }
    return bytes[place + 1] == 0x20 ? place + 2 : place + 1
  }

  private static func own(_ bytes: UnsafeBufferPointer<UInt8>, _ key: Range<Int>) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    return StatementLineReader.ownKeyBytes.firstIndex {
      $0.count == key.count && memcmp(start + key.lowerBound, $0, $0.count) == 0
    }
  }

  /// Behind the quotation mark that ends a text.
  private static func end(ofTextAt start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = start + 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): return place + 1
      case UInt8(ascii: "\\"): return nil
      default: place += 1
      }
    }
    return nil
  }

  /// Behind a value of any sort.
  private static func end(ofValueAt start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var (place, depth) = (start, 0)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard let end = end(ofTextAt: place, bytes) else { return nil }
        place = end
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return place > start ? place : nil }
        depth -= 1
        place += 1
      case UInt8(ascii: ",") where depth == 0: return place > start ? place : nil
      case UInt8(ascii: "\\"): return nil
      default: place += 1
      }
    }
    return nil
  }

  /// The line itself, like another but for these; nil if one of them is not what it should be.
  func line(like other: StatementLine) -> StatementLine? {
    var line = other
    guard let key = text(1), let checkIn = CheckIn.ID(key), checkIn.text == key,
      let diner = number(2),
      let hukou = text(3), let idNumber = text(4), let name = text(5), let number = number(6),
      let residence = text(7)
    else { return nil }
    if values[0] != nil {
      guard let age = self.number(0) else { return nil }
      line.age = age
    }
    if values[8] != nil {
      guard let sourceNo = text(8) else { return nil }
      line.sourceNo = sourceNo
    }
    line.checkIn = checkIn
    line.diner = Diner.ID(diner)
    line.hukou = hukou
    line.idNumber = idNumber
    line.name = name
    line.number = number
    line.residence = residence
    return line
  }

  private func text(_ place: Int) -> String? {
    guard let range = values[place], bytes[range.lowerBound] == UInt8(ascii: "\"") else {
      return nil
    }
    let text = UnsafeBufferPointer(rebasing: bytes[range.lowerBound + 1..<range.upperBound - 1])
    return String(decoding: text, as: UTF8.self)
  }

  private func number(_ place: Int) -> Int? {
    guard let range = values[place] else { return nil }
    var number = 0
    for byte in bytes[range] {
      guard (48...57).contains(byte), number < Int.max / 16 else { return nil }
      number = number * 10 + Int(byte - 48)
    }
    return number
  }
}
