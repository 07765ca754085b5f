/// The SQL that the binary carries: the migrations in order, and the reconciliation checks.
public enum CanteenSQL {
  /// One step of the schema, run once, in one transaction, never edited after it was released.
  public struct Migration: Sendable, Hashable {
    /// 1, 2, 3, …
    public let number: Int
    /// `0001_foundation.sql`.
    public let name: String
    public let text: String
  }

  /// A reconciliation check as its file has it: a comment header and one `select`.
  public struct CheckFile: Sendable, Hashable {
    /// `R01_line_balance.sql`.
    public let name: String
    public let text: String
  }

  public static let migrations: [Migration] = files(below: "sql/migrations/").enumerated().map {
    Migration(number: $0.offset + 1, name: $0.element.name, text: $0.element.text)
  }

  public static let checks: [CheckFile] = files(below: "sql/checks/").map {
    CheckFile(name: $0.name, text: $0.text)
  }

  private static func files(below folder: String) -> [(name: String, text: String)] {
    EmbeddedText.files.filter { $0.path.hasPrefix(folder) }.map {
      (String($0.path.dropFirst(folder.count)), $0.text)
    }
  }
}
