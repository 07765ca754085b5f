/// One day of the legal calendar as the yearly notice sets it.
public struct CalendarDay: Sendable, Hashable, Codable {
  /// What a day is.
  public enum Kind: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// 法定节假日, bridged days included.
    case holiday
    /// 调休上班: a Saturday or Sunday that is worked.
    case workday
    /// Told by its weekday; takes back what was entered before.
    case ordinary

    public var name: Sentence {
      switch self {
      case .holiday: Sentence(zh: "节假日", en: "holiday")
      case .workday: Sentence(zh: "调休上班", en: "make-up workday")
      case .ordinary: Sentence(zh: "平常", en: "ordinary")
      }
    }
  }

  public var day: Day
  public var kind: Kind
  /// Such as 国庆节; may be empty.
  public var name: String

  public init(day: Day, kind: Kind, name: String = "") {
    self.day = day
    self.kind = kind
    self.name = name
  }
}

extension ServiceCalendar {
  /// The calendar of days as they were entered; each day once.
  public init(_ days: some Sequence<CalendarDay>) {
    self.init()
    for entry in days {
      switch entry.kind {
      case .holiday: holidays.insert(entry.day)
      case .workday: makeUpWorkdays.insert(entry.day)
      case .ordinary: break
      }
    }
  }
}
