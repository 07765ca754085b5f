/// A resident identity number of 18 characters (GB 11643): region, birth date, sequence, check digit.
///
/// Its value is a secret of the person: `description` is masked, and the full text is only in `number`.
public struct ResidentID: Sendable, Hashable, CustomStringConvertible {
  /// The full number; upper-case X.
  public let number: String
  /// The birth date that the number carries; the register keeps its own, with its source.
  public let birthDate: Day
  /// The sex that the number carries (17th digit: odd for men).
  public let sex: Sex

  /// Why a text is not a resident identity number.
  public enum Fault: Error, Sendable, Hashable {
    /// Fifteen digits: the form before 1999, which has no check digit.
    case oldForm
    /// Written by a spreadsheet as a number, such as 5.11E+17: its last digits are lost.
    case spoiltBySpreadsheet
    /// Its last three digits are 000 and the check digit does not fit: a spreadsheet kept it as a
    /// number, of which it keeps 15 digits.
    case tailLost
    /// Not 18 characters; how many there are.
    case length(Int)
    /// A character that is not a digit (or X at the end).
    case character
    /// The eight digits of the birth date are no day.
    case birthDate
    /// The last character does not fit the others.
    case checkDigit

    public var sentence: Sentence {
      switch self {
      case .oldForm:
        Sentence(
          zh: "是15位旧号码，请换成18位号码", en: "is the old form of 15 digits; enter the 18-character number")
      case .spoiltBySpreadsheet:
        Sentence(
          zh: "被表格软件改成了科学计数法，末尾数字已丢失，请按文本重新填写",
          en:
            "was turned into scientific notation by a spreadsheet and lost its last digits; enter it again as text"
        )
      case .tailLost:
        Sentence(
          zh: "末三位被表格软件改成了000（数字格式只保留15位），原号码已丢失，请按文本重新填写",
          en: "lost its last three digits to a spreadsheet, which keeps 15 digits of a number and "
            + "made them 000; enter it again as text")
      case .length(let count):
        Sentence(zh: "应为18位，现为\(count)位", en: "has \(count) characters instead of 18")
      case .character:
        Sentence(zh: "含有不应出现的字符", en: "has a character that does not belong there")
      case .birthDate:
        Sentence(zh: "号码中的出生日期不存在", en: "carries a birth date that does not exist")
      case .checkDigit:
        Sentence(zh: "校验位不符，请核对原件", en: "does not match its check digit; compare it with the card")
      }
    }
  }

  /// Reads a number as people type it: spaces around it, full-width digits and a small x are mended.
  /// - Throws: `Fault`, which says what is wrong without repeating the number.
  public init(_ text: String) throws(Fault) {
    var bytes = Array(text.utf8)
    if !ResidentID.isPlain(bytes) {
      bytes = Array(text.normalisedWidth().trimmedSpaces().uppercased().utf8)
      guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .character }
    }
    try self.init(bytes)
  }

  /// Nothing but 17 digits and a digit or X: no mending is needed.
  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    bytes.count == 18 && bytes.dropLast().allSatisfy(ResidentID.isDigit)
      && (ResidentID.isDigit(bytes[17]) || bytes[17] == UInt8(ascii: "X"))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// - Parameter bytes: in ASCII and upper case.
  private init(_ bytes: [UInt8]) throws(Fault) {
    if ResidentID.isScientific(bytes) { throw .spoiltBySpreadsheet }
    if bytes.count == 15, bytes.allSatisfy(ResidentID.isDigit) { throw .oldForm }
    guard bytes.count == 18 else { throw .length(bytes.count) }
    guard ResidentID.isPlain(bytes) else { throw .character }
    let date = bytes[6..<14].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    guard let birthDate = Day(date / 10000, date / 100 % 100, date % 100), birthDate.year >= 1850
    else { throw .birthDate }
    guard bytes[17] == ResidentID.checkByte(bytes) else {
      throw bytes[15...].allSatisfy { $0 == 0x30 } ? .tailLost : .checkDigit
    }
    number = String(decoding: bytes, as: UTF8.self)
    self.birthDate = birthDate
    sex = bytes[16] % 2 == 1 ? .male : .female
  }

  /// `5.11323E+17`, `5.11E17`.
  private static func isScientific(_ bytes: [UInt8]) -> Bool {
    guard let mark = bytes.lastIndex(of: UInt8(ascii: "E")), mark > 0 else { return false }
    let power = bytes[(mark + 1)...].drop { $0 == UInt8(ascii: "+") }
    return !power.isEmpty && power.allSatisfy(isDigit)
      && bytes[..<mark].allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
  }

  private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  private static let checkBytes = Array("10X98765432".utf8)

  private static func checkByte(_ bytes: [UInt8]) -> UInt8 {
    var sum = 0
    for index in 0..<17 { sum += weights[index] * (Int(bytes[index]) - 0x30) }
    return checkBytes[sum % 11]
  }

  /// The 18th character for the first 17 digits (ISO 7064 MOD 11-2, GB 11643-1999).
  public static func checkCharacter(for digits: [Int]) -> Character {
    let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 }
    return Character(UnicodeScalar(checkBytes[sum % 11]))
  }

  /// Only the last four: `**************0022`. Never print it beside a birth date and a region, which
  /// together rebuild the number.
  public var masked: String { String(repeating: "*", count: 14) + number.suffix(4) }

  public var description: String { masked }
}

/// 性别 as the register has it.
public enum Sex: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case male
  case female

  public var name: Sentence {
    switch self {
    case .male: Sentence(zh: "男", en: "male")
    case .female: Sentence(zh: "女", en: "female")
    }
  }
}
