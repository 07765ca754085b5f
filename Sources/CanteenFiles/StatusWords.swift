import CanteenDomain

/// 状态: what an office writes of a person who does not simply eat here.
public struct RosterStatus: Sendable, Hashable {
  /// What became of the person.
  public enum Kind: String, Word, Sendable, Hashable, CaseIterable {
    case active
    case paused
    case moved
    case inInstitution = "in_institution"
    case deceased
    /// Who works for the canteen.
    case staff
    case withdrawn

    /// The name for people.
    public var name: Sentence {
      switch self {
      case .active: Sentence(zh: "正常", en: "active")
      case .paused: Sentence(zh: "暂停", en: "paused")
      case .moved: Sentence(zh: "迁出", en: "moved away")
      case .inInstitution: Sentence(zh: "入住机构", en: "in an institution")
      case .deceased: Sentence(zh: "死亡", en: "deceased")
      case .staff: Sentence(zh: "工作人员", en: "staff")
      case .withdrawn: Sentence(zh: "退出", en: "withdrawn")
      }
    }
  }

  public let kind: Kind
  /// The day of death, of moving away, of entering; nil if the office did not say.
  public let from: Day?
  /// The last day of what does not last, such as a pause; nil if the office did not say.
  public let to: Day?
  /// 迁往, 机构名称 or 状态说明, where the table names it.
  public let place: String?

  /// A status, from a day on.
  public init(_ kind: Kind, from: Day? = nil, to: Day? = nil, place: String? = nil) {
    self.kind = kind
    self.from = from
    self.to = to
    self.place = place
  }

  /// Reads `去世`, `2024年3月1日去世`, `已迁出（2024.5.1）`; nil if no known word is in it.
  init?(_ text: String) {
    let plain = text.normalisedWidth()
    guard let kind = RosterStatus.kind(plain) else { return nil }
    let date = plain.drop { !$0.isASCIIDigit }.prefix {
      $0.isASCIIDigit || "-/.年月日".contains($0)
    }
    self.init(kind, from: OfficeDate(String(date)).flatMap { $0.isMonth ? nil : $0.day })
  }

  /// The first word that fits; denials (未去世) stand before what they deny.
  static func kind(_ text: String) -> Kind? {
    words.first { word, _ in text.contains(word) }?.1
  }

  private static let words: [(String, Kind)] = [
    ("已恢复", .active), ("未停", .active), ("未取消", .active), ("未注销", .active),
    ("未终止", .active), ("未退出", .active),
    ("健在", .active), ("未去世", .active), ("未死亡", .active), ("未迁出", .active),
    ("死亡", .deceased), ("去世", .deceased), ("过世", .deceased), ("逝世", .deceased),
    ("已故", .deceased), ("亡故", .deceased), ("病故", .deceased), ("身故", .deceased),
    ("注销户口", .deceased), ("deceased", .deceased),
    ("养老院", .inInstitution), ("敬老院", .inInstitution), ("福利院", .inInstitution),
    ("养老机构", .inInstitution), ("入住机构", .inInstitution), ("护理院", .inInstitution),
    ("in_institution", .inInstitution),
    ("迁出", .moved), ("迁走", .moved), ("外迁", .moved), ("搬走", .moved), ("搬离", .moved),
    ("迁往", .moved), ("moved", .moved),
    ("暂停", .paused), ("停餐", .paused), ("停用", .paused), ("住院", .paused), ("失踪", .paused),
    ("paused", .paused),
    ("工作人员", .staff), ("staff", .staff), ("退出", .withdrawn), ("取消", .withdrawn),
    ("注销", .withdrawn), ("终止", .withdrawn), ("停发", .withdrawn), ("停止", .withdrawn),
    ("withdrawn", .withdrawn),
    ("正常", .active), ("在册", .active), ("有效", .active), ("在世", .active), ("active", .active),
  ]
}

extension RowReader {
  /// The status of a row of a roster: its word, and the dates that have columns of their own.
  mutating func status(asOf today: Day) -> RosterStatus? {
    let columns = RosterRow.Columns.self
    for column in [columns.status, columns.remark] where Words.void.contains(text(column)) {
      fail(
        column,
        Sentence(
          zh: "写着“\(text(column))”，未导入；仍有效的请删去这几个字",
          en: "says “\(text(column))”, so the row is not taken; delete that if it holds"))
    }
    let place =
      optionalText(columns.movedTo) ?? optionalText(columns.institution)
      ?? optionalText(columns.statusReason)
    let dated: [(Column, RosterStatus.Kind)] = [
      (columns.deathDate, .deceased), (columns.moveDate, .moved),
      (columns.institutionDate, .inInstitution),
    ]
    for (column, kind) in dated {
      guard has(column), let day = date(column) else { continue }
      if day > today, kind == .deceased {
        fail(column, Sentence(zh: "晚于今天", en: "has not come yet"))
      }
      return RosterStatus(kind, from: day, place: place)
    }
    guard let text = optionalText(columns.status) else {
      hint()
      return nil
    }
    let day = has(columns.statusDate) ? date(columns.statusDate) : nil
    if let status = RosterStatus(text) {
      if status.kind == .deceased || status.kind == .moved, status.from == nil, day == nil {
        // Without the day nobody could say which meals were still due: the row comes back.
        fail(
          columns.status,
          Sentence(
            zh: "为“\(status.kind.name.zh)”，没有写明是哪一天，请补填日期，或用 canteen roster end 导入",
            en: "says \(status.kind.name.en) without the day; add it, or use canteen roster end"))
      }
      let to = has(columns.statusEnd) ? endDate(columns.statusEnd) : nil
      if let to, let from = status.from ?? day, to < from {
        fail(columns.statusEnd, Sentence(zh: "早于起始日期", en: "lies before the first day"))
      }
      return RosterStatus(status.kind, from: status.from ?? day, to: to, place: place)
    }
    warn(
      columns.status,
      Sentence(zh: "“\(text)”不是已知的状态，未录入", en: "“\(text)” is no known status and is left out"))
    return nil
  }

  /// A remark that speaks of death or leaving is for a person to judge.
  private mutating func hint() {
    let column = RosterRow.Columns.remark
    guard let remark = optionalText(column), let kind = RosterStatus.kind(remark),
      ![.active, .staff, .withdrawn].contains(kind)
    else { return }
    warn(
      column,
      Sentence(
        zh: "提到“\(kind.name.zh)”，请核对此人状态", en: "speaks of “\(kind.name.en)”; look at the status"))
  }
}
