import Foundation

/// The pinyin initials of a person's name, by which a counter finds him: `wxy` for 王秀英.
///
/// Surnames are read as surnames (单 is shàn, not dān) by a table of their own; every other
/// character is read as ICU's Han-to-Latin transform reads it.
public enum Pinyin {
  /// The initials as the name is usually read, lower case: `wxy` for 王秀英, `oymq` for
  /// 欧阳美琴. Letters of other scripts give the first of each word; signs give nothing.
  public static func initials(_ name: String) -> String {
    String(decoding: readings(of: name).map { $0[0] }, as: UTF8.self)
  }

  /// All initials under which somebody may look for the name, the usual first: a character of
  /// several readings gives each of them, a surname also its reading elsewhere.
  /// - Parameter limit: at most so many; names of many such characters would give hundreds.
  public static func allInitials(_ name: String, limit: Int = 8) -> [String] {
    var results: [[UInt8]] = [[]]
    for letters in readings(of: name) {
      // The usual reading of all comes first, then those that differ in one place, from the front.
      results = letters.flatMap { letter in results.map { $0 + [letter] } }
      results = Array(results.prefix(limit))
    }
    return results.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The letters of each character that has any, the usual first.
  private static func readings(of name: String) -> [[UInt8]] {
    let scalars = Array(name.unicodeScalars.drop { $0.properties.isWhitespace })
    var result: [[UInt8]] = []
    var index = 0
    if scalars.count > 2,
      let surname = Surnames.compound[String(String.UnicodeScalarView(scalars.prefix(2)))]
    {
      for (scalar, letter) in zip(scalars, surname.utf8) {
        result.append(Pinyin.unique([letter] + plain(scalar)))
      }
      index = 2
    } else if let first = scalars.first, let surname = Surnames.single[first] {
      result.append(Pinyin.unique(Array(surname.utf8) + plain(first)))
      index = 1
    }
    var isInWord = false
    for scalar in scalars[index...] {
      if scalar.properties.isIdeographic {
        let letters = plain(scalar)
        if !letters.isEmpty { result.append(letters) }
        isInWord = false
      } else if scalar.properties.isAlphabetic {
        if !isInWord, let letter = latin(scalar) { result.append([letter]) }
        isInWord = true
      } else {
        isInWord = false
      }
    }
    return result
  }

  /// The letters of a character outside of surnames.
  private static func plain(_ scalar: Unicode.Scalar) -> [UInt8] {
    if let several = Surnames.givenNames[scalar] { return Array(several.utf8) }
    return HanInitials.letter(scalar).map { [$0] } ?? []
  }

  private static func unique(_ letters: [UInt8]) -> [UInt8] {
    letters.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func latin(_ scalar: Unicode.Scalar) -> UInt8? {
    if scalar.isASCII { return UInt8(scalar.value) | 0x20 }
    return HanInitials.romanised(String(scalar)).first
  }
}

/// The initial of every Chinese character in common use, made once from ICU's transform: a look-up
/// then costs nothing.
private enum HanInitials {
  private static let common = Table(0x4E00...0x9FFF)
  /// Extension A: made only when a name needs it.
  private static let rare = Table(0x3400...0x4DBF)

  static func letter(_ scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x4E00...0x9FFF: common[scalar.value]
    case 0x3400...0x4DBF: rare[scalar.value]
    default: romanised(String(scalar)).first
    }
  }

  /// The initials of one block of Unicode.
  private struct Table {
    private let start: UInt32
    /// Zero where ICU knows no reading.
    private let letters: [UInt8]

    init(_ block: ClosedRange<UInt32>) {
      start = block.lowerBound
      let text = block.map { String(Unicode.Scalar($0) ?? " ") }.joined(separator: "\n")
      letters = HanInitials.latin(text).split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.utf8.first.flatMap(HanInitials.lower) ?? 0 }
    }

    subscript(_ value: UInt32) -> UInt8? {
      let index = Int(value - start)
      guard index < letters.count, letters[index] != 0 else { return nil }
      return letters[index]
    }
  }

  /// The ASCII letters of a text.
  static func romanised(_ text: String) -> [UInt8] { latin(text).utf8.compactMap(lower) }

  private static func latin(_ text: String) -> String {
    let latin = text.applyingTransform(.toLatin, reverse: false) ?? text
    return latin.applyingTransform(.stripDiacritics, reverse: false) ?? latin
  }

  private static func lower(_ byte: UInt8) -> UInt8? {
    (0x61...0x7A).contains(byte | 0x20) ? byte | 0x20 : nil
  }
}
