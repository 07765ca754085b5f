/// Where a statement stands on its way from the canteen to the money.
public enum StatementStep: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case closed
  case submitted
  case returned
  case approved
  /// Every source has paid all that was approved.
  case paid

  public var name: Sentence {
    switch self {
    case .closed: Sentence(zh: "已结", en: "closed")
    case .submitted: Sentence(zh: "已申报", en: "submitted")
    case .returned: Sentence(zh: "已退回", en: "returned")
    case .approved: Sentence(zh: "已审定", en: "approved")
    case .paid: Sentence(zh: "已拨付", en: "paid")
    }
  }

  /// Whether it may follow `last`, the step taken before.
  public func mayFollow(_ last: StatementStep) -> Bool {
    switch self {
    case .closed: false
    case .submitted: last == .closed || last == .returned
    case .returned, .approved: last == .submitted
    case .paid: last == .approved
    }
  }
}

/// One step that was taken: who, when and why.
public struct StatementStepTaken: Sendable, Hashable, Codable {
  public var step: StatementStep
  public var at: Instant
  public var by: String
  public var reason: String

  public init(step: StatementStep, at: Instant, by: String, reason: String) {
    self.step = step
    self.at = at
    self.by = by
    self.reason = reason
  }
}

/// What one source owes for one statement, in fen.
public struct StatementDebt: Sendable, Hashable, Codable {
  public var source: FundingSource
  public var claimed: Fen
  /// 核减.
  public var disallowed: Fen
  /// 拨付.
  public var paid: Fen

  public init(source: FundingSource, claimed: Fen, disallowed: Fen = 0, paid: Fen = 0) {
    self.source = source
    self.claimed = claimed
    self.disallowed = disallowed
    self.paid = paid
  }

  /// 审定金额.
  public var granted: Fen { claimed - disallowed }
  /// What is still to come; below zero the source takes it back.
  public var outstanding: Fen { granted - paid }
}

/// Why a statement does not take a step.
public enum StatementLifeRefusal: Refusal, Hashable {
  case outOfTurn(StatementStep, after: StatementStep)
  /// Who closed or submitted a statement does not approve it.
  case sameHands(String)
  /// The step is for those who were given the right.
  case noRight(String, StaffRight)
  case reasonMissing
  case voucherMissing
  case notSubmitted(StatementStep)
  case notApproved(StatementStep)
  case noLine(Int)
  /// The line takes nothing from any source.
  case nothingToDisallow(Int)
  case alreadyDisallowed(Int)
  /// A later statement took the meal back already.
  case takenBack(Int)
  /// The policy queues what is above the year's budget.
  case waitsForBudget(FundingSource, left: Fen)
  /// Nothing is paid.
  case notPositive(Fen)
  /// A payment comes after the closing and not in the future.
  case paymentDay(Day, closed: Day, today: Day)
  case noPayment(Int)
  case alreadyCorrected(Int)
  case moreThanOwed(FundingSource, outstanding: Fen)
  /// The statement owes the source nothing that could be paid back.
  case nothingToRepay(FundingSource)
  /// It is none of those that pay the statement.
  case notASource(FundingSource, of: [FundingSource])
  case voucherKnown(String)

  public var kind: RefusalKind {
    switch self {
    case .outOfTurn, .alreadyDisallowed, .takenBack, .moreThanOwed, .nothingToRepay, .voucherKnown,
      .alreadyCorrected:
      .conflict
    case .sameHands, .noRight, .notSubmitted, .notApproved, .waitsForBudget: .notAllowed
    case .reasonMissing, .voucherMissing, .notPositive, .nothingToDisallow, .paymentDay: .invalid
    case .noLine, .noPayment, .notASource: .notFound
    }
  }

  public var sentence: Sentence {
    switch self {
    case .outOfTurn(let step, let last):
      Sentence(
        zh: last == step
          ? "结算单已经是“\(step.name.zh)”" : "结算单目前是“\(last.name.zh)”，不能改为“\(step.name.zh)”",
        en: "the statement is \(last.name.en) and cannot become \(step.name.en)")
    case .sameHands(let name):
      Sentence(
        zh: "\(name) 结算或申报了这张单，须由另一人审定",
        en: "\(name) closed or submitted it; somebody else approves it")
    case .noRight(let name, let right):
      Sentence(
        zh: "\(name) 没有“\(right.name.zh)”的权限，请由系统管理员授予：\(right.grant(to: name))",
        en: "\(name) may not \(right.name.en); an operator grants it: \(right.grant(to: name))")
    case .reasonMissing: Sentence(zh: "请说明原因（--reason）", en: "say why (--reason)")
    case .voucherMissing:
      Sentence(zh: "请写明拨付凭证号（--voucher）", en: "name the payment's voucher (--voucher)")
    case .notSubmitted(let step):
      Sentence(
        zh: "只有已申报的结算单可以核减，目前是“\(step.name.zh)”",
        en: "only what is submitted can be disallowed; it is \(step.name.en)")
    case .notApproved(let step):
      Sentence(
        zh: "只有已审定的结算单可以拨付，目前是“\(step.name.zh)”",
        en: "only what is approved can be paid; it is \(step.name.en)")
    case .noLine(let number):
      Sentence(zh: "结算单没有第 \(number) 行", en: "the statement has no line \(number)")
    case .nothingToDisallow(let number):
      Sentence(zh: "第 \(number) 行没有补贴可核减", en: "line \(number) claims nothing")
    case .alreadyDisallowed(let number):
      Sentence(zh: "第 \(number) 行已核减", en: "line \(number) is disallowed already")
    case .takenBack(let number):
      Sentence(
        zh: "第 \(number) 行的补贴已在以后的结算单里冲回，不必核减",
        en: "a later statement took line \(number) back already")
    case .waitsForBudget(let source, let left):
      Sentence(
        zh: "\(source.name.zh)本年预算只余 \(left.yuan) 元，超出部分挂账，待追加预算后拨付",
        en: "\(source.name.en) has \(left.yuan) yuan left of its year; the rest waits for money")
    case .notPositive(let fen):
      Sentence(
        zh: "金额须大于零，不能是 \(fen.yuan) 元", en: "the amount is above zero, not \(fen.yuan) yuan")
    case .paymentDay(let day, let closed, let today):
      Sentence(
        zh: "拨付日期 \(day) 须在结算日 \(closed) 至今天 \(today) 之间",
        en: "\(day) is not between the closing on \(closed) and today, \(today)")
    case .noPayment(let number):
      Sentence(zh: "结算单没有第 \(number) 笔拨付", en: "the statement has no payment \(number)")
    case .alreadyCorrected(let number):
      Sentence(zh: "第 \(number) 笔拨付已更正", en: "the payment \(number) is taken back already")
    case .moreThanOwed(let source, let fen) where fen < 0:
      Sentence(
        zh: "\(source.name.zh)不欠，反应退回 \((-fen).yuan) 元",
        en: "\(source.name.en) owes nothing and is to get \((-fen).yuan) yuan back")
    case .moreThanOwed(let source, 0):
      Sentence(
        zh: "\(source.name.zh)已结清，不欠也不应退",
        en: "\(source.name.en) owes nothing and is owed nothing")
    case .moreThanOwed(let source, let fen):
      Sentence(
        zh: "\(source.name.zh)只欠 \(fen.yuan) 元", en: "\(source.name.en) owes \(fen.yuan) yuan only")
    case .nothingToRepay(let source):
      Sentence(
        zh: "这张结算单没有应退给\(source.name.zh)的款；多付或录错的，请用 statement payments --correct 更正",
        en:
          "the statement owes \(source.name.en) nothing; what was entered wrongly is taken back by"
          + " statement payments --correct")
    case .notASource(let source, let sources):
      Sentence(
        zh: "结算单没有应由“\(source.name.zh)”拨付的款；应拨付的有：\(sources.map(\.name.zh).joined(separator: "、"))",
        en: "\(source.name.en) pays nothing of the statement; its sources are "
          + sources.map(\.rawValue).joined(separator: ", "))
    case .voucherKnown(let voucher):
      Sentence(zh: "凭证 \(voucher) 已登记", en: "the voucher \(voucher) is entered already")
    }
  }
}
