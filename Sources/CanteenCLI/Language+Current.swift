import CanteenDomain
import Foundation

extension Language {
  /// The reader's language: the last `--lang` of the line, else `CANTEEN_LANG`, else `LANG` if it names
  /// English, else Chinese. It is known before the line is parsed, since help texts need it.
  static let current: Language = {
    let options = Array(CommandLine.arguments.prefix { $0 != "--" })
    for (place, option) in options.enumerated().reversed() {
      if option == "--lang", place + 1 < options.count {
        return Language(rawValue: options[place + 1]) ?? .zh
      }
      if option.hasPrefix("--lang=") {
        return Language(rawValue: String(option.dropFirst(7))) ?? .zh
      }
    }
    let environment = ProcessInfo.processInfo.environment
    if let wanted = environment["CANTEEN_LANG"] { return Language(rawValue: wanted) ?? .zh }
    let locale = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
    return locale.hasPrefix("en") ? .en : .zh
  }()
}

/// The text for the reader.
func said(_ zh: String, _ en: String) -> String { Sentence(zh: zh, en: en).text(in: .current) }
