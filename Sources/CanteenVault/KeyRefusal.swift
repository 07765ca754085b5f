import CanteenDomain

/// Why there are no keys to work with.
public enum KeyRefusal: Refusal, Hashable {
  case missing(path: String)
  /// Others than its owner may read the file.
  case openToOthers(path: String)
  case unreadable(path: String, reason: String)
  case cannotCreate(path: String, reason: String)
  /// A line that is no number and 64 hexadecimal digits.
  case notAKey(line: Int)
  case keyTwice(UInt8)
  case noKey
  /// The keys are not those that sealed the register.
  case foreign(path: String)

  public var kind: RefusalKind {
    switch self {
    case .missing: .notFound
    case .openToOthers, .unreadable, .cannotCreate, .foreign: .notAllowed
    case .notAKey, .keyTwice, .noKey: .invalid
    }
  }

  /// The message for people.
  public var sentence: Sentence {
    switch self {
    case .missing(let path):
      Sentence(
        zh: "找不到密钥文件 \(path)。已有数据必须用原来的密钥文件，请从备份恢复",
        en: "there is no key file \(path); existing data needs its own key file: restore it")
    case .openToOthers(let path):
      Sentence(
        zh: "密钥文件 \(path) 能被其他用户读取，请运行：chmod 600 \(path)",
        en: "other users can read the key file; run: chmod 600 \(path)")
    case .unreadable(let path, let reason):
      Sentence(zh: "无法读取密钥文件 \(path)：\(reason)", en: "cannot read the key file \(path): \(reason)")
    case .cannotCreate(let path, let reason):
      Sentence(zh: "无法建立密钥文件 \(path)：\(reason)", en: "cannot make the key file \(path): \(reason)")
    case .notAKey(let line):
      Sentence(
        zh: "密钥第 \(line) 行有误，应为编号和64位十六进制数",
        en: "line \(line) of the keys is not a number and 64 hexadecimal digits")
    case .keyTwice(let id):
      Sentence(zh: "第 \(id) 号密钥出现了两次", en: "key \(id) stands there twice")
    case .foreign(let path):
      Sentence(
        zh: "密钥（\(path)）打不开登记册中的号码：不是登记时所用的密钥，请恢复原来的密钥文件",
        en: "the keys (\(path)) do not open the register: restore those that sealed it")
    case .noKey:
      Sentence(zh: "没有密钥", en: "there is no key")
    }
  }
}
