import CanteenDomain

/// A column that a reader asks for, under any of its names; the first is the one used in code and
/// in sentences.
public struct Column: Sendable, Hashable {
  /// Never empty; the first is `name`.
  public let names: [String]
  /// Whether a file without it is refused.
  public let isRequired: Bool

  /// The name used in code and in sentences.
  public var name: String { names[0] }

  /// - Parameter names: the name used in code first, then its aliases.
  public init(names: [String], required: Bool = false) {
    precondition(!names.isEmpty, "a column has a name")
    self.names = names
    self.isRequired = required
  }

  /// The same with the names one after another.
  public init(_ names: String..., required: Bool = false) {
    self.init(names: names, required: required)
  }

  /// The form in which names are compared: width, blanks, case, marks of obligation and a unit in
  /// brackets do not matter: ` 餐费（元）* ` is `餐费`.
  static func key(_ name: String) -> String {
    let plain = name.normalisedWidth().lowercased().unicodeScalars.filter {
      !$0.properties.isWhitespace && $0 != "\u{FEFF}" && $0 != "\u{200B}" && $0 != "*" && $0 != ":"
    }
    var text = String(String.UnicodeScalarView(plain))
    if text.hasSuffix(")"), let open = text.firstIndex(of: "("), open > text.startIndex {
      text = String(text[..<open])
    }
    return text
  }
}

/// Where a cell stands, for sentences: `名册.csv 第 12 行「身份证号」`.
public struct CellAddress: Sendable, Hashable {
  /// The file's name without its folders.
  public let file: String
  /// From 1, counting every line of the file, blank ones too; the first line of the row.
  public let line: Int
  /// Nil for a whole row.
  public let column: String?

  /// A place in a file; without a column, a whole row.
  public init(file: String, line: Int, column: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The message for people.
  public var sentence: Sentence {
    Sentence(
      zh: "\(file) 第 \(line) 行" + (column.map { "「\($0)」" } ?? ""),
      en: "\(file), line \(line)" + (column.map { ", column “\($0)”" } ?? ""))
  }
}

/// What is wrong with one cell or one row; other rows are unaffected.
public struct RowFault: Sendable, Hashable {
  /// Where it is wrong.
  public let address: CellAddress
  /// What is wrong, without where.
  public let reason: Sentence

  /// What is wrong, and where.
  public init(address: CellAddress, reason: Sentence) {
    self.address = address
    self.reason = reason
  }

  /// Where and what: `名册.csv 第 12 行「身份证号」：校验位不符，请核对原件`.
  public var sentence: Sentence {
    Sentence(
      zh: "\(address.sentence.zh)：\(reason.zh)", en: "\(address.sentence.en): \(reason.en)")
  }
}
