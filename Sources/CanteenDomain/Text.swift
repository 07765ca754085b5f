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
    return String(filter { !$0.isWhitespace }.map { Self.otherDots.contains($0) ? "·" : $0 })
  }

  /// The same name under each other middle dot: records from before keep the one that was typed.
  public var namesWithOtherDots: [String] {
    guard contains("·") else { return [] }
    return Self.otherDots.map { replacing("·", with: String($0)) }
  }

  /// What people type for the middle dot of a name.
  private static let otherDots: [Character] = ["•", "・", "･", "．", ".", "‧", "∙", "⋅"]

  /// A remark or the like with every number masked that may be a person's: seven digits or more, with
  /// single blanks and hyphens between them (`138-0013-8000`) and an X behind them. A date stays.
  public var numbersMasked: String {
    let text = Array(self)
    var result = ""
    var place = 0
    while place < text.count {
      guard Self.isDigit(text[place]) else {
        result.append(text[place])
        place += 1
        continue
      }
      let date = Self.endOfDate(in: text, from: place)
      let end = date ?? Self.endOfNumber(in: text, from: place)
      let written = String(text[place..<end])
      result += date == nil ? written.maskedIfPersonal : written
      place = end
    }
    return result
  }

  /// A run of digits as people group them, masked if it may be a person's number. A birth date stands
  /// in the middle of an ID, and its last four are what the counter is asked by.
  private var maskedIfPersonal: String {
    let number = filter { !Self.joins($0) }
    if number.count < 7 { return self }
    return number.count < 15 ? number.maskedPhone : number.maskedButTwo
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.isASCIIDigit || ("０"..."９").contains(character)
  }

  /// What people put between the digits of one number.
  private static func joins(_ character: Character) -> Bool {
    character.isWhitespace || ["-", "－", "‐", "‑", "–", "—"].contains(character)
  }

  private static func endOfNumber(in text: [Character], from start: Int) -> Int {
    var end = start + 1
    while end < text.count {
      if isDigit(text[end]) {
        end += 1
      } else if joins(text[end]), end + 1 < text.count, isDigit(text[end + 1]) {
        end += 2
      } else {
        break
      }
    }
    if end < text.count, ["X", "x", "Ｘ", "ｘ"].contains(text[end]) { end += 1 }
    return end
  }

  /// The end of a date `2024-03-01` that is no part of a longer number; nil if there is none.
  private static func endOfDate(in text: [Character], from start: Int) -> Int? {
    var parts = [""]
    var end = start
    while end < text.count {
      if isDigit(text[end]) {
        parts[parts.count - 1].append(text[end])
      } else if text[end] == "-", parts.count < 3 {
        parts.append("")
      } else {
        break
      }
      end += 1
    }
    let goesOn =
      end + 1 < text.count && joins(text[end]) && !text[end].isWhitespace && isDigit(text[end + 1])
    guard !goesOn, parts.count == 3, parts[0].count == 4, let year = Int(parts[0]),
      (1900...2099).contains(year), parts[1...].allSatisfy({ (1...2).contains($0.count) }),
      let month = Int(parts[1]), (1...12).contains(month), let day = Int(parts[2]),
      (1...31).contains(day)
    else { return nil }
    return end
  }

  /// A number of a person with only its last four characters in clear.
  public var maskedNumber: String {
    String(repeating: "*", count: max(0, count - 4)) + suffix(4)
  }

  /// What was read as a card: a longer text may be a number of a person.
  public var maskedIfLong: String { count > 8 ? maskedNumber : self }
}
