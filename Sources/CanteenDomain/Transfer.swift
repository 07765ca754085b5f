/// One movement of money in a canteen's books: the same fen leave one account and enter another.
public struct Transfer: Sendable, Hashable, Codable {
  public var debit: Account
  public var credit: Account
  /// Always above zero; what goes back is a transfer the other way.
  public var fen: Fen

  public init(debit: Account, credit: Account, fen: Fen) {
    precondition(fen > 0, "a transfer moves something")
    precondition(debit != credit, "a transfer has two accounts")
    self.debit = debit
    self.credit = credit
    self.fen = fen
  }

  /// The same movement undone.
  public var reversed: Transfer { Transfer(debit: credit, credit: debit, fen: fen) }

  /// The transfers of one priced meal: one for each share of its price, all against meal revenue, so
  /// that they add up to the list price.
  ///
  /// What guests pay is revenue of its own: the street office's statement does not know them.
  public static func transfers(
    for line: PricedLine, paidBy means: MeansOfPayment, isGuest: Bool = false
  ) -> [Transfer] {
    var debits: [(account: Account, fen: Fen)] = [(.received(means), line.dinerFen)]
    for share in line.shares {
      let account = Account.owed(by: share.source)
      if let index = debits.firstIndex(where: { $0.account == account }) {
        debits[index].fen += share.fen
      } else {
        debits.append((account, share.fen))
      }
    }
    return debits.filter { $0.fen > 0 }.map {
      Transfer(
        debit: $0.account, credit: isGuest ? .guestRevenue : .mealRevenue, fen: $0.fen)
    }
  }

  /// The transfers of one adjustment: what each source owes more or less, against whoever gains or
  /// bears the difference. None of them touches meal revenue, because the meal costs what it cost.
  public static func transfers(for adjustment: Adjustment) -> [Transfer] {
    transfers(for: adjustment.differences, of: adjustment.fen, payee: adjustment.payee)
  }

  /// The same from what is stored of one.
  public static func transfers(
    for differences: [Adjustment.Difference], of total: Fen, payee: SettlementTerms.Payee
  ) -> [Transfer] {
    var sides: [(account: Account, fen: Fen)] = []
    for difference in differences {
      let account = Account.owed(by: difference.source)
      if let index = sides.firstIndex(where: { $0.account == account }) {
        sides[index].fen += difference.fen
      } else {
        sides.append((account, difference.fen))
      }
    }
    sides.append((Account.adjusted(for: payee), -total))
    var debits = sides.filter { $0.fen > 0 }
    var credits = sides.filter { $0.fen < 0 }.map { (account: $0.account, fen: -$0.fen) }
    var transfers: [Transfer] = []
    while let debit = debits.first, let credit = credits.first {
      let fen = min(debit.fen, credit.fen)
      transfers.append(Transfer(debit: debit.account, credit: credit.account, fen: fen))
      debits[0].fen -= fen
      credits[0].fen -= fen
      if debits[0].fen == 0 { debits.removeFirst() }
      if credits[0].fen == 0 { credits.removeFirst() }
    }
    return transfers
  }
}

/// An account of a canteen's books, by the code under which the journal keeps it.
public struct Account: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
  public let code: String
  public init(code: String) { self.code = code }

  /// What was served, at list price.
  public static let mealRevenue = Account(code: "meal_revenue")
  /// What was served to people who are not in the register.
  public static let guestRevenue = Account(code: "guest_revenue")
  /// 企业让利: what the operator gave up.
  public static let operatorDiscount = Account(code: "operator_discount")

  /// What diners paid, by means of payment.
  public static func received(_ means: MeansOfPayment) -> Account {
    Account(code: "received:\(means.rawValue)")
  }

  /// What a funding source owes the canteen; the operator owes itself nothing and gives a discount.
  public static func owed(by source: FundingSource) -> Account {
    source == .operator ? .operatorDiscount : Account(code: "receivable:\(source.rawValue)")
  }

  /// Where the other side of an adjustment goes: owed to the diner (below zero: owed by him), or kept
  /// (below zero: borne) by the canteen.
  public static func adjusted(for payee: SettlementTerms.Payee) -> Account {
    switch payee {
    case .diner: Account(code: "payable:diner")
    case .canteen: Account(code: "subsidy_adjustments")
    }
  }

  /// 银行存款: what funding sources have paid.
  public static let bank = Account(code: "bank")
  /// 核减: what reviewers refused; the canteen bears it.
  public static let disallowances = Account(code: "disallowances")

  /// 预收补贴: what a funding source paid ahead and no statement has used; the canteen owes it.
  public static func advance(from source: FundingSource) -> Account {
    Account(code: "\(advanced)\(source.rawValue)")
  }

  /// What a subsidy of a period is credited to: an income of the canteen's own, or what it owes to
  /// somebody else whom the source pays through it.
  public static func credited(_ kind: StatementSubsidy.Kind, payee: String) -> Account {
    switch kind {
    case .operating: Account(code: "operating_subsidy")
    case .delivery where payee == StatementSubsidy.canteen: Account(code: "delivery_subsidy")
    case .delivery: Account(code: "payable:\(payee)")
    case .rounding: Account(code: "rounding")
    }
  }

  /// Whether a funding source owes what stands in it.
  public var isReceivable: Bool { code.hasPrefix(Self.receivable) }
  private static let receivable = "receivable:"

  /// Who owes what stands in it; nil if it is no receivable.
  public var debtor: FundingSource? {
    isReceivable ? FundingSource(String(code.dropFirst(Self.receivable.count))) : nil
  }

  /// Who paid ahead what stands in it; nil if it is no advance.
  public var advancer: FundingSource? {
    code.hasPrefix(Self.advanced)
      ? FundingSource(String(code.dropFirst(Self.advanced.count))) : nil
  }
  private static let advanced = "advance:"

  /// The name for people; an unknown code is its own name.
  public var name: Sentence {
    let parts = code.split(separator: ":", maxSplits: 1).map(String.init)
    let part = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "received":
      let means = MeansOfPayment(rawValue: part)?.name ?? Sentence(zh: part, en: part)
      return Sentence(zh: "个人支付·\(means.zh)", en: "received, \(means.en)")
    case "receivable":
      let source = FundingSource(part).name
      return Sentence(zh: "应收补贴·\(source.zh)", en: "receivable, \(source.en)")
    case "advance":
      let source = FundingSource(part).name
      return Sentence(zh: "预收补贴·\(source.zh)", en: "advance, \(source.en)")
    case "payable":
      let payee = StatementSubsidy.name(ofPayee: part)
      return Sentence(zh: "应付·\(payee.zh)", en: "payable, \(payee.en)")
    default: return Self.names[code] ?? Sentence(zh: code, en: code)
    }
  }

  private static let names: [String: Sentence] = [
    "meal_revenue": Sentence(zh: "餐费收入", en: "meal revenue"),
    "guest_revenue": Sentence(zh: "客餐收入", en: "guest revenue"),
    "operator_discount": Sentence(zh: "企业让利", en: "operator discount"),
    "subsidy_adjustments": Sentence(zh: "补贴调整", en: "subsidy adjustments"),
    "bank": Sentence(zh: "银行存款", en: "bank"),
    "disallowances": Sentence(zh: "核减", en: "disallowances"),
    "operating_subsidy": Sentence(zh: "运营补贴收入", en: "operating subsidy"),
    "rounding": Sentence(zh: "取整差额收入", en: "rounding differences"),
    "delivery_subsidy": Sentence(zh: "送餐补贴收入", en: "delivery subsidy"),
  ]

  public var description: String { code }
  public static func < (left: Account, right: Account) -> Bool { left.code < right.code }

  public init(from decoder: any Decoder) throws {
    code = try decoder.singleValueContainer().decode(String.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }
}
