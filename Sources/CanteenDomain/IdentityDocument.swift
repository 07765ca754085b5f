/// 证件: what a person proves his identity with, and its number.
///
/// The number is a secret of the person: `description` is masked, and the full text is only in
/// `number`.
public struct IdentityDocument: Sendable, Hashable, CustomStringConvertible {
  /// 证件类型.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// 居民身份证
    case residentID = "resident_id"
    /// 港澳台居民居住证: 18 digits that begin with 81, 82 or 83, built as a resident ID.
    case hmtResidence = "hmt_residence"
    /// 外国人永久居留身份证 in its form of 2023: 18 digits that begin with 9.
    case foreignResidence = "foreign_residence"
    /// 护照
    case passport
    /// 港澳居民来往内地通行证 (回乡证)
    case hkMacaoPermit = "hk_macao_permit"
    /// 台湾居民来往大陆通行证 (台胞证)
    case taiwanPermit = "taiwan_permit"
    /// 无证件: the person is known by name, birth date and phone.
    case none

    /// The name for people.
    public var name: Sentence {
      switch self {
      case .residentID: Sentence(zh: "居民身份证", en: "resident ID")
      case .hmtResidence: Sentence(zh: "港澳台居民居住证", en: "residence permit (HK, Macao, Taiwan)")
      case .foreignResidence: Sentence(zh: "外国人永久居留身份证", en: "foreign permanent resident ID")
      case .passport: Sentence(zh: "护照", en: "passport")
      case .hkMacaoPermit: Sentence(zh: "港澳居民来往内地通行证", en: "mainland permit (HK, Macao)")
      case .taiwanPermit: Sentence(zh: "台湾居民来往大陆通行证", en: "mainland permit (Taiwan)")
      case .none: Sentence(zh: "无证件", en: "no document")
      }
    }

    /// Whether its numbers are built as GB 11643 has it: 18 characters with birth date, sex and
    /// check digit.
    public var isEighteenDigits: Bool {
      switch self {
      case .residentID, .hmtResidence, .foreignResidence: true
      case .passport, .hkMacaoPermit, .taiwanPermit, .none: false
      }
    }
  }

  /// What it is.
  public let kind: Kind
  /// The full number in upper case; nil only for `Kind.none`.
  public let number: String?
  /// The number's parts where it is built as GB 11643 has it.
  public let residentID: ResidentID?

  /// A document whose number is built as a resident ID; its first digits tell the kind.
  public init(_ number: ResidentID) {
    kind =
      switch number.number.utf8.first {
      case UInt8(ascii: "8"): .hmtResidence
      case UInt8(ascii: "9"): .foreignResidence
      default: .residentID
      }
    self.number = number.number
    residentID = number
  }

  /// Another document with its number; nil if the number has not the form that the kind has.
  ///
  /// Numbers of 18 digits are made through `ResidentID`, which says what is wrong with them.
  public init?(_ kind: Kind, number text: String) {
    let plain = text.normalisedWidth().uppercased()
    guard kind.accepts(Array(plain.utf8)) else { return nil }
    self.kind = kind
    number = plain
    residentID = nil
  }

  /// Nobody's document: the person has none.
  public static let none = IdentityDocument()

  private init() {
    kind = .none
    number = nil
    residentID = nil
  }

  /// Only the last four: never print it beside a birth date and a region.
  public var masked: String {
    guard let number else { return "" }
    return String(repeating: "*", count: max(0, number.count - 4)) + number.suffix(4)
  }

  public var description: String { masked }
}

extension IdentityDocument.Kind {
  /// Whether a number in upper case has the form of the kind (出入境管理局, forms in use).
  fileprivate func accepts(_ number: [UInt8]) -> Bool {
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    let isLetter: (UInt8) -> Bool = { (0x41...0x5A).contains($0) }
    switch self {
    case .residentID, .hmtResidence, .foreignResidence, .none: return false
    case .passport:
      // Other states number their passports in their own ways; all keep to six to twelve.
      return (6...12).contains(number.count) && number.allSatisfy { isDigit($0) || isLetter($0) }
        && number.contains(where: isDigit)
    case .hkMacaoPermit:
      return (number.first == 0x48 || number.first == 0x4D)
        && (number.count == 9 || number.count == 11) && number.dropFirst().allSatisfy(isDigit)
    case .taiwanPermit:
      return (number.count == 8 || number.count == 10) && number.allSatisfy(isDigit)
    }
  }
}
