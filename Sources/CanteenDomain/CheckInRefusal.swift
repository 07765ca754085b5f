/// Why a check-in is not accepted. A refusal never blocks a meal: the full price is always possible.
public enum CheckInRefusal: Refusal, Hashable {
  /// The person already took this meal: when, at which canteen and window, and under which key.
  case alreadyCheckedIn(
    period: MealPeriod, day: Day, today: Bool, at: TimeOfDay, canteen: String, terminal: String)
  case unknownCard(String)
  case unknownDiner(Diner.ID)
  case unknownProxy(Int)
  /// The card was lost, replaced or ended before the meal; another way to say who one is still works.
  case cardNotGood(Credential.Event)
  case unknownCanteen(String)
  /// The same key came before with other contents.
  case keyUsedForAnother(CheckIn.ID)
  case unknownCheckIn(CheckIn.ID)
  case alreadyReversed(CheckIn.ID)
  case priceNotPositive(Fen)
  /// Above `CheckInRequest.listMax`.
  case priceTooHigh(Fen)
  case beforeCanteenOpened(Day, canteen: String)
  case inTheFuture(Day, TimeOfDay)
  /// It was paid before it was priced here, and another price would be right.
  case paidAnotherPrice(paid: Fen, right: Fen)
  /// It came late and waits for a person's decision; why, as a code and in a sentence.
  case kept(CheckIn.ID, code: String, Sentence)
  /// There is no price for a meal whose menu names none.
  case noPrice(Day, MealPeriod)
  /// Points do not pay it.
  case points(PointRefusal)

  /// The machine's word for it, which never changes.
  public var code: String {
    switch self {
    case .alreadyCheckedIn: "already_served"
    case .unknownCard: "card_unknown"
    case .unknownDiner: "diner_unknown"
    case .unknownProxy: "proxy_unknown"
    case .cardNotGood: "card_not_good"
    case .unknownCanteen: "canteen_unknown"
    case .keyUsedForAnother: "key_used_for_another"
    case .unknownCheckIn: "check_in_unknown"
    case .alreadyReversed: "already_reversed"
    case .priceNotPositive: "price_not_positive"
    case .priceTooHigh: "price_too_high"
    case .beforeCanteenOpened: "before_canteen_opened"
    case .inTheFuture: "in_the_future"
    case .paidAnotherPrice: "paid_another_price"
    case .kept: "kept_as_exception"
    case .noPrice: "price_unknown"
    case .points: "points_refused"
    }
  }

  public var kind: RefusalKind {
    switch self {
    case .alreadyCheckedIn, .keyUsedForAnother, .alreadyReversed, .cardNotGood,
      .paidAnotherPrice, .kept:
      .conflict
    case .unknownCard, .unknownDiner, .unknownProxy, .unknownCanteen, .unknownCheckIn: .notFound
    case .noPrice, .priceNotPositive, .priceTooHigh, .beforeCanteenOpened, .inTheFuture: .invalid
    case .points(let refusal): refusal.kind
    }
  }

  public var sentence: Sentence {
    switch self {
    case .alreadyCheckedIn(let period, let day, let today, let time, let canteen, let terminal):
      Sentence(
        zh:
          "\(today ? "今日" : "\(day) ")\(period.name.zh)已就餐 \(time.hourAndMinute) · \(canteen) · \(terminal)",
        en:
          "\(today ? "today's" : "\(day)") \(period.name.en) was already taken at \(time.hourAndMinute) · \(canteen) · \(terminal)"
      )
    case .unknownCard(let card):
      Sentence(
        zh: "查无此卡：\(card.maskedIfLong)", en: "nobody has the card \(card.maskedIfLong)")
    case .unknownDiner(let id):
      Sentence(zh: "登记册中没有 #\(id)", en: "nobody in the register is #\(id)")
    case .unknownProxy(let number):
      Sentence(zh: "没有第 \(number) 号代领人，或已不在有效期", en: "there is no proxy \(number) on that day")
    case .paidAnotherPrice(let paid, let right):
      Sentence(
        zh: "已按 \(paid.yuan) 元收取，现应付 \(right.yuan) 元",
        en: "\(paid.yuan) yuan were paid, and \(right.yuan) would be right")
    case .kept(_, _, let sentence):
      Sentence(zh: "已留待处理：\(sentence.zh)", en: "kept for a decision: \(sentence.en)")
    case .noPrice(let day, let period):
      Sentence(
        zh: "\(day) \(period.name.zh)的食谱没有唯一的套餐价，请输入餐费",
        en: "the menu of \(day) \(period.name.en) has no one price of a set; give the price")
    case .points(let refusal): refusal.sentence
    case .cardNotGood(let event):
      Sentence(
        zh: "此卡已\(event.name.zh)，请用其他方式核验（身份证、姓名），不影响用餐",
        en: "the card is \(event.name.en); find the person by ID or name, the meal goes on")
    case .unknownCanteen(let code):
      Sentence(zh: "没有助餐点 \(code)", en: "there is no canteen \(code)")
    case .keyUsedForAnother(let id):
      Sentence(
        zh: "流水键 \(id) 已用于内容不同的另一笔签到",
        en: "the key \(id) was used for a check-in with other contents")
    case .unknownCheckIn(let id):
      Sentence(zh: "没有签到记录 \(id)", en: "there is no check-in \(id)")
    case .alreadyReversed(let id):
      Sentence(zh: "签到 \(id) 已冲正", en: "the check-in \(id) is already reversed")
    case .priceTooHigh(let fen):
      Sentence(
        zh: "餐费 \(fen.yuan) 超过单餐上限 \(CheckInRequest.listMax.yuan) 元",
        en: "\(fen.yuan) is above \(CheckInRequest.listMax.yuan), the most that a meal may cost")
    case .priceNotPositive(let fen):
      Sentence(zh: "餐费应大于0，现为 \(fen.yuan) 元", en: "a meal's price is above 0, not \(fen.yuan) yuan")
    case .beforeCanteenOpened(let day, let canteen):
      Sentence(
        zh: "\(day) 早于 \(canteen) 的开业日期", en: "\(day) is before \(canteen) opened")
    case .inTheFuture(let day, let time):
      Sentence(
        zh: "就餐时间 \(day) \(time) 尚未到来", en: "the meal's time \(day) \(time) has not come yet")
    }
  }
}

extension CheckInRefusal {
  /// Whether a person can still make a meal of it that was eaten and came late.
  public var isWorthJudging: Bool {
    switch self {
    case .alreadyCheckedIn, .unknownCard, .unknownDiner, .unknownProxy, .cardNotGood,
      .paidAnotherPrice, .beforeCanteenOpened, .inTheFuture, .noPrice:
      true
    case .unknownCanteen, .keyUsedForAnother, .unknownCheckIn, .alreadyReversed,
      .priceNotPositive, .priceTooHigh, .kept, .points:
      false
    }
  }
}
