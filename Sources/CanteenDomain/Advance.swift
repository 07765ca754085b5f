/// 预拨: money that a source paid a canteen ahead of its statements, or got back of it.
public struct Advance: Sendable, Hashable {
  public var canteen: Canteen.Code
  public var source: FundingSource
  /// In fen; below zero where the canteen paid it back.
  public var fen: Fen
  /// The day on which the money came or went back.
  public var day: Day
  /// 凭证号: an advance entered twice is found by it.
  public var voucher: String
  /// Why money went back; empty for money that came.
  public var reason: String

  public init(
    canteen: Canteen.Code, source: FundingSource, fen: Fen, day: Day, voucher: String,
    reason: String = ""
  ) {
    self.canteen = canteen
    self.source = source
    self.fen = fen
    self.day = day
    self.voucher = voucher
    self.reason = reason
  }
}

/// 预拨余额: what a canteen was paid ahead by one source and what became of it, in fen, without what
/// was taken back as entered wrongly.
public struct AdvanceHolding: Sendable, Hashable {
  public var canteen: Canteen.Code
  public var source: FundingSource
  public var received: Fen
  /// Paid back.
  public var returned: Fen
  /// What statements took of it, less what they left with it.
  public var used: Fen

  public init(
    canteen: Canteen.Code, source: FundingSource, received: Fen, returned: Fen = 0, used: Fen = 0
  ) {
    self.canteen = canteen
    self.source = source
    self.received = received
    self.returned = returned
    self.used = used
  }

  /// What the canteen holds of the source's still.
  public var held: Fen { received - returned - used }
}

/// Why an advance is not entered, taken back or used.
public enum AdvanceRefusal: Refusal, Hashable {
  /// No policy that was ever activated says that the source pays anything to a canteen.
  case unknownSource(FundingSource, known: [FundingSource])
  case inFuture(Day, today: Day)
  case moreThanHeld(FundingSource, held: Fen)
  case unknown(Int)
  case alreadyCorrected(Int)

  public var kind: RefusalKind {
    switch self {
    case .unknownSource, .unknown: .notFound
    case .inFuture: .invalid
    case .moreThanHeld, .alreadyCorrected: .conflict
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknownSource(let source, let known):
      Sentence(
        zh: "已启用的政策里没有资金来源 \(source.name.zh)；有：\(known.map(\.name.zh).joined(separator: "、"))",
        en: "no activated policy has the source \(source.rawValue); there are "
          + known.map(\.rawValue).joined(separator: ", "))
    case .inFuture(let day, let today):
      Sentence(zh: "日期 \(day) 晚于今天 \(today)", en: "\(day) is after today, \(today)")
    case .moreThanHeld(let source, let held):
      Sentence(
        zh: "\(source.name.zh)的预拨款只余 \(held.yuan) 元",
        en: "only \(held.yuan) yuan are left of what \(source.name.en) paid ahead")
    case .unknown(let number):
      Sentence(zh: "该助餐点没有第 \(number) 笔预拨", en: "the canteen has no advance \(number)")
    case .alreadyCorrected(let number):
      Sentence(zh: "第 \(number) 笔预拨已更正", en: "the advance \(number) is taken back already")
    }
  }
}
