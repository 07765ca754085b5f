extension Character {
  /// One of `0`…`9`; not the digits of other scripts, which `isNumber` also accepts.
  public var isASCIIDigit: Bool { self >= "0" && self <= "9" && isASCII }
}

extension String {
  /// Full-width letters, digits and punctuation (as Chinese input methods leave them) turned into
  /// their ASCII forms, and the ideographic space into a plain one.
  public func normalisedWidth() -> String {
    guard
      unicodeScalars.contains(where: { $0.value == 0x3000 || (0xFF01...0xFF5E).contains($0.value) })
    else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x3000: result.append(" ")
      case 0xFF01...0xFF5E: result.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Without white space (tabs, no-break and ideographic spaces and byte-order marks included) at
  /// either end.
  public func trimmedSpaces() -> String {
    let blank: (Unicode.Scalar) -> Bool = {
      $0.properties.isWhitespace || $0.value == 0xFEFF || $0.value == 0x200B
    }
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !blank($0) }),
      let last = scalars.lastIndex(where: { !blank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}

extension String {
  /// A Chinese name without the blanks that people put between its characters (`王　芳`), and with one kind
  /// of middle dot (`阿依•古丽`): with and without them it is one person. Other names keep theirs.
  public var nameWithoutBlanks: String {
    guard unicodeScalars.contains(where: { $0.properties.isIdeographic }) else { return self }
    let dots: Set<Character> = ["•", "・", "･", "．", ".", "‧", "∙", "⋅"]
    return String(filter { !$0.isWhitespace }.map { dots.contains($0) ? "·" : $0 })
  }

  /// A remark or the like with every number masked that may be a person's: seven digits or more.
  public var numbersMasked: String {
    var result = ""
    var number = ""
    for character in self {
      if character.isASCIIDigit || ("０"..."９").contains(character) {
        number.append(character)
      } else {
        result += number.count < 7 ? number : number.maskedPhone
        number = ""
        result.append(character)
      }
    }
    return result + (number.count < 7 ? number : number.maskedPhone)
  }

  /// A number of a person with only its last four characters in clear.
  public var maskedNumber: String {
    String(repeating: "*", count: max(0, count - 4)) + suffix(4)
  }

  /// What was read as a card: a longer text may be a number of a person.
  public var maskedIfLong: String { count > 8 ? maskedNumber : self }
}
