import CQREncode

/// A QR symbol: its dark modules, through libqrencode.
struct QRSymbol {
  /// Modules a side, without the quiet zone.
  let width: Int
  private let dark: [Bool]

  /// Of level M, which survives a scratched card; nil if the text does not fit a symbol.
  init?(_ text: String) {
    guard !text.isEmpty, let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else {
      return nil
    }
    defer { QRcode_free(code) }
    let side = Int(code.pointee.width)
    width = side
    // The lowest bit of a module's byte is its colour.
    dark = (0..<(side * side)).map { code.pointee.data[$0] & 1 == 1 }
  }

  /// A path in units of modules: one rectangle for each run of dark modules of a row.
  var path: String {
    var path = ""
    for row in 0..<width {
      var column = 0
      while column < width {
        guard dark[row * width + column] else {
          column += 1
          continue
        }
        let start = column
        while column < width, dark[row * width + column] { column += 1 }
        path += "M\(start) \(row)h\(column - start)v1h-\(column - start)z"
      }
    }
    return path
  }
}
