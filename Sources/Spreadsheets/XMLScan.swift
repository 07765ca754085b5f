import CExpat

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The name of an element or an attribute as expat hands it over, without a prefix such as `x:`.
struct XMLName {
  private let start: UnsafePointer<CChar>

  init(_ name: UnsafePointer<CChar>) {
    start = strchr(name, 0x3A).map { UnsafePointer($0) + 1 } ?? name
  }

  /// Compares with a name of ASCII letters.
  static func ~= (name: StaticString, found: XMLName) -> Bool {
    strcmp(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), found.start) == 0
  }
}

/// The attributes of an element, valid only while it is being reported.
struct XMLAttributes {
  private let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?

  init(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>?) { self.pairs = pairs }

  /// The value of an attribute, by its name without prefix.
  func bytes(_ name: StaticString) -> UnsafePointer<CChar>? {
    guard let pairs else { return nil }
    var index = 0
    while let key = pairs[index] {
      if name ~= XMLName(key) { return pairs[index + 1] }
      index += 2
    }
    return nil
  }

  subscript(_ name: StaticString) -> String? { bytes(name).map { String(cString: $0) } }

  /// A number of at most nine digits.
  func integer(_ name: StaticString) -> Int? { self[name].flatMap { Int32($0) }.map(Int.init) }
}

/// What is told of an XML document as it streams past.
protocol XMLHandler: AnyObject {
  func start(_ name: XMLName, _ attributes: XMLAttributes)
  func text(_ bytes: UnsafeBufferPointer<UInt8>)
  func end(_ name: XMLName)
  /// Set by the handler to end the scan: it has seen enough, or too much.
  var isDone: Bool { get }
}

/// Streams one part of a workbook through expat.
///
/// A document type declaration is refused: no spreadsheet writes one, and entities that multiply or
/// point to other files need one.
final class XMLScan {
  private let parser: XML_Parser
  private let handler: any XMLHandler
  private var hasDocumentType = false

  private init(_ handler: any XMLHandler, _ parser: XML_Parser) {
    self.handler = handler
    self.parser = parser
  }

  /// Reads the part to its end, or until the handler is done.
  static func run(
    _ part: String, of archive: ZipArchive, _ handler: any XMLHandler
  ) throws(WorkbookFault) {
    guard let parser = XML_ParserCreate(nil) else { throw .tooLarge(limit: "memory") }
    defer { XML_ParserFree(parser) }
    let scan = XMLScan(handler, parser)
    XML_SetUserData(parser, Unmanaged.passUnretained(scan).toOpaque())
    scan.listen()
    try archive.read(part) { bytes throws(WorkbookFault) in
      bytes.withMemoryRebound(to: CChar.self) {
        _ = XML_Parse(parser, $0.baseAddress, Int32($0.count), 0)
      }
      return try scan.goesOn(part)
    }
    guard !handler.isDone else { return }
    _ = XML_Parse(parser, nil, 0, 1)
    _ = try scan.goesOn(part)
  }

  private func listen() {
    XML_SetElementHandler(
      parser,
      { user, name, attributes in
        guard let user, let name else { return }
        let scan = Unmanaged<XMLScan>.fromOpaque(user).takeUnretainedValue()
        scan.handler.start(XMLName(name), XMLAttributes(attributes))
        scan.stopIfDone()
      },
      { user, name in
        guard let user, let name else { return }
        let scan = Unmanaged<XMLScan>.fromOpaque(user).takeUnretainedValue()
        scan.handler.end(XMLName(name))
        scan.stopIfDone()
      })
    XML_SetCharacterDataHandler(parser) { user, text, count in
      guard let user, let text else { return }
      let scan = Unmanaged<XMLScan>.fromOpaque(user).takeUnretainedValue()
      text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
        scan.handler.text(UnsafeBufferPointer(start: $0, count: Int(count)))
      }
    }
    XML_SetStartDoctypeDeclHandler(parser) { user, _, _, _, _ in
      guard let user else { return }
      let scan = Unmanaged<XMLScan>.fromOpaque(user).takeUnretainedValue()
      scan.hasDocumentType = true
      XML_StopParser(scan.parser, UInt8(XML_FALSE))
    }
  }

  private func stopIfDone() {
    if handler.isDone { XML_StopParser(parser, UInt8(XML_FALSE)) }
  }

  /// Whether to feed more; throws what went wrong.
  private func goesOn(_ part: String) throws(WorkbookFault) -> Bool {
    if hasDocumentType { throw .documentType(part: part) }
    if handler.isDone { return false }
    let code = XML_GetErrorCode(parser)
    guard code != XML_ERROR_NONE else { return true }
    let line = XML_GetCurrentLineNumber(parser)
    let reason = XML_ErrorString(code).map { String(cString: $0) } ?? "\(code)"
    throw .corrupt(reason: "\(part), line \(line): \(reason)")
  }
}
