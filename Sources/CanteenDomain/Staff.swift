/// 工作人员: somebody who works at a counter or in the street office.
public struct Staff: Sendable, Hashable {
  /// What somebody may do; each role may do what the ones before it may.
  public enum Role: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// 收银员: checks in, and takes back what was just checked in here.
    case clerk
    /// 食堂负责人: takes back later, and judges exceptions.
    case manager
    /// 街道经办人: sees every canteen, and checks nobody in.
    case streetOfficer = "street_officer"
    /// 系统管理员: everything.
    case administrator

    public var name: Sentence {
      switch self {
      case .clerk: Sentence(zh: "收银员", en: "clerk")
      case .manager: Sentence(zh: "负责人", en: "manager")
      case .streetOfficer: Sentence(zh: "街道经办人", en: "street officer")
      case .administrator: Sentence(zh: "系统管理员", en: "administrator")
      }
    }

    public var mayCheckIn: Bool { self != .streetOfficer }
    /// Late reversals and exceptions.
    public var mayJudge: Bool { self == .manager || self == .administrator }
    public var maySeeAllCanteens: Bool { self == .streetOfficer || self == .administrator }
  }

  public var name: String
  public var role: Role
  /// Nil for somebody who may work in every canteen.
  public var canteen: Canteen.Code?

  public init(name: String, role: Role, canteen: Canteen.Code? = nil) {
    self.name = name
    self.role = role
    self.canteen = canteen
  }

  /// Whether the person may sign in at a terminal of `code`.
  public func mayWork(in code: Canteen.Code) -> Bool { canteen == nil || canteen == code }
}

/// 终端: a device that was enrolled for a canteen.
public struct Terminal: Sendable, Hashable {
  public var id: String
  /// 窗口, such as 一号窗: stands beside every check-in.
  public var name: String
  public var canteen: Canteen.Code

  public init(id: String, name: String, canteen: Canteen.Code) {
    self.id = id
    self.name = name
    self.canteen = canteen
  }
}

/// How long somebody waits who has typed a wrong PIN: not at all at first, then twice as long each
/// time, and after many failures until a person with the right to do so sets a new PIN.
public struct SignInLock: Sendable, Hashable {
  /// Failures without any wait.
  public var free: Int
  public var firstWaitSeconds: Int64
  public var longestWaitSeconds: Int64

  public init(free: Int, firstWaitSeconds: Int64, longestWaitSeconds: Int64) {
    self.free = free
    self.firstWaitSeconds = firstWaitSeconds
    self.longestWaitSeconds = longestWaitSeconds
  }

  /// Of one person: ten thousand PINs of four digits would take months.
  public static let staff = SignInLock(
    free: 2, firstWaitSeconds: 15, longestWaitSeconds: 3600)
  /// Of one terminal, where several people mistype.
  public static let terminal = SignInLock(
    free: 9, firstWaitSeconds: 30, longestWaitSeconds: 900)

  /// Seconds still to wait at `now` after `failures` in a row, the last of them at `last`; 0 if none.
  public func wait(failures: Int, last: Instant, now: Instant) -> Int64 {
    guard failures > free else { return 0 }
    let doublings = min(failures - free - 1, 20)
    let whole = min(firstWaitSeconds << Int64(doublings), longestWaitSeconds)
    return max(0, whole - max(0, now.seconds(since: last)))
  }
}
