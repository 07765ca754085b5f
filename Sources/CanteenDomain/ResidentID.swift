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
      case .length(let count):
        Sentence(zh: "应为18位，现为\(count)位", en: "has \(count) characters instead of 18")
      case .character:
        Sentence(zh: "含有不应出现的字符", en: "has a character that does not belong there")
      case .birthDate:
        Sentence(zh: "中的出生日期不存在", en: "carries a birth date that does not exist")
      case .checkDigit:
        Sentence(zh: "校验位不符，请核对原件", en: "does not match its check digit; compare it with the card")
      }
    }
  }

  /// Reads a number as people type it: spaces around it, full-width digits and a small x are mended.
  /// - Throws: `Fault`, which says what is wrong without repeating the number.
  public init(_ text: String) throws(Fault) {
    let plain = text.normalisedWidth().trimmedSpaces().uppercased()
    if plain.contains("E+") { throw .spoiltBySpreadsheet }
    let characters = Array(plain)
    if characters.count == 15, characters.allSatisfy(\.isASCIIDigit) { throw .oldForm }
    guard characters.count == 18 else { throw .length(characters.count) }
    let digits = characters.dropLast().compactMap { $0.isASCIIDigit ? $0.wholeNumberValue : nil }
    guard digits.count == 17, characters[17].isASCIIDigit || characters[17] == "X" else {
      throw .character
    }
    let date = digits[6..<14].reduce(0) { $0 * 10 + $1 }
    guard let birthDate = Day(date / 10000, date / 100 % 100, date % 100), birthDate.year >= 1850
    else { throw .birthDate }
    guard characters[17] == ResidentID.checkCharacter(for: digits) else { throw .checkDigit }
    number = plain
    self.birthDate = birthDate
    sex = digits[16] % 2 == 1 ? .male : .female
  }

  /// The 18th character for the first 17 digits (ISO 7064 MOD 11-2, GB 11643-1999).
  public static func checkCharacter(for digits: [Int]) -> Character {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 }
    return Array("10X98765432")[sum % 11]
  }

  /// Only the last four: `**************0022`. Never print it beside a birth date and a region, which
  /// together rebuild the number.
  public var masked: String { String(repeating: "*", count: 14) + number.suffix(4) }

  public var description: String { masked }
}

/// 性别 as the register has it.
public enum Sex: String, Sendable, Hashable, Codable, CaseIterable {
  case male
  case female

  public var name: Sentence {
    switch self {
    case .male: Sentence(zh: "男", en: "male")
    case .female: Sentence(zh: "女", en: "female")
    }
  }
}
