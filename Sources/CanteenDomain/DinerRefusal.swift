/// Why the register does not answer or change.
public enum DinerRefusal: Refusal, Hashable {
  /// Nobody matches; what was typed is not repeated, since it may be a number of a person.
  case notFound
  /// How many match, at least.
  case several(Int)
  case blank
  /// A full number as an argument of a command, where every process list shows it.
  case numberInArguments
  case sameRecord
  case alreadyMerged
  /// Somebody else merged the person's record while this merge was made.
  case mergedMeanwhile
  case notMerged
  case reasonMissing
  case endsBeforeItBegins(from: Day, to: Day)
  case noSuchStatus(Diner.Status)
  case unknownRegion(String)
  case notAllowed(String)

  public var kind: RefusalKind {
    switch self {
    case .notFound, .notMerged, .noSuchStatus, .unknownRegion: .notFound
    case .several, .sameRecord, .alreadyMerged, .mergedMeanwhile: .conflict
    case .blank, .numberInArguments, .reasonMissing, .endsBeforeItBegins: .invalid
    case .notAllowed: .notAllowed
    }
  }

  public var sentence: Sentence {
    switch self {
    case .notFound: Sentence(zh: "登记册中查无此人", en: "nobody in the register matches")
    case .several(let count):
      Sentence(
        zh: "有 \(count) 人符合，请用卡号或登记号（如 #12）指定一人",
        en: "\(count) persons match; name one by card or register number (such as #12)")
    case .blank: Sentence(zh: "没有给出要找的内容", en: "there is nothing to look for")
    case .numberInArguments:
      Sentence(
        zh: "请勿把完整的证件号或电话写在命令里（进程列表会显示）；请写 - 并从标准输入给出，例如：canteen diner find - < 文件",
        en:
          "a full ID or phone number does not belong on the command line, where process lists show it; write - and give it on standard input"
      )
    case .sameRecord: Sentence(zh: "两个都是同一份登记", en: "both are the same record")
    case .mergedMeanwhile:
      Sentence(
        zh: "这份档案刚被并入另一份，请重新查询后再并",
        en: "the record was just merged into another one; look it up again and merge then")
    case .alreadyMerged:
      Sentence(zh: "这份登记已并入另一份", en: "the record is already merged into another")
    case .notMerged: Sentence(zh: "这份登记没有并入别的登记", en: "the record is not merged into another")
    case .reasonMissing: Sentence(zh: "请说明原因（--reason）", en: "say why (--reason)")
    case .endsBeforeItBegins(let from, let to):
      Sentence(
        zh: "截止日期 \(to) 早于起始日期 \(from)", en: "the last day \(to) is before the first day \(from)")
    case .noSuchStatus(let status):
      Sentence(
        zh: "这个人目前没有“\(status.name.zh)”的状态", en: "the person has no status “\(status.name.en)”")
    case .unknownRegion(let name):
      Sentence(zh: "没有区划“\(name)”", en: "there is no region \(name)")
    case .notAllowed(let staff):
      Sentence(
        zh: "\(staff) 没有导出完整号码的权限，请由系统管理员授予："
          + StaffRight.exportFullNumbers.grant(to: staff),
        en: "\(staff) may not export full numbers; an operator grants it: "
          + StaffRight.exportFullNumbers.grant(to: staff))
    }
  }
}
