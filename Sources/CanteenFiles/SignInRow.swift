import CanteenDomain

/// One meal of a sign-in list (签到表), as the canteen kept it.
public struct SignInRow: Sendable, Hashable {
  /// The line of the file on which the row begins, from 1.
  public let line: Int
  /// 流水号: the list's own number of the meal.
  public let serial: String
  public let day: Day
  public let time: TimeOfDay
  public let period: MealPeriod
  public let card: String
  public let canteen: Canteen.Code
  public let mode: ServiceMode
  public let listPrice: Fen
  public let payment: MeansOfPayment
  public let auth: AuthMethod
}

extension SignInRow {
  enum Columns {
    static let serial = Column("流水号", "订单号", "核销号", "serial", required: true)
    static let day = Column("日期", "就餐日期", "用餐日期", "day", "date", required: true)
    static let time = Column("时间", "就餐时间", "用餐时间", "time", required: true)
    static let period = Column("餐次", "餐别", "period", required: true)
    static let card = Column("卡号", "餐卡号", "就餐卡号", "card", required: true)
    static let canteen = Column("助餐点", "助餐点编码", "食堂", "食堂编码", "canteen", required: true)
    static let mode = Column("用餐方式", "取餐方式", "就餐方式", "mode", required: true)
    static let listPrice = Column("餐费", "餐费标价", "金额", "价格", "list_price", "price", required: true)
    static let payment = Column("支付方式", "付款方式", "payment", required: true)
    static let auth = Column("核验方式", "识别方式", "签到方式", "auth", required: true)
  }

  /// The columns of a sign-in list; all of them are needed.
  public static let columns: [Column] = [
    Columns.serial, Columns.day, Columns.time, Columns.period, Columns.card, Columns.canteen,
    Columns.mode, Columns.listPrice, Columns.payment, Columns.auth,
  ]

  public static let priceMax = CheckInRequest.listMax

  /// Reads the list at `path`; see `read(_:)`.
  public static func read(
    contentsOf path: String
  ) throws(FileRefusal) -> [RowReading<SignInRow>] {
    read(try Table(contentsOf: path, columns: columns))
  }

  /// Every row with what became of it.
  ///
  /// A row is rejected for a blank cell, a date or time that does not exist, an unknown word, a
  /// price not above 0 or above `priceMax`, or a serial number that stands earlier with other
  /// contents. The same row again is a duplicate.
  public static func read(_ table: Table) -> [RowReading<SignInRow>] {
    var seen: [String: SignInRow] = [:]
    return table.rows.map { row in
      var reader = RowReader(row)
      let value = SignInRow(&reader)
      let reading = reader.finish(value)
      guard let value = reading.value else { return reading }
      guard let earlier = seen[value.serial] else {
        seen[value.serial] = value
        return reading
      }
      return repeated(value, earlier, row)
    }
  }

  private static func repeated(
    _ value: SignInRow, _ earlier: SignInRow, _ row: Row
  ) -> RowReading<SignInRow> {
    let again = value.contents == earlier.contents
    let remark = RowFault(
      address: row.address(Columns.serial.name),
      reason: again
        ? Sentence(
          zh: "“\(value.serial)”与第 \(earlier.line) 行相同，不重复计入",
          en: "“\(value.serial)” is line \(earlier.line) again")
        : Sentence(
          zh: "“\(value.serial)”已用于第 \(earlier.line) 行的另一餐",
          en: "“\(value.serial)” is already the number of another meal, line \(earlier.line)"))
    return RowReading(
      line: row.line, value: nil, faults: again ? [] : [remark], duplicate: again ? remark : nil)
  }

  private init?(_ reader: inout RowReader) {
    let serial = reader.requiredText(Columns.serial)
    let day = reader.required(Columns.day, form: RowReader.dateForm) { Day(office: $0) }
    let time = reader.required(Columns.time, form: RowReader.timeForm) { TimeOfDay($0) }
    let period = reader.required(Columns.period, in: Words.period)
    let card = reader.requiredText(Columns.card)
    let canteen = reader.requiredText(Columns.canteen)
    let mode = reader.required(Columns.mode, in: Words.mode)
    let price = reader.price(Columns.listPrice, max: SignInRow.priceMax)
    let payment = reader.required(Columns.payment, in: Words.payment)
    let auth = reader.required(Columns.auth, in: Words.auth)
    guard let serial, let day, let time, let period, let card, let canteen, let mode, let price,
      let payment, let auth
    else { return nil }
    line = reader.row.line
    self.serial = serial
    self.day = day
    self.time = time
    self.period = period
    self.card = card.normalisedWidth()
    self.canteen = canteen.normalisedWidth()
    self.mode = mode
    listPrice = price
    self.payment = payment
    self.auth = auth
  }

  /// Everything but the line.
  private var contents: String {
    [
      day.description, time.description, period.rawValue, card, canteen, mode.rawValue,
      "\(listPrice.count)", payment.rawValue, auth.rawValue,
    ].joined(separator: "\u{1F}")
  }
}

extension RowReader {
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
