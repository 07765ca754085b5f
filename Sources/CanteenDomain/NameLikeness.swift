/// Whether two names may be one person's, written by two clerks.
public enum NameLikeness {
  /// Whether what a table has beside a card may be the name that is registered for it: blanks, middle
  /// dots, width, case and remarks in brackets do not matter, and a masked name (张*梅) fits what it masks.
  public static func isSimilar(written: String, registered: String) -> Bool {
    let text = written.normalisedWidth().trimmedSpaces()
    if text.contains("*") { return registered.maskedName == text }
    return isSimilar(letters(text), letters(registered.normalisedWidth()))
  }

  private static func letters(_ name: String) -> String {
    let scalars = name.lowercased().prefix { $0 != "(" && $0 != "[" }.unicodeScalars
      .filter(\.properties.isAlphabetic)
    return String(String.UnicodeScalarView(scalars))
  }

  /// The same, or as long with one character another (王秀英, 王秀瑛), or one character missing
  /// (王秀英, 王英).
  public static func isSimilar(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    let (left, right) = (Array(one), Array(other))
    guard left.count >= 2, right.count >= 2 else { return false }
    if left.count == right.count {
      return zip(left, right).count { $0 != $1 } == 1
    }
    let (longer, shorter) = left.count > right.count ? (left, right) : (right, left)
    guard longer.count == shorter.count + 1 else { return false }
    return longer.indices.contains { index in
      longer[..<index] + longer[(index + 1)...] == shorter[...]
    }
  }
}
