import CanteenDomain
import Foundation

/// A file's text, with how it was written: read strictly, never with replacement characters.
public struct DecodedText: Sendable {
  /// How the bytes spell the text.
  public enum Encoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "UTF-8"
    case utf8WithMark = "UTF-8 with BOM"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case gb18030 = "GB18030"
  }

  /// The file's name without its folders, for sentences.
  public let fileName: String
  /// How the file was written.
  public let encoding: Encoding
  /// The text as UTF-8 bytes, without the byte-order mark.
  public let utf8: [UInt8]

  /// The text without its byte-order mark.
  public var text: String { String(decoding: utf8, as: UTF8.self) }

  /// Reads the file at `path`.
  /// - Throws: `FileRefusal` for a missing file, a folder, an empty file, a workbook, or bytes that
  ///   are no text.
  public init(contentsOf path: String) throws(FileRefusal) {
    let name = (path as NSString).lastPathComponent
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missing(file: path)
    }
    if isFolder.boolValue { throw .directory(file: path) }
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Foundation.Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(file: path, reason: error.localizedDescription)
    }
    try self.init(bytes: bytes, fileName: name)
  }

  /// Reads bytes that came some other way, such as an upload.
  public init(bytes: [UInt8], fileName: String) throws(FileRefusal) {
    self.fileName = fileName
    if let form = DecodedText.printedForm(bytes) { throw .printed(file: fileName, form: form) }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0])
    {
      throw .spreadsheet(file: fileName)
    }
    if bytes.starts(with: [0xFF, 0xFE]) {
      encoding = .utf16LittleEndian
      utf8 = try UTF16Text.utf8(of: bytes.dropFirst(2), bigEndian: false, fileName: fileName)
    } else if bytes.starts(with: [0xFE, 0xFF]) {
      encoding = .utf16BigEndian
      utf8 = try UTF16Text.utf8(of: bytes.dropFirst(2), bigEndian: true, fileName: fileName)
    } else {
      do {
        (encoding, utf8) = try DecodedText.readUnmarked(bytes, fileName: fileName)
      } catch {
        throw DecodedText.refusal(error, of: fileName)
      }
    }
    let isBlank = utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    if isBlank { throw .empty(file: fileName) }
    if DecodedText.isWebPage(utf8) { throw .webPage(file: fileName) }
    if let zero = utf8.firstIndex(of: 0) {
      let line = DecodedText.line(of: zero, in: utf8)
      throw DecodedText.refusal(
        .notText(file: fileName, line: line, byte: zero + 1), of: fileName)
    }
  }

  /// What is no text under the name of a workbook has lost the beginning of one.
  private static func refusal(_ refusal: FileRefusal, of fileName: String) -> FileRefusal {
    TableFile.isWorkbook(fileName)
      ? .workbook(file: fileName, .corrupt(reason: "Not a zip archive")) : refusal
  }

  /// What a file that shows a table without being one calls itself; nil for any other.
  private static func printedForm(_ bytes: [UInt8]) -> String? {
    let starts: [(form: String, bytes: [UInt8])] = [
      ("PDF", Array("%PDF-".utf8)), ("PNG", [0x89, 0x50, 0x4E, 0x47]),
      ("JPEG", [0xFF, 0xD8, 0xFF]),
    ]
    return starts.first { bytes.starts(with: $0.bytes) }?.form
  }

  /// Whether the text begins as HTML or XML does.
  private static func isWebPage(_ utf8: [UInt8]) -> Bool {
    let start = String(decoding: utf8.prefix(200), as: UTF8.self).trimmedSpaces().lowercased()
    return ["<html", "<table", "<!doctype", "<?xml", "<meta", "<style"].contains {
      start.hasPrefix($0)
    }
  }

  private static func readUnmarked(
    _ bytes: [UInt8], fileName: String
  ) throws(FileRefusal) -> (Encoding, [UInt8]) {
    let marked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    guard let fault = UTF8Check.firstFault(in: bytes) else {
      return marked ? (.utf8WithMark, Array(bytes.dropFirst(3))) : (.utf8, bytes)
    }
    if let zero = bytes.prefix(4096).firstIndex(of: 0) {
      throw .notText(file: fileName, line: line(of: zero, in: bytes), byte: zero + 1)
    }
    // GB18030 gives some reading to nearly any bytes. A file that is UTF-8 up to a spoilt place
    // must not be read as nonsense, so text that has begun as UTF-8 stays UTF-8.
    if !marked, fault.wideCharactersBefore < 3 {
      switch GB18030.utf8(of: bytes) {
      case .success(let text): return (.gb18030, text)
      case .failure(let wrong):
        let offset = max(wrong.offset, fault.offset)
        throw .encoding(file: fileName, line: line(of: offset, in: bytes), byte: offset + 1)
      }
    }
    throw .encoding(
      file: fileName, line: line(of: fault.offset, in: bytes), byte: fault.offset + 1)
  }

  /// The line, from 1, in which a byte stands.
  static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    var line = 1
    var previous: UInt8 = 0
    for byte in bytes.prefix(offset) {
      if byte == 0x0D || (byte == 0x0A && previous != 0x0D) { line += 1 }
      previous = byte
    }
    return line
  }
}
