import CanteenDomain

/// One meal of a sign-in list (签到表), as the canteen kept it.
public struct SignInRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// 流水号: the list's own number of the meal; nil where it has none.
  public let serial: String?
  public let day: Day
  public let time: TimeOfDay
  public let period: MealPeriod
  public let card: String
  /// What stands beside the card; nil for nothing.
  public let name: String?
  /// As the table names it: its code or its name.
  public var canteen: Canteen.Code
  public let mode: ServiceMode
  public let listPrice: Fen
  public let payment: MeansOfPayment
  public let auth: AuthMethod
}

extension SignInRow {
  enum Columns {
    static let serial = Column("流水号", "订单号", "核销号", "serial", unique: true)
    static let day = Column("日期", "就餐日期", "用餐日期", "day", "date", required: true)
    static let time = Column("时间", "就餐时间", "用餐时间", "time", required: true)
    static let period = Column("餐次", "餐别", "period", required: true)
    static let card = Column("卡号", "餐卡号", "就餐卡号", "card", required: true)
    static let name = Column("姓名", "老人姓名", "就餐人", "就餐人姓名", "就餐老人", "用餐人", "name")
    static let canteen = Column("助餐点", "助餐点编码", "食堂", "食堂编码", "canteen", unique: true)
    static let mode = Column("用餐方式", "取餐方式", "就餐方式", "mode", required: true)
    static let listPrice = Column("餐费", "餐费标价", "金额", "价格", "list_price", "price", required: true)
    static let payment = Column("支付方式", "付款方式", "payment", required: true)
    static let portions = Column("份数", "数量", "portions")
    static let remark = Column("备注", "说明", "remark", mayRepeat: true)
    static let auth = Column("核验方式", "识别方式", "签到方式", "auth", required: true)
    /// Written by `RejectedRows`.
    static let reason = Column(names: [RejectedRows.reasonHeader])
  }

  /// The columns of a sign-in list; 流水号, 助餐点 and the last three may be missing.
  public static let columns: [Column] = [
    Columns.serial, Columns.day, Columns.time, Columns.period, Columns.card, Columns.canteen,
    Columns.mode, Columns.listPrice, Columns.payment, Columns.auth, Columns.name,
    Columns.portions, Columns.remark, Columns.reason,
  ]

  public static let priceMax = CheckInRequest.listMax

  /// Whether a table says of each row at which canteen it was.
  public static func namesCanteens(_ table: Table) -> Bool {
    table.mapping.taken.contains { $0.column == Columns.canteen.name }
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a blank cell, a date or time that does not exist, an unknown word, a
  /// price not above 0 or above `priceMax`, or a serial number that stands earlier with other
  /// contents. The same row again is a duplicate. Under a title with one month, `2026年3月签到表`, a date
  /// may leave out the year, or name the day alone.
  /// - Parameters:
  ///   - today: days after it are mistyped; nil where any day may stand.
  ///   - canteen: where a row names none.
  public static func read(
    _ table: Table, asOf today: Day? = nil, canteen: Canteen.Code? = nil
  ) -> [RowReading<SignInRow>] {
    let month = OfficeDate.onlyMonth(in: table.title)
    var seen: [String: SignInRow] = [:]
    let first = beginning(of: table.rows.compactMap { day($0[Columns.day.name], in: month) })
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = SignInRow(
        &reader, in: month, asOf: today, since: first, canteen: canteen)
      let reading = reader.finish(value)
      guard let value = reading.value else { return reading }
      // Without a number a meal is known by all that is said of it.
      let key = value.serial ?? value.contents
      guard let earlier = seen[key] else {
        seen[key] = value
        return reading
      }
      return repeated(value, earlier, row)
    }
  }

  /// - Parameter month: the first day of the month that the title names.
  private static func day(_ text: String, in month: Day?) -> Day? {
    let text = withoutWeekday(text)
    if let date = OfficeDate(text) { return date.isMonth ? nil : date.day }
    return month.flatMap { OfficeDate.day(text, in: $0) }
  }

  /// How long nobody eats in no canteen: a little less than from a day to the same day of the next year.
  private static let pauseMax = 300

  /// The first day of a table's meals. Fewer than a tenth of them that lie a year or longer before all
  /// others are no meals of then: their year was mistyped, and the books would begin there.
  private static func beginning(of days: [Day]) -> Day? {
    let days = days.sorted()
    let last = days.indices.dropFirst().last { place in
      days[place].number - days[place - 1].number > pauseMax && place * 10 < days.count
    }
    return last.map { days[$0] }
  }

  private static func repeated(
    _ value: SignInRow, _ earlier: SignInRow, _ row: Row
  ) -> RowReading<SignInRow> {
    let again = value.contents == earlier.contents
    let (quoted, english) = value.serial.map { ("“\($0)”", "“\($0)”") } ?? ("", "the row")
    let remark = RowFault(
      address: value.serial == nil ? row.address : row.address(Columns.serial.name),
      reason: again
        ? Sentence(
          zh: "\(quoted)与第 \(earlier.line) 行相同，不重复计入",
          en: "\(english) is line \(earlier.line) again")
        : Sentence(
          zh: "\(quoted)已用于第 \(earlier.line) 行的另一餐",
          en: "\(english) is already the number of another meal, line \(earlier.line)"))
    return RowReading(
      line: row.line, value: nil, faults: again ? [] : [remark], duplicate: again ? remark : nil)
  }

  /// - Parameter month: the first day of the month that the title names.
  private init?(
    _ reader: inout RowReader, in month: Day?, asOf today: Day?, since first: Day?,
    canteen: Canteen.Code?
  ) {
    let serial = reader.optionalText(Columns.serial)
    let day = reader.required(Columns.day, form: RowReader.dateForm) { Self.day($0, in: month) }
    if let day, let today { reader.refuseFuture(day, Columns.day, asOf: today) }
    if let day {
      if let first, day < first {
        reader.refuseLongAgo(day, since: first)
      } else {
        reader.refuseUnmended(day)
      }
    }
    let time = reader.required(Columns.time, form: RowReader.timeForm) { TimeOfDay(office: $0) }
    let period = reader.required(Columns.period, in: Words.period)
    reader.refuseTakenBack()
    let card = reader.requiredText(Columns.card)
    let name = reader.optionalText(Columns.name)
    let isBlank = reader.text(Columns.canteen).isEmpty
    let canteen = (isBlank ? canteen : nil) ?? reader.requiredText(Columns.canteen)
    let mode = reader.required(Columns.mode, in: Words.mode)
    let price = reader.price(Columns.listPrice, max: SignInRow.priceMax)
    let payment = reader.required(Columns.payment, in: Words.payment)
    let auth = reader.required(Columns.auth, in: Words.auth)
    guard let day, let time, let period, let card, let canteen, let mode, let price,
      let payment, let auth
    else { return nil }
    line = reader.row.line
    self.serial = serial
    self.day = day
    self.time = time
    self.period = period
    self.card = card.normalisedWidth()
    self.name = name
    self.canteen = canteen.normalisedWidth()
    self.mode = mode
    listPrice = price
    self.payment = payment
    self.auth = auth
  }

  /// `2026/11/3 星期二` without the weekday.
  private static func withoutWeekday(_ text: String) -> String {
    guard let mark = text.range(of: "星期") ?? text.range(of: "周") else { return text }
    return String(text[..<mark.lowerBound]).trimmedSpaces().trimmingBrackets()
  }

  /// Everything but the line.
  private var contents: String {
    [
      day.description, time.description, period.rawValue, card, canteen, mode.rawValue,
      "\(listPrice.count)", payment.rawValue, auth.rawValue,
    ].joined(separator: "\u{1F}")
  }
}

extension TimeOfDay {
  /// Reads a time as offices write it: `12:04`, `11时35分`, `下午1:05`, `11:35 AM`, with a date before it,
  /// and the fraction of a day that a spreadsheet keeps.
  init?(office text: String) {
    var plain = text.normalisedWidth().trimmedSpaces()
    if let value = Double(plain), plain.contains(".") {
      // `11.35` is written for 11:35; a spreadsheet's time lies below one, or behind a day's number.
      if plain.count <= 5, plain.count >= 4, plain.suffix(3).first == ".", value >= 1 {
        self.init(plain.replacing(".", with: ":"))
        return
      }
      guard value > 0, value < 1 || value >= 10_000 else { return nil }
      self.init(
        seconds: Int((value.truncatingRemainder(dividingBy: 1) * 86_400).rounded()))
      return
    }
    if let space = plain.lastIndex(of: " "), Day(office: String(plain[..<space])) != nil {
      plain = String(plain[plain.index(after: space)...])
    }
    let isAfternoon = ["下午", "晚上", "傍晚", "PM", "pm"].contains { plain.contains($0) }
    let isMorning = ["上午", "早上", "AM", "am"].contains { plain.contains($0) }
    for word in ["下午", "晚上", "傍晚", "上午", "早上", "中午", "PM", "pm", "AM", "am", " "] {
      plain = plain.replacing(word, with: "")
    }
    plain = plain.replacing("时", with: ":").replacing("点", with: ":").replacing("分", with: ":")
      .replacing("秒", with: "")
    while plain.hasSuffix(":") { plain.removeLast() }
    if !plain.isEmpty, plain.allSatisfy(\.isASCIIDigit),
      isAfternoon || isMorning || text.contains("点")
    {
      plain += ":00"
    }
    guard let time = TimeOfDay(plain) else { return nil }
    // 中午1点 is one in the afternoon; nobody says 中午 of a night.
    let isNoon = text.contains("中午")
    if isNoon, (14_400..<36_000).contains(time.seconds) { return nil }
    if isAfternoon || isNoon && time.seconds < 14_400, time.seconds < 43_200 {
      self.init(seconds: time.seconds + 43_200)
    } else if isMorning, time.seconds >= 43_200 {
      return nil
    } else {
      self = time
    }
  }
}

extension String {
  /// Without an opening bracket that nothing follows.
  fileprivate func trimmingBrackets() -> String {
    hasSuffix("(") || hasSuffix("（") ? String(dropLast()).trimmedSpaces() : self
  }
}

extension RowReader {
  /// Fails a day that lies long before those of the other rows.
  fileprivate mutating func refuseLongAgo(_ day: Day, since first: Day) {
    fail(
      SignInRow.Columns.day,
      Sentence(
        zh: "\(day) 远早于表中其余各行（\(first) 起），像是写错了年份；确是那时的就餐，请单独成表导入",
        en: "\(day) is long before the other rows, which begin on \(first), as if its year were "
          + "mistyped; if it is right, import it in a table of its own"),
      code: "long_ago")
  }

  /// Fails a day that was refused as long ago before, and stands there unmended beside the reason: in a
  /// table of such rows alone nothing else tells that it is mistyped.
  fileprivate mutating func refuseUnmended(_ day: Day) {
    let reason = text(SignInRow.Columns.reason)
    guard !reason.isEmpty,
      reason.contains("\(day) 远早于") || reason.contains("\(day) is long before")
    else { return }
    fail(
      SignInRow.Columns.day,
      Sentence(
        zh: "\(day) 远早于原表其余各行，年份没有改过；确是那时的就餐，请清空本行的“未导入原因”再导入",
        en: "\(day) is long before the other rows of its first table, and its year was not mended; "
          + "if it is right, clear the cell 未导入原因 of the row"),
      code: "long_ago")
  }

  /// A row that says itself that nobody ate, or that it stands for several meals.
  fileprivate mutating func refuseTakenBack() {
    let (remark, portions) = (SignInRow.Columns.remark, SignInRow.Columns.portions)
    if has(remark), let text = optionalText(remark),
      ["作废", "退餐", "未就餐", "冲正", "撤销"].contains(where: { text.contains($0) })
        || ["取消", "已取消", "没来", "未来", "未取", "未取餐", "本餐取消"].contains(text)
    {
      fail(remark, Sentence(zh: "写着“\(text)”，不计入", en: "says “\(text)”, so it is not counted"))
    }
    if has(portions), let text = optionalText(portions), !["1", "一", "1份", "一份"].contains(text) {
      fail(
        portions,
        Sentence(
          zh: "为“\(text)”，一行只记一餐，请分行写", en: "is “\(text)”; a row is one meal, write one each"))
    }
  }

  /// A price in yuan above 0 and not above `max`.
  mutating func price(_ column: Column, max: Fen) -> Fen? {
    let form = Sentence(
      zh: "不是有效金额，请写成 12.50（元）", en: "is no amount in yuan; write it like 12.50")
    return checked(required(column, form: form) { Fen(yuan: $0) }, column, max)
  }

  mutating func optionalPrice(_ column: Column, max: Fen) -> Fen? {
    let form = Sentence(
      zh: "不是有效金额，请写成 12.50（元）", en: "is no amount in yuan; write it like 12.50")
    return checked(optional(column, form: form) { Fen(yuan: $0) }, column, max)
  }

  private mutating func checked(_ price: Fen?, _ column: Column, _ max: Fen) -> Fen? {
    guard let price else { return nil }
    if price <= .zero {
      fail(
        column,
        Sentence(zh: "应大于 0，现为 \(price.yuan) 元", en: "must be above 0 and is \(price.yuan) yuan"))
      return nil
    }
    if price > max {
      fail(
        column,
        Sentence(
          zh: "为 \(price.yuan) 元，超过单餐上限 \(max.yuan) 元",
          en: "is \(price.yuan) yuan, above the limit of \(max.yuan) a meal"))
      return nil
    }
    return price
  }
}
