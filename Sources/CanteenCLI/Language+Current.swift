import CanteenDomain
import Foundation

extension Language {
  /// The reader's language: `--lang` anywhere on the line, else `CANTEEN_LANG`, else `LANG` if it names
  /// English, else Chinese. It is known before the line is parsed, since help texts need it.
  static let current: Language = {
    let arguments = CommandLine.arguments
    if let index = arguments.firstIndex(of: "--lang"), index + 1 < arguments.count {
      return Language(rawValue: arguments[index + 1]) ?? .zh
    }
    if let option = arguments.first(where: { $0.hasPrefix("--lang=") }) {
      return Language(rawValue: String(option.dropFirst(7))) ?? .zh
    }
    let environment = ProcessInfo.processInfo.environment
    if let wanted = environment["CANTEEN_LANG"] { return Language(rawValue: wanted) ?? .zh }
    let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
    return locale.hasPrefix("en") ? .en : .zh
  }()
}

/// The text for the reader.
func said(_ zh: String, _ en: String) -> String { Sentence(zh: zh, en: en).text(in: .current) }
