#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Finds the first place where bytes are not UTF-8.
enum UTF8Check {
  struct Fault {
    let offset: Int
    /// How many characters of three or more bytes (Chinese ones) were read before it.
    let wideCharactersBefore: Int
  }

  /// Nil if the bytes are UTF-8 throughout.
  static func firstFault(in bytes: [UInt8]) -> Fault? {
    // The library's own check is far quicker than a loop in a debug build, and says only yes or no.
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    var decoder = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    var wide = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let encoded):
        offset += encoded.count
        if encoded.count >= 3 { wide += 1 }
      case .error, .emptyInput:
        return Fault(offset: offset, wideCharactersBefore: wide)
      }
    }
  }
}

/// GB18030, the national encoding in which Chinese spreadsheets save "CSV": read by the C library.
enum GB18030 {
  struct Fault: Error {
    /// Where the first bytes stand that spell no character.
    let offset: Int
  }

  /// The same text in UTF-8.
  static func utf8(of bytes: [UInt8]) -> Result<[UInt8], Fault> {
    let converter = iconv_open("UTF-8", "GB18030")
    // iconv_open(3) answers (iconv_t)-1 if it does not know the encodings.
    guard let converter, converter != iconv_t(bitPattern: -1) else {
      return .failure(Fault(offset: 0))
    }
    defer { iconv_close(converter) }
    var source = bytes.map { CChar(bitPattern: $0) }
    // Two bytes become three at most, and four become four.
    var target = [CChar](repeating: 0, count: bytes.count * 3 / 2 + 4)
    var sourceLeft = source.count
    var targetLeft = target.count
    let sourceCount = source.count
    let targetCount = target.count
    let done = source.withUnsafeMutableBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(converter, &from, &sourceLeft, &to, &targetLeft)
      }
    }
    guard done != -1 else { return .failure(Fault(offset: sourceCount - sourceLeft)) }
    return .success(target[..<(targetCount - targetLeft)].map { UInt8(bitPattern: $0) })
  }
}

/// UTF-16 after its byte-order mark, as "Unicode text" of older spreadsheets.
enum UTF16Text {
  static func utf8(
    of bytes: ArraySlice<UInt8>, bigEndian: Bool, fileName: String
  ) throws(FileRefusal) -> [UInt8] {
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = bytes.startIndex
    while index + 1 < bytes.endIndex {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(bigEndian ? first << 8 | second : second << 8 | first)
      index += 2
    }
    let faultyUnit = bytes.count % 2 == 0 ? firstFault(in: units) : units.count
    if let faultyUnit {
      let line = 1 + units[..<faultyUnit].count { $0 == 0x0A }
      throw .encoding(file: fileName, line: line, byte: 2 + faultyUnit * 2 + 1)
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// The first surrogate without its partner.
  private static func firstFault(in units: [UInt16]) -> Int? {
    if String(validating: units, as: UTF16.self) != nil { return nil }
    var parser = Unicode.UTF16.ForwardParser()
    var iterator = units.makeIterator()
    var offset = 0
    while case .valid(let encoded) = parser.parseScalar(from: &iterator) { offset += encoded.count }
    return offset
  }
}
