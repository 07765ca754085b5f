/// The legal calendar as data: holidays, and the weekend days that are worked instead (调休).
public struct ServiceCalendar: Sendable, Hashable, Codable {
  /// 法定节假日, the bridged days of the notice included.
  public var holidays: Set<Day>
  /// 调休上班日: Saturdays and Sundays that are workdays by the notice.
  public var makeUpWorkdays: Set<Day>

  public init(holidays: Set<Day> = [], makeUpWorkdays: Set<Day> = []) {
    self.holidays = holidays
    self.makeUpWorkdays = makeUpWorkdays
  }

  public func isHoliday(_ day: Day) -> Bool { holidays.contains(day) }

  /// 法定工作日: a make-up day, or Monday to Friday without a holiday.
  public func isWorkday(_ day: Day) -> Bool {
    if makeUpWorkdays.contains(day) { return true }
    return day.weekday <= 5 && !holidays.contains(day)
  }

  /// Whether the calendar knows anything of that year; without it workdays are a guess by weekday.
  public func covers(year: Int) -> Bool {
    holidays.contains { $0.year == year } || makeUpWorkdays.contains { $0.year == year }
  }
}

/// 日期类型: the sorts of days on which a rule may hold.
public enum DayKind: String, Word, Sendable, Hashable, Codable, CaseIterable {
  /// Monday to Friday, whatever the legal calendar says.
  case weekday = "mon_fri"
  case weekend
  /// 法定工作日, make-up days included.
  case workday = "legal_workday"
  /// 法定节假日.
  case holiday
  /// Every day that is not a legal holiday.
  case notHoliday = "not_holiday"
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  public func holds(on day: Day, in calendar: ServiceCalendar) -> Bool {
    switch self {
    case .weekday: day.weekday <= 5
    case .weekend: day.weekday > 5
    case .workday: calendar.isWorkday(day)
    case .holiday: calendar.isHoliday(day)
    case .notHoliday: !calendar.isHoliday(day)
    case .monday: day.weekday == 1
    case .tuesday: day.weekday == 2
    case .wednesday: day.weekday == 3
    case .thursday: day.weekday == 4
    case .friday: day.weekday == 5
    case .saturday: day.weekday == 6
    case .sunday: day.weekday == 7
    }
  }

  /// Whether the answer depends on the legal calendar.
  public var needsLegalCalendar: Bool {
    self == .workday || self == .holiday || self == .notHoliday
  }

  public var name: Sentence {
    switch self {
    case .weekday: Sentence(zh: "周一至周五", en: "Monday to Friday")
    case .weekend: Sentence(zh: "周末", en: "weekend")
    case .workday: Sentence(zh: "法定工作日（含调休上班日）", en: "legal workday")
    case .holiday: Sentence(zh: "法定节假日", en: "legal holiday")
    case .notHoliday: Sentence(zh: "非法定节假日", en: "no legal holiday")
    case .monday: Sentence(zh: "周一", en: "Monday")
    case .tuesday: Sentence(zh: "周二", en: "Tuesday")
    case .wednesday: Sentence(zh: "周三", en: "Wednesday")
    case .thursday: Sentence(zh: "周四", en: "Thursday")
    case .friday: Sentence(zh: "周五", en: "Friday")
    case .saturday: Sentence(zh: "周六", en: "Saturday")
    case .sunday: Sentence(zh: "周日", en: "Sunday")
    }
  }
}
