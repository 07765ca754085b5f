/// 日结: one canteen-day, counted and closed.
public struct DayClose: Sendable, Hashable, Codable {
  public var canteen: Canteen.Code
  public var day: Day
  public var totals: DayTotals
  /// Hex of the seal; it covers the day's lines and the seal of the day before.
  public var seal: String

  public init(canteen: Canteen.Code, day: Day, totals: DayTotals, seal: String) {
    self.canteen = canteen
    self.day = day
    self.totals = totals
    self.seal = seal
  }
}

/// What one day's books hold, derived from its check-ins and transfers.
public struct DayTotals: Sendable, Hashable, Codable {
  /// Meals of one period, mode and tier.
  public struct Count: Sendable, Hashable, Codable {
    public var period: MealPeriod
    public var mode: ServiceMode
    /// 补贴类别; empty at full price.
    public var category: String
    public var meals: Int
    public var list: Fen

    public init(period: MealPeriod, mode: ServiceMode, category: String, meals: Int, list: Fen) {
      self.period = period
      self.mode = mode
      self.category = category
      self.meals = meals
      self.list = list
    }
  }

  /// What an account gained (or, below zero, gave) on the day.
  public struct Balance: Sendable, Hashable, Codable {
    public var account: Account
    public var fen: Fen

    public init(account: Account, fen: Fen) {
      self.account = account
      self.fen = fen
    }
  }

  public var counts: [Count]
  public var accounts: [Balance]
  public var reversals: Int

  public init(counts: [Count], accounts: [Balance], reversals: Int) {
    self.counts = counts
    self.accounts = accounts
    self.reversals = reversals
  }

  public var meals: Int { counts.reduce(0) { $0 + $1.meals } }
  /// 餐费总额 of the meals of the day, those that were voided later among them.
  public var list: Fen { counts.map(\.list).sum() }

  /// What stands in an account.
  public func balance(_ account: Account) -> Fen {
    accounts.first { $0.account == account }?.fen ?? 0
  }

  /// What the canteen's meals brought after what was voided: what all pay together.
  public var revenue: Fen { -(balance(.mealRevenue) + balance(.guestRevenue)) }

  /// What diners paid, over all means.
  public var received: Fen {
    accounts.filter { $0.account.code.hasPrefix("received:") }.map(\.fen).sum()
  }

  /// What funding sources owe.
  public var receivable: Fen {
    accounts.filter(\.account.isReceivable).map(\.fen).sum()
  }
}

/// What one means of payment should have in the till on a day, and what was counted.
public struct TillLine: Sendable, Hashable, Codable {
  public var means: MeansOfPayment
  /// Paid for meals of the day, less what was paid back on it.
  public var ledger: Fen
  /// Nil where nobody counted.
  public var till: Fen?
  /// Why they differ, as it was said when the day was closed.
  public var reason: String?

  public init(means: MeansOfPayment, ledger: Fen, till: Fen?, reason: String? = nil) {
    self.means = means
    self.ledger = ledger
    self.till = till
    self.reason = reason
  }

  /// 长款 above zero, 短款 below; nil where nobody counted.
  public var difference: Fen? { till.map { $0 - ledger } }
}

/// Why a day is not closed.
public enum DayCloseRefusal: Refusal, Hashable {
  case notOver(Day)
  case nothingToClose(Canteen.Code)
  /// What the till counted is part of a day's close.
  case closedAlready(Day)
  /// The till counted other than the books; the difference needs a reason. So many days before it were
  /// closed.
  case tillDiffers(Day, [TillLine], closedBefore: Int)

  public var kind: RefusalKind {
    switch self {
    case .notOver, .tillDiffers: .notAllowed
    case .closedAlready: .conflict
    case .nothingToClose: .notFound
    }
  }

  public var sentence: Sentence {
    switch self {
    case .notOver(let day):
      Sentence(zh: "\(day) 尚未到来，不能日结", en: "\(day) has not come yet and cannot be closed")
    case .nothingToClose(let canteen):
      Sentence(zh: "\(canteen) 还没有任何签到，无须日结", en: "\(canteen) has no check-ins to close yet")
    case .closedAlready(let day):
      Sentence(
        zh: "\(day) 已日结，收银清点数不再改动；长短款请在核对里说明",
        en:
          "\(day) is closed and its till stays as counted; explain a difference in the reconciliation"
      )
    case .tillDiffers(let day, let lines, let closed):
      Sentence(
        zh: (closed > 0 ? "此前 \(closed) 天已日结；" : "") + "\(day) 收银与台账不符："
          + lines.map {
            "\($0.means.name.zh)台账 \($0.ledger.yuan)、清点 \(($0.till ?? 0).yuan)"
          }.joined(separator: "；") + "。请更正，或用 --reason 说明这一天的原因后日结",
        en: (closed > 0 ? "\(closed) days before it are closed; " : "")
          + "the till of \(day) differs from the books: "
          + lines.map {
            "\($0.means.name.en) books \($0.ledger.yuan), till \(($0.till ?? 0).yuan)"
          }.joined(separator: "; ") + "; correct it, or say why with --reason")
    }
  }
}
