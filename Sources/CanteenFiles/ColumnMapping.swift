import CanteenDomain

/// Which column of a file was taken for what, and which was not understood.
public struct ColumnMapping: Sendable, Hashable {
  /// A column of the file.
  public struct Place: Sendable, Hashable {
    /// The header cell as the file has it; empty where it is blank.
    public let header: String
    /// From 1.
    public let position: Int

    /// `第 3 列“微信号”`.
    public var sentence: Sentence {
      let letters = Place.letters(position)
      guard !header.isEmpty else {
        return Sentence(
          zh: "第 \(position) 列（\(letters)，没有表头）",
          en: "column \(position) (\(letters), without a header)")
      }
      return Sentence(
        zh: "第 \(position) 列（\(letters)）“\(header)”",
        en: "column \(position) (\(letters)) “\(header)”")
    }

    /// The letters that spreadsheets give to a column: 28 is `AB`.
    private static func letters(_ position: Int) -> String {
      var rest = position
      var result = ""
      while rest > 0 {
        result = String(UnicodeScalar(UInt8(ascii: "A") + UInt8((rest - 1) % 26))) + result
        rest = (rest - 1) / 26
      }
      return result
    }
  }

  /// A column that was taken, and as what.
  public struct Taken: Sendable, Hashable {
    /// The first name of the `Column`.
    public let column: String
    public let place: Place
  }

  /// Columns that claim the same meaning; the first was taken.
  public struct Alike: Sendable, Hashable {
    public let column: String
    public let places: [Place]
  }

  /// In the order in which they stand.
  public let taken: [Taken]
  /// Columns that have a header or contents and whose meaning is not known; they are not used.
  public let unknown: [Place]
  public let alike: [Alike]

  /// One sentence for each column that was not used and should be looked at.
  public var warnings: [Sentence] {
    unknown.map {
      Sentence(
        zh: "\($0.sentence.zh)的含义不明，这一列未使用",
        en: "\($0.sentence.en) is not known and is not used")
    }
      + alike.map { alike in
        let places = alike.places.map(\.sentence)
        return Sentence(
          zh: "\(places.map(\.zh).joined(separator: "、"))都表示“\(alike.column)”，只使用前一列",
          en: "\(places.map(\.en).joined(separator: ", ")) all mean \(alike.column); "
            + "only the first is used")
      }
  }
}
