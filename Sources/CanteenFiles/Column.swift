import CanteenDomain

/// A column that a reader asks for, under any of its names; the first is the one used in code and
/// in sentences.
public struct Column: Sendable, Hashable {
  /// Never empty; the first is `name`.
  public let names: [String]
  /// Whether a file without it is refused.
  public let isRequired: Bool
  /// Whether several columns of a file may have this meaning, as two columns of phone numbers do;
  /// their cells are then read as one list.
  public let mayRepeat: Bool
  /// Whether several columns that claim this meaning refuse the file, which may do without any: of two
  /// canteens beside a meal nobody knows which is meant.
  public let isUnique: Bool

  /// The name used in code and in sentences.
  public var name: String { names[0] }

  /// - Parameter names: the name used in code first, then its aliases.
  public init(
    names: [String], required: Bool = false, mayRepeat: Bool = false, unique: Bool = false
  ) {
    precondition(!names.isEmpty, "a column has a name")
    self.names = names
    self.isRequired = required
    self.mayRepeat = mayRepeat
    self.isUnique = unique || required
  }

  /// The same with the names one after another.
  public init(
    _ names: String..., required: Bool = false, mayRepeat: Bool = false, unique: Bool = false
  ) {
    self.init(names: names, required: required, mayRepeat: mayRepeat, unique: unique)
  }

  /// The form in which names are compared: width, blanks, line breaks, case and marks do not
  /// matter, nor do remarks in brackets such as `（必填）` or `（元）`: ` 餐费（元）* ` is `餐费`.
  ///
  /// Brackets that say whose a thing is stay: `联系电话（家属）` is not the person's own phone.
  static func key(_ name: String) -> String {
    var result = String.UnicodeScalarView()
    var inside = String.UnicodeScalarView()
    var dropped = String.UnicodeScalarView()
    var depth = 0
    for scalar in name.normalisedWidth().lowercased().unicodeScalars {
      switch scalar {
      case "(", "[", "【", "〔", "〖": depth += 1
      case ")", "]", "】", "〕", "〗":
        depth = max(0, depth - 1)
        if depth == 0 {
          if Column.saysWhose(String(inside)) { result += inside } else { dropped += inside }
          inside = .init()
        }
      case _ where Column.isMark(scalar): continue
      case _ where depth > 0: inside.append(scalar)
      default: result.append(scalar)
      }
    }
    // A name that stands in brackets as a whole is a name.
    return String(result.isEmpty ? dropped : result)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "*", ":", "★", "※", "●", "\"", "'", "_": true
    case _ where scalar.value < 0x80: scalar.value <= 0x20
    case "\u{FEFF}", "\u{AD}": true
    default: scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
    }
  }

  private static func saysWhose(_ text: String) -> Bool {
    ["家属", "家人", "子女", "监护", "紧急", "联系人", "代领", "亲属", "配偶"].contains { text.contains($0) }
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
  /// The machine's word for it, where a rule of the canteen gave it one; nil for what is wrong with a
  /// cell by itself.
  public let code: String?

  /// What is wrong, and where.
  public init(address: CellAddress, reason: Sentence, code: String? = nil) {
    self.address = address
    self.reason = reason
    self.code = code
  }

  /// Where and what: `名册.csv 第 12 行「身份证号」：校验位不符，请核对原件`.
  public var sentence: Sentence {
    Sentence(
      zh: "\(address.sentence.zh)：\(reason.zh)", en: "\(address.sentence.en): \(reason.en)")
  }
}
