import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// What every command takes.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp(said("界面语言：zh 或 en", "language: zh or en"), valueName: "zh|en"))
  var lang: String = Language.current.rawValue

  @Option(
    help: ArgumentHelp(
      said(
        "数据库地址；也可用环境变量 CANTEEN_DATABASE_URL（不会出现在进程列表里）。不给则用自带的数据库",
        "database URL; or the variable CANTEEN_DATABASE_URL, which no process list shows. Without it: the embedded database"
      ), valueName: "url"))
  var databaseUrl: String?

  @Option(
    help: ArgumentHelp(
      said("数据文件夹；也可用 CANTEEN_HOME", "data folder; or the variable CANTEEN_HOME"),
      valueName: "folder"))
  var home: String?

  @Option(
    help: ArgumentHelp(
      said("操作人姓名，记入账目；也可用 CANTEEN_BY", "who acts, kept in the books; or the variable CANTEEN_BY"),
      valueName: "name"))
  var by: String?

  @Option(help: ArgumentHelp("", visibility: .hidden))
  var now: String?

  func validate() throws {
    guard Language(rawValue: lang) != nil else {
      throw ValidationError(said("--lang 只能是 zh 或 en", "--lang is zh or en"))
    }
    if let now, CommonOptions.instant(now) == nil {
      throw ValidationError(
        said("--now 的写法是 2026-11-02T12:04:00", "--now is written 2026-11-02T12:04:00"))
    }
  }

  /// `2026-11-02T12:04:00`, in the canteen's own time.
  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: "T")
    guard parts.count == 2, let day = Day(iso: parts[0]), let time = TimeOfDay(String(parts[1]))
    else { return nil }
    return CanteenCalendar.shanghai.instant(day, time)
  }
}

/// How to print; on commands that print data.
struct FormatOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      said("输出格式：text 表格、json、csv", "output: text, json or csv"), valueName: "text|json|csv"))
  var format: OutputFormat = .text
}

/// Help for values of a form, which its placeholder says: where it is listed, and where a value is refused.
extension ArgumentHelp {
  static func day(_ zh: String, _ en: String) -> Self {
    Self(said(zh, en), valueName: said("年-月-日", "yyyy-mm-dd"))
  }
  static func month(_ zh: String, _ en: String) -> Self {
    Self(said(zh, en), valueName: said("年-月", "yyyy-mm"))
  }
  static func time(_ zh: String, _ en: String) -> Self {
    Self(said(zh, en), valueName: said("时:分", "hh:mm"))
  }
  static func yuan(_ zh: String, _ en: String) -> Self {
    Self(said(zh, en), valueName: said("元.角分", "yuan.fen"))
  }
}

/// What a day is called in every command.
extension NameSpecification {
  static var day: Self { [.customLong("day"), .customLong("date")] }
  /// The last of some.
  static var through: Self { [.customLong("through"), .customLong("to")] }
  static var to: Self { [.customLong("to"), .customLong("through")] }
}

extension Day: ExpressibleByArgument {
  public init?(argument: String) { self.init(office: argument) }
}

extension RosterImport.HomeChanges: ExpressibleByArgument {
  public init?(argument: String) {
    if argument == "always" {
      self = .always
    } else if let day = Day(office: argument) {
      self = .from(day)
    } else {
      return nil
    }
  }
}

extension Fen: ExpressibleByArgument {
  public init?(argument: String) { self.init(yuan: argument) }
  public var defaultValueDescription: String { yuan }
}

extension TimeOfDay: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension CheckIn.ID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// A month as `2026-10`; kept as its first day.
struct MonthArgument: ExpressibleByArgument {
  var firstDay: Day

  init?(argument: String) {
    guard let day = Day(office: argument + "-01") else { return nil }
    firstDay = day
  }
}

/// A code that may be written as itself or by its Chinese name; of a step taken (已核减) also by what is
/// done (核减).
protocol NamedCode: Word, CaseIterable, ExpressibleByArgument {}

extension NamedCode {
  public init?(argument: String) {
    guard
      let value = Self.allCases.first(where: {
        $0.rawValue == argument || $0.name.zh == argument || $0.name.zh == "已" + argument
      })
    else { return nil }
    self = value
  }

  public static var allValueStrings: [String] { allCases.map(\.rawValue) }

  public static var allValueDescriptions: [String: String] {
    Dictionary(
      allCases.map { ($0.rawValue, $0.name.text(in: .current)) }, uniquingKeysWith: { $1 })
  }
}

extension MealPeriod: NamedCode {}
extension ServiceMode: NamedCode {}
extension MeansOfPayment: NamedCode {}
extension AuthMethod: NamedCode {}
extension GuestKind: NamedCode {}
extension Staff.Role: NamedCode {}
extension CheckInException.Decision: NamedCode {}
extension Canteen.Kind: NamedCode {}
extension Region.Level: NamedCode {}
