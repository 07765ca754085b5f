/// 余额表: what stands in one account of one canteen.
public struct LedgerBalance: Sendable, Hashable, Codable {
  public var canteen: Canteen.Code
  public var account: Account
  /// Debits less credits.
  public var fen: Fen

  public init(canteen: Canteen.Code, account: Account, fen: Fen) {
    self.canteen = canteen
    self.account = account
    self.fen = fen
  }

  public var debit: Fen { max(0, fen) }
  public var credit: Fen { max(0, -fen) }
}

/// 明细账: one account of one canteen over some days.
public struct LedgerAccount: Sendable, Hashable, Codable {
  /// 摘要: what moved an account.
  public enum Cause: String, Word, Sendable, Hashable, Codable {
    case meals
    case advance
    case operating
    case delivery
    case rounding
    case disallowed
    case released
    case payment

    public var name: Sentence {
      switch self {
      case .meals: Sentence(zh: "当日餐次", en: "meals of the day")
      case .advance: Sentence(zh: "预拨", en: "advance")
      case .operating: Sentence(zh: "运营补贴", en: "operating subsidy")
      case .delivery: Sentence(zh: "送餐补贴", en: "delivery subsidy")
      case .rounding: Sentence(zh: "取整差额", en: "rounding difference")
      case .disallowed: Sentence(zh: "核减", en: "disallowed")
      case .released: Sentence(zh: "核减冲回", en: "disallowance released")
      case .payment: Sentence(zh: "拨付", en: "payment")
      }
    }
  }

  /// One day's meals, one advance, or one thing that a statement moved.
  public struct Entry: Sendable, Hashable, Codable {
    /// The day in whose books it is.
    public var day: Day
    public var cause: Cause
    /// The rule, the statement's line or the voucher that it comes from; nil for meals.
    public var reference: String?
    /// The statement that moved it; nil for meals and advances.
    public var statement: String?
    public var debit: Fen
    public var credit: Fen

    public init(
      day: Day, cause: Cause, reference: String?, statement: String?, debit: Fen, credit: Fen
    ) {
      self.day = day
      self.cause = cause
      self.reference = reference
      self.statement = statement
      self.debit = debit
      self.credit = credit
    }
  }

  public var canteen: Canteen.Code
  public var account: Account
  /// What stood in it before the first day.
  public var opening: Fen
  public var entries: [Entry]

  public init(canteen: Canteen.Code, account: Account, opening: Fen, entries: [Entry]) {
    self.canteen = canteen
    self.account = account
    self.opening = opening
    self.entries = entries
  }

  /// What stands in it after each entry.
  public var running: [Fen] {
    var balance = opening
    return entries.map {
      balance += $0.debit - $0.credit
      return balance
    }
  }

  public var closing: Fen { running.last ?? opening }
}

/// 账龄: what one source owes one canteen, by how long ago the statement's period ended.
public struct LedgerAgeing: Sendable, Hashable, Codable {
  public var canteen: Canteen.Code
  public var source: FundingSource
  /// In the books and in no statement yet.
  public var unstated: Fen
  /// Up to 30, 60 and 90 days, and longer.
  public var byAge: [Fen]
  /// What the canteen holds of the source's that was paid ahead; not part of the total.
  public var advance: Fen

  /// The last day of each age but the last.
  public static let limits = [30, 60, 90]

  public init(canteen: Canteen.Code, source: FundingSource) {
    self.canteen = canteen
    self.source = source
    unstated = 0
    byAge = Array(repeating: 0, count: Self.limits.count + 1)
    advance = 0
  }

  public mutating func add(_ fen: Fen, daysOld: Int) {
    byAge[Self.limits.firstIndex { daysOld <= $0 } ?? Self.limits.count] += fen
  }

  public var total: Fen { unstated + byAge.sum() }
  /// Whether neither side owes the other anything, of whatever age.
  public var isEmpty: Bool { unstated == 0 && advance == 0 && byAge.allSatisfy { $0 == 0 } }
}

/// Why an account is not shown.
public enum LedgerRefusal: Refusal, Hashable {
  case unknownAccount(String, known: [String])
  case endsBeforeItStarts(from: Day, to: Day)

  public var kind: RefusalKind {
    switch self {
    case .unknownAccount: .notFound
    case .endsBeforeItStarts: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknownAccount(let code, let known):
      Sentence(
        zh: "账上没有科目 \(code)；有：\(known.joined(separator: "、"))",
        en: "the books have no account \(code); there are \(known.joined(separator: ", "))")
    case .endsBeforeItStarts(let from, let to):
      Sentence(zh: "\(to) 早于 \(from)", en: "\(to) is before \(from)")
    }
  }
}
