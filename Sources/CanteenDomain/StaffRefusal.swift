/// Why somebody does not get in, or what he wants is not done.
public enum StaffRefusal: Refusal, Hashable {
  /// Neither name nor PIN is said to be the wrong one. After `seconds` the next attempt is heard.
  case pinWrong(retryAfterSeconds: Int64)
  /// Too many wrong ones: no attempt is heard for so long.
  case lockedOut(retryAfterSeconds: Int64)
  case otherCanteen(String, canteen: Canteen.Code)
  case unknown(String)
  case alreadyThere(String)
  case pinTooSimple
  case nameMissing
  /// The device is not enrolled, or not any more.
  case terminalUnknown
  case codeWrong
  case unknownTerminal(String)
  case terminalNameTaken(String)
  case signedOut
  case csrfMissing
  case managerNeeded
  case notAllowed(Staff.Role)

  /// The machine's word for it, which never changes.
  public var code: String {
    switch self {
    case .pinWrong: "pin_wrong"
    case .lockedOut: "locked_out"
    case .otherCanteen: "other_canteen"
    case .unknown: "staff_unknown"
    case .alreadyThere: "staff_exists"
    case .pinTooSimple: "pin_too_simple"
    case .nameMissing: "name_missing"
    case .terminalUnknown: "terminal_unknown"
    case .codeWrong: "code_wrong"
    case .unknownTerminal: "terminal_not_found"
    case .terminalNameTaken: "terminal_name_taken"
    case .signedOut: "signed_out"
    case .csrfMissing: "csrf_missing"
    case .managerNeeded: "manager_needed"
    case .notAllowed: "not_allowed"
    }
  }

  public var kind: RefusalKind {
    switch self {
    case .pinTooSimple, .nameMissing: .invalid
    case .unknown, .unknownTerminal: .notFound
    case .alreadyThere, .terminalNameTaken: .conflict
    default: .notAllowed
    }
  }

  public var sentence: Sentence {
    switch self {
    case .pinWrong(let seconds):
      seconds > 0
        ? Sentence(
          zh: "姓名或口令不对，请 \(seconds) 秒后再试",
          en: "name or PIN is wrong; try again in \(seconds) seconds")
        : Sentence(zh: "姓名或口令不对", en: "name or PIN is wrong")
    case .lockedOut(let seconds):
      Sentence(
        zh: "输错次数过多，已锁定，请 \(seconds) 秒后再试，或请负责人重设口令",
        en: "too many wrong PINs: locked for \(seconds) seconds, or ask for a new PIN")
    case .otherCanteen(let name, let canteen):
      Sentence(zh: "\(name) 不在 \(canteen) 工作", en: "\(name) does not work in \(canteen)")
    case .unknown(let name):
      Sentence(zh: "没有工作人员“\(name)”", en: "there is no staff member \(name)")
    case .alreadyThere(let name):
      Sentence(zh: "已有工作人员“\(name)”", en: "there is already a staff member \(name)")
    case .pinTooSimple:
      Sentence(
        zh: "口令应为 4 到 12 位数字，且不能全是同一个数字或 1234 一类的顺序",
        en: "a PIN has 4 to 12 digits, not all the same and not a row such as 1234")
    case .nameMissing: Sentence(zh: "没有写姓名", en: "the name is missing")
    case .terminalUnknown:
      Sentence(
        zh: "此设备未登记，请管理员用 canteen terminal enrol 生成登记码",
        en: "this device is not enrolled; an administrator makes a code: canteen terminal enrol")
    case .codeWrong:
      Sentence(zh: "登记码不对、已用过或已过期", en: "the code is wrong, used, or too old")
    case .unknownTerminal(let id):
      Sentence(zh: "没有终端 \(id)", en: "there is no terminal \(id)")
    case .terminalNameTaken(let name):
      Sentence(zh: "此助餐点已有“\(name)”", en: "the canteen already has a \(name)")
    case .signedOut: Sentence(zh: "请先登录", en: "sign in first")
    case .csrfMissing:
      Sentence(zh: "请求缺少校验码，请刷新页面", en: "the request has no token; load the page again")
    case .managerNeeded:
      Sentence(zh: "需要负责人操作", en: "this needs a manager")
    case .notAllowed(let role):
      Sentence(zh: "\(role.name.zh)不能做这件事", en: "a \(role.name.en) may not do this")
    }
  }
}
