/// A number of any precision as its decimal text, exactly as the server prints it ("12.50").
public struct PostgresNumeric: Hashable, Sendable, Codable, PostgresEncodable, PostgresDecodable {
  public var text: String

  /// Takes the text as it is; digits, one point and a sign, or `NaN`, are what can be sent.
  public init(text: String) { self.text = text }

  public static var postgresType: PostgresType { .numeric }

  /// Writes the server's binary form: digits to the base 10,000 around the decimal point.
  public func encode(into parameter: inout PostgresParameter) throws {
    if text == "NaN" {
      for part: UInt16 in [0, 0, 0xC000, 0] { parameter.appendBigEndian(part) }
      return
    }
    var digits = text[...].utf8
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), digits.count > parts.count - 1,
      parts.allSatisfy({ $0.allSatisfy { (48...57).contains($0) } }),
      parts[0].count <= 131_072, parts.count == 1 || parts[1].count <= 16_383
    else { throw UnsendableValue("not a decimal number") }
    let whole = Array(parts[0])
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    var groups = Self.groups(of: [UInt8](repeating: 48, count: (4 - whole.count % 4) % 4) + whole)
    var weight = groups.count - 1
    groups += Self.groups(
      of: fraction + [UInt8](repeating: 48, count: (4 - fraction.count % 4) % 4))
    while groups.first == 0 {
      groups.removeFirst()
      weight -= 1
    }
    while groups.last == 0 { groups.removeLast() }
    parameter.appendBigEndian(UInt16(groups.count))
    parameter.appendBigEndian(Int16(groups.isEmpty ? 0 : weight))
    parameter.appendBigEndian(UInt16(isNegative && !groups.isEmpty ? 0x4000 : 0))
    parameter.appendBigEndian(UInt16(fraction.count))
    for group in groups { parameter.appendBigEndian(group) }
  }

  private static func groups(of digits: [UInt8]) -> [UInt16] {
    stride(from: 0, to: digits.count, by: 4).map { start in
      digits[start..<start + 4].reduce(0) { $0 * 10 + UInt16($1 - 48) }
    }
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    let bytes = try cell.present(PostgresNumeric.self)
    guard cell.type == TypeID.numeric else { throw cell.mismatch(wanted: PostgresNumeric.self) }
    guard cell.isBinary else {
      text = String(decoding: bytes, as: UTF8.self)
      return
    }
    guard bytes.count >= 8, let text = Self.text(ofBinary: bytes) else {
      throw cell.mismatch(wanted: PostgresNumeric.self)
    }
    self.text = text
  }

  private static func text(ofBinary bytes: UnsafeRawBufferPointer) -> String? {
    let count = Int(bytes.bigEndian(UInt16.self))
    let weight = Int(bytes.bigEndian(Int16.self, at: 2))
    let sign = bytes.bigEndian(UInt16.self, at: 4)
    let scale = Int(bytes.bigEndian(UInt16.self, at: 6))
    switch sign {
    case 0xC000: return "NaN"
    case 0xD000: return "Infinity"
    case 0xF000: return "-Infinity"
    default: break
    }
    guard bytes.count == 8 + 2 * count else { return nil }
    func group(_ index: Int) -> String {
      guard (0..<count).contains(index) else { return "0000" }
      let digits = String(bytes.bigEndian(UInt16.self, at: 8 + 2 * index))
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    var whole = weight < 0 ? "0" : (0...weight).map(group).joined()
    whole = String(whole.drop { $0 == "0" })
    var text = (sign == 0x4000 ? "-" : "") + (whole.isEmpty ? "0" : whole)
    if scale > 0 {
      // Groups between the point and the first stored one are zeros.
      let fraction = (0..<(scale + 3) / 4).map { group(weight + 1 + $0) }.joined()
      text += "." + fraction.prefix(scale)
    }
    return text
  }
}
