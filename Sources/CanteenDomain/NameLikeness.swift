/// Whether two names may be one person's, written by two clerks.
public enum NameLikeness {
  /// Whether what a table has beside a card may be the name that is registered for it: blanks, middle
  /// dots, width, case and remarks in brackets do not matter, and a masked name (张*梅, 张**, *梅) fits
  /// what it masks.
  public static func isSimilar(written: String, registered: String) -> Bool {
    let text = letters(written)
    let name = letters(registered)
    return text.contains("*") ? fits(Array(text), Array(name)) : isSimilar(text, name)
  }

  /// The letters of a name, and `*` for each sign that other systems mask one by.
  private static func letters(_ name: String) -> String {
    let masks: Set<Character> = ["×", "○", "●"]
    let plain = name.normalisedWidth().lowercased().prefix { $0 != "(" && $0 != "[" }
    let scalars = String(plain.map { masks.contains($0) ? "*" : $0 }).unicodeScalars
      .filter { $0.properties.isAlphabetic || $0 == "*" }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Position by position; systems that mask by fewer or more signs than there are characters (王* for
  /// 王秀英) leave the ends to compare.
  private static func fits(_ masked: [Character], _ name: [Character]) -> Bool {
    if masked.count == name.count {
      return zip(masked, name).allSatisfy { $0 == "*" || $0 == $1 }
    }
    let first = Array(masked.prefix { $0 != "*" })
    let last = Array(masked.reversed().prefix { $0 != "*" })
    return first.count + last.count <= name.count && name.starts(with: first)
      && name.reversed().starts(with: last)
  }

  /// The same, or as long with one character another (王秀英, 王秀瑛), or one character missing
  /// (王秀英, 王英). Of two characters the first must be the same: 王芳 is not 李芳.
  public static func isSimilar(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    let (left, right) = (Array(one), Array(other))
    guard left.count >= 2, right.count >= 2 else { return false }
    if left.count == right.count {
      return zip(left, right).count { $0 != $1 } == 1 && (left.count > 2 || left[0] == right[0])
    }
    let (longer, shorter) = left.count > right.count ? (left, right) : (right, left)
    guard longer.count == shorter.count + 1 else { return false }
    return longer.indices.contains { index in
      longer[..<index] + longer[(index + 1)...] == shorter[...]
    }
  }
}
