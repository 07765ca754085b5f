/// Which files of the archive are what: `_rels/.rels` and the workbook's own relations.
final class RelationParts: XMLHandler {
  /// The target by its id, and by the last word of its type (`sharedStrings`).
  private(set) var byID: [String: String] = [:]
  private(set) var byType: [String: String] = [:]
  private let folder: String
  let isDone = false

  /// - Parameter folder: where the relations' owner lies; targets are relative to it.
  init(folder: String) { self.folder = folder }

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    guard case "Relationship" = name, let target = attributes["Target"] else { return }
    let path = resolved(target)
    if let id = attributes["Id"] { byID[id] = path }
    if let type = attributes["Type"]?.split(separator: "/").last { byType[String(type)] = path }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
  func end(_ name: XMLName) {}

  private func resolved(_ target: String) -> String {
    if target.hasPrefix("/") { return String(target.dropFirst()) }
    var parts = folder.split(separator: "/")
    for step in target.split(separator: "/") {
      if step == ".." { _ = parts.popLast() } else if step != "." { parts.append(step) }
    }
    return parts.joined(separator: "/")
  }
}

/// The workbook's list of sheets and its calendar.
final class SheetList: XMLHandler {
  private(set) var sheets: [(name: String, relation: String, isHidden: Bool)] = []
  private(set) var startsIn1904 = false
  let isDone = false

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "workbookPr":
      startsIn1904 = attributes["date1904"].map { $0 == "1" || $0 == "true" } ?? false
    case "sheet":
      guard let relation = attributes["id"] else { return }
      sheets.append(
        (
          name: attributes["name"] ?? "", relation: relation,
          isHidden: attributes["state"].map { $0 != "visible" } ?? false
        ))
    default: return
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
  func end(_ name: XMLName) {}
}

/// The texts that cells refer to by number; rich text joined, readings (furigana) left out.
final class SharedStrings: XMLHandler {
  private(set) var texts: [String] = []
  private var buffer: [UInt8] = []
  private var isInText = false
  private var readingDepth = 0
  private var bytes = 0
  /// Whether there is more text than is kept.
  private(set) var isTooLarge = false
  var isDone: Bool { isTooLarge }

  static let bytesMax = 400_000_000

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "si": buffer.removeAll(keepingCapacity: true)
    case "t": isInText = readingDepth == 0
    case "rPh": readingDepth += 1
    default: return
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard isInText else { return }
    self.bytes += bytes.count
    if self.bytes > SharedStrings.bytesMax { isTooLarge = true } else { buffer += bytes }
  }

  func end(_ name: XMLName) {
    switch name {
    case "si":
      texts.append(CellText.text(buffer))
      bytes += 16
    case "t": isInText = false
    case "rPh": readingDepth -= 1
    default: return
    }
  }
}

/// How the number formats of cell styles show a number, and which styles cross their cells out.
final class CellStyles: XMLHandler {
  /// What a style makes of a number.
  enum Form: Sendable, Hashable {
    case plain
    case date
    /// Shown with so many digits, zeros in front: the format `000000`.
    case zeroPadded(Int)
  }

  private var formats: [Int: Form] = [:]
  private var isInCellFormats = false
  private(set) var forms: [Form] = []
  /// The styles, by their place in `forms`, whose font is struck through.
  private(set) var struck: Set<Int> = []
  /// Whether each font is struck through; those of conditional formats are not among them.
  private var fonts: [Bool] = []
  private var isInFonts = false
  let isDone = false

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      if let id = attributes.integer("numFmtId"), let code = attributes["formatCode"] {
        formats[id] = CellStyles.form(ofCode: code)
      }
    case "fonts": isInFonts = true
    case "font" where isInFonts: fonts.append(false)
    case "strike" where isInFonts && !fonts.isEmpty:
      fonts[fonts.count - 1] = attributes["val"].map { $0 == "1" || $0 == "true" } ?? true
    case "cellXfs": isInCellFormats = true
    case "xf" where isInCellFormats:
      if let font = attributes.integer("fontId"), fonts.indices.contains(font), fonts[font] {
        struck.insert(forms.count)
      }
      let id = attributes.integer("numFmtId") ?? 0
      forms.append(formats[id] ?? (CellStyles.dateFormats.contains(id) ? .date : .plain))
    default: return
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
  func end(_ name: XMLName) {
    switch name {
    case "cellXfs": isInCellFormats = false
    case "fonts": isInFonts = false
    default: return
    }
  }

  /// The built-in formats of dates and times, the Chinese ones included (ECMA-376 18.8.30).
  private static let dateFormats = Set([14...22, 27...36, 45...47, 50...58].joined())

  /// A format is a date's if year, month, day, hour or second stand in it outside of quoted text,
  /// colours and escapes.
  static func form(ofCode code: String) -> Form {
    var plain = ""
    var characters = code.makeIterator()
    while let character = characters.next() {
      switch character {
      case "\"": while let next = characters.next(), next != "\"" {}
      case "\\", "_", "*": _ = characters.next()
      case "[":
        var inside = ""
        while let next = characters.next(), next != "]" { inside.append(next) }
        // Elapsed time such as [h]:mm; a colour or a locale otherwise.
        if ["h", "hh", "m", "mm", "s", "ss"].contains(inside.lowercased()) { return .date }
      default: plain.append(character)
      }
    }
    let lower = plain.lowercased()
    if !lower.hasPrefix("general"), lower.contains(where: { "ymdhs年月日".contains($0) }) {
      return .date
    }
    if plain.count > 1, plain.allSatisfy({ $0 == "0" }) { return .zeroPadded(plain.count) }
    return .plain
  }
}
