/// The character between cells.
enum Delimiter {
  /// The one of comma, semicolon and tab that stands most often in the first ten lines' best line.
  static func detect(in bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    let candidates: [UInt8] = [0x2C, 0x3B, 0x09]
    var best: (delimiter: UInt8, count: Int) = (0x2C, 0)
    var counts = [0, 0, 0]
    var lines = 0
    var inQuotes = false
    for byte in bytes {
      if byte == RecordScanner.quote { inQuotes.toggle() }
      if !inQuotes, let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
      guard byte == 0x0A || byte == 0x0D else { continue }
      for (index, count) in counts.enumerated() where count > best.count {
        best = (candidates[index], count)
      }
      counts = [0, 0, 0]
      lines += 1
      if lines >= 20 { return best.delimiter }
    }
    for (index, count) in counts.enumerated() where count > best.count {
      best = (candidates[index], count)
    }
    return best.delimiter
  }
}
