import CanteenDomain

/// Phone numbers as offices put them into one cell.
enum PhoneNumbers {
  /// The numbers of a cell, digits only, and whether all of it was understood.
  static func read(_ text: String) -> (numbers: [String], isWhole: Bool) {
    if isMobile(Array(text.utf8)) { return ([text], true) }
    var numbers: [String] = []
    var isWhole = true
    for part in parts(text.normalisedWidth()) {
      let bytes = digits(part)
      if isNumber(bytes) {
        numbers.append(String(decoding: bytes, as: UTF8.self))
        continue
      }
      // Numbers with nothing but a blank between them.
      let pieces = part.split(whereSeparator: \.isWhitespace).map { digits($0) }
      if pieces.count > 1, pieces.allSatisfy(isNumber) {
        numbers += pieces.map { String(decoding: $0, as: UTF8.self) }
      } else {
        isWhole = false
      }
    }
    var seen: Set<String> = []
    return (numbers.filter { seen.insert($0).inserted }, isWhole)
  }

  private static func parts(_ text: String) -> [Substring] {
    text.split { "、,;/|或\n\r".contains($0) }.filter { !String($0).isBlank }
  }

  /// The digits without the marks between them, the country's code and words such as 儿子 beside
  /// them; empty if there are other signs.
  private static func digits(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9": result.append(UInt8(scalar.value))
      case "-", "(", ")", "+", ":", ".", "—", "–", "‐": continue
      case _ where scalar.properties.isWhitespace: continue
      case _ where scalar.properties.generalCategory == .format: continue
      case _ where scalar.properties.isIdeographic: continue
      default: return []
      }
    }
    for code in ["0086", "86"] where result.count > 11 && result.starts(with: code.utf8) {
      let rest = Array(result.dropFirst(code.utf8.count))
      if isMobile(rest) { return rest }
    }
    return result
  }

  /// A mobile number, or a landline with its area code or without.
  private static func isNumber(_ digits: [UInt8]) -> Bool {
    if isMobile(digits) { return true }
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count > 1 else { return false }
    return digits[0] == 0x30
      ? (10...12).contains(digits.count) : digits[0] != 0x31 && (7...8).contains(digits.count)
  }

  private static func isMobile(_ digits: [UInt8]) -> Bool {
    digits.count == 11 && digits[0] == 0x31 && (0x33...0x39).contains(digits[1])
      && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}

extension RowReader {
  /// 紧急联系人 and the phone numbers, those too that stand beside the name: `张三 13800138000`.
  mutating func contact(_ column: Column, phones: Column) -> (name: String?, phones: [String]) {
    let own = self.phones(phones)
    guard let text = optionalText(column) else { return (nil, own) }
    let plain = text.normalisedWidth()
    let digits = plain.count(where: \.isASCIIDigit)
    guard digits >= 7 else { return (text, own) }
    let numbers = PhoneNumbers.read(plain).numbers
    if numbers.reduce(0, { $0 + $1.count }) < digits {
      warn(
        column,
        Sentence(
          zh: "其中有不像电话号码的数字，未录入", en: "has digits that are no phone number; they are left out"))
    }
    if !own.isEmpty, !Set(numbers).isSubset(of: own) {
      warn(
        column,
        Sentence(
          zh: "其中的电话与“\(phones.name)”不同，以后者为准，请核对",
          en: "has another number than \(phones.name), which counts"))
    }
    var rest = plain.filter { !$0.isASCIIDigit && !"-+:—–".contains($0) }
    for word in ["电话", "手机", "号码", "()"] { rest = rest.replacing(word, with: "") }
    let names = Words.parts(rest)
    return (names.isEmpty ? nil : names.joined(separator: "、"), own.isEmpty ? numbers : own)
  }

  /// The numbers of a cell; what is no number is left out with a warning.
  mutating func phones(_ column: Column) -> [String] {
    guard let text = optionalText(column), !Words.nothing.contains(text) else { return [] }
    let (numbers, isWhole) = PhoneNumbers.read(text)
    if !isWhole {
      warn(
        column,
        numbers.isEmpty
          ? Sentence(zh: "不像电话号码，未录入", en: "does not look like a phone number and is left out")
          : Sentence(
            zh: "其中有不像电话号码的部分，未录入", en: "has a part that is no phone number; it is left out"))
    }
    return numbers
  }
}
