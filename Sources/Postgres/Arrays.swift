extension Array: PostgresDecodable where Element: PostgresDecodable {
  public init(postgres cell: borrowing PostgresCell) throws {
    self = try Element.decodeArray(postgres: cell)
  }
}

extension PostgresDecodable {
  /// Reads a one-dimensional array; arrays of arrays are refused.
  public static func decodeArray(postgres cell: borrowing PostgresCell) throws -> [Self] {
    let bytes = try cell.present([Self].self)
    guard let element = TypeID.element(of: cell.type) else {
      throw cell.mismatch(wanted: [Self].self)
    }
    var array: [Self] = []
    if cell.isBinary {
      try array.readBinary(bytes, of: element, in: cell)
    } else {
      try array.readText(bytes, of: element, in: cell)
    }
    return array
  }
}

/// Numbers of one byte: alone a small integer, together the bytes of a `bytea`.
extension UInt8: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .int2 }
  public static var postgresArrayType: PostgresType { .bytea }

  public func encode(into parameter: inout PostgresParameter) throws {
    parameter.appendBigEndian(Int16(self))
  }

  public static func encode(array: [UInt8], into parameter: inout PostgresParameter) throws {
    parameter.bytes.append(contentsOf: array)
  }

  public static func decodeArray(postgres cell: borrowing PostgresCell) throws -> [UInt8] {
    try PostgresBytes(postgres: cell).bytes
  }
}

extension Array where Element: PostgresDecodable {
  private mutating func append(
    _ bytes: UnsafeRawBufferPointer?, of type: UInt32, in cell: borrowing PostgresCell
  ) throws {
    let element = PostgresCell(
      bytes: bytes, type: type, isBinary: cell.isBinary, column: cell.column, shape: cell.shape)
    append(try Element(postgres: element))
  }

  /// The form that `array_send` writes: dimensions, a flag for nulls, the element type, a size
  /// and a lower bound for each dimension, then a length before each element.
  fileprivate mutating func readBinary(
    _ bytes: UnsafeRawBufferPointer, of type: UInt32, in cell: borrowing PostgresCell
  ) throws {
    guard bytes.count >= 12 else { throw cell.mismatch(wanted: Self.self) }
    let dimensions = bytes.bigEndian(Int32.self)
    guard dimensions != 0 else { return }
    guard dimensions == 1, bytes.count >= 20 else {
      throw cell.mismatch(wanted: Self.self, because: "an array of arrays")
    }
    let size = Int(bytes.bigEndian(Int32.self, at: 12))
    reserveCapacity(size)
    var position = 20
    for _ in 0..<size {
      guard position + 4 <= bytes.count else { throw cell.mismatch(wanted: Self.self) }
      let length = Int(bytes.bigEndian(Int32.self, at: position))
      position += 4
      guard length >= 0 else {
        try append(nil, of: type, in: cell)
        continue
      }
      guard position + length <= bytes.count else { throw cell.mismatch(wanted: Self.self) }
      let slice = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
      try append(slice, of: type, in: cell)
      position += length
    }
  }

  /// The form `{1,NULL,"a \"b\""}`; an array whose lower bound is not 1 is refused.
  fileprivate mutating func readText(
    _ bytes: UnsafeRawBufferPointer, of type: UInt32, in cell: borrowing PostgresCell
  ) throws {
    guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else {
      throw cell.mismatch(wanted: Self.self, because: "an array with bounds of its own")
    }
    var position = 1
    let end = bytes.count - 1
    var item: [UInt8] = []
    while position < end {
      item.removeAll(keepingCapacity: true)
      var isQuoted = false
      var isInside = false
      reading: while position < end {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\\"):
          guard position < end else { throw cell.mismatch(wanted: Self.self) }
          item.append(bytes[position])
          position += 1
        case UInt8(ascii: "\""):
          isQuoted = true
          isInside.toggle()
        case UInt8(ascii: ",") where !isInside: break reading
        case UInt8(ascii: "{") where !isInside:
          throw cell.mismatch(wanted: Self.self, because: "an array of arrays")
        default: item.append(byte)
        }
      }
      if !isQuoted, item.elementsEqual("NULL".utf8) {
        try append(nil, of: type, in: cell)
      } else {
        try item.withUnsafeBytes { try append($0, of: type, in: cell) }
      }
    }
  }
}
