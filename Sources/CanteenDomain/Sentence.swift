/// One message in both languages of the interface: Chinese first, English second.
///
/// A sentence is made where the fact is known (usually in this room) and turned into text where the
/// reader's language is known (the web or the command line).
public struct Sentence: Sendable, Hashable, Codable {
  public var zh: String
  public var en: String

  public init(zh: String, en: String) {
    self.zh = zh
    self.en = en
  }

  /// The text for a reader of `language`.
  public func text(in language: Language) -> String {
    switch language {
    case .zh: zh
    case .en: en
    }
  }
}

/// A language of the interface.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
  case zh
  case en
}

/// A word of the field: data have its code, which never changes, people read its name.
public protocol Word: RawRepresentable<String> {
  var name: Sentence { get }
}
