import CanteenDomain
import Foundation

extension Language {
  /// The reader's language: the last `--lang` of the line, else `CANTEEN_LANG`, else `LANG` if it names
  /// English, else Chinese. It is known before the line is parsed, since help texts need it.
  static let current: Language = {
    if let wanted = named(in: CommandLine.arguments.prefix { $0 != "--" }) {
      return Language(rawValue: wanted) ?? .zh
    }
    let environment = ProcessInfo.processInfo.environment
    if let wanted = environment["CANTEEN_LANG"] { return Language(rawValue: wanted) ?? .zh }
    let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
    return locale.hasPrefix("en") ? .en : .zh
  }()

  /// What the last `--lang` of a line says; nil where there is none.
  static func named(in line: ArraySlice<String>) -> String? {
    for place in line.indices.reversed() {
      if line[place] == "--lang", place + 1 < line.endIndex { return line[place + 1] }
      if line[place].hasPrefix("--lang=") { return String(line[place].dropFirst(7)) }
    }
    return nil
  }
}

/// The text for the reader.
func said(_ zh: String, _ en: String) -> String { Sentence(zh: zh, en: en).text(in: .current) }
