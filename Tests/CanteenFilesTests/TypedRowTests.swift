import CanteenDomain
import CanteenFiles
import Testing

@Suite("Rows of a roster")
struct RosterRowTests {
  private let header = "序号,姓名,性别,身份证号,联系电话,人员类别,类别起始,照护等级,饮食禁忌,卡号\n"

  private func read(_ lines: String...) throws -> [RowReading<RosterRow>] {
    let text = try DecodedText(
      bytes: Array((header + lines.joined(separator: "\n")).utf8), fileName: "名册.csv")
    return RosterRow.read(
      try Table(text, columns: RosterRow.columns), asOf: try #require(Day(2026, 11, 1)))
  }

  @Test("A whole row becomes typed values")
  func whole() throws {
    let reading = try read(
      "7,王秀英,女,511323194308150022,138 0013 8000,低保户、失能,2024年1月1日,重度,低盐；忌葱,DFL１")[0]

    let person = try #require(reading.value)
    #expect(reading.warnings.isEmpty)
    #expect(person.line == 2 && person.serial == "7" && person.name == "王秀英")
    #expect(person.idNumber?.number == "511323194308150022" && person.sex == .female)
    #expect(person.phone == "13800138000")
    #expect(person.categories == [Category("DIBAO"), Category("DISABLED_CARE")])
    #expect(person.terms.map(\.from) == [Day(2024, 1, 1), Day(2024, 1, 1)])
    #expect(person.terms.map(\.careLevel) == [.severe, .severe])
    #expect(person.diets.map(\.code) == [.lowSalt, nil])
    #expect(person.diets.map(\.text) == ["低盐", "忌葱"])
    #expect(person.cards == ["DFL1"])
  }

  @Test(
    "ID numbers are mended as people type them",
    arguments: [
      " 511323 19430815 0022 ", "'511323194308150022", "５１１３２３１９４３０８１５００２２", "\t511323194308150022",
    ])
  func mended(number: String) throws {
    #expect(
      try read("1,王秀英,女,\(number),,,,,,")[0].value?.idNumber?.number == "511323194308150022")
  }

  @Test(
    "Faulty ID numbers reject the row with the place and the reason",
    arguments: [
      ("", "不能为空"), ("511323430815002", "15位"), ("5.11323E+17", "科学计数法"),
      ("511323194302300022", "出生日期不存在"), ("511323194308150023", "校验位"),
      ("511304203101051257", "晚于今天"),
    ])
  func faulty(number: String, reason: String) throws {
    let reading = try read("1,王秀英,女,\(number),,,,,,")[0]

    #expect(reading.value == nil)
    #expect(reading.faults.count == 1)
    let sentence = try #require(reading.faults.first?.sentence.zh)
    #expect(sentence.hasPrefix("名册.csv 第 2 行「身份证号」：") && sentence.contains(reason), "\(sentence)")
    #expect(number.isEmpty || !sentence.contains(number))
  }

  @Test("A contradicting sex, a malformed phone, an unknown level and an age below 60 only warn")
  func warnings() throws {
    let readings = try read(
      "1,王秀英,男,511323194308150022,1380013,,,特级,,", "2,傅雪梅,女,511323198504124161,,,,,,")

    #expect(readings.allSatisfy { $0.value != nil && $0.faults.isEmpty })
    #expect(Set(readings[0].warnings.compactMap(\.address.column)) == ["性别", "联系电话", "照护等级"])
    #expect(readings[0].value?.sex == .female)
    #expect(readings[0].value?.phone == nil)
    #expect(readings[1].warnings.map(\.reason.zh) == ["不满60周岁"])
  }

  @Test("All faults of a row come at once, and a blank name is one")
  func several() throws {
    let reading = try read("1,  ,女,1,,,2026-02-30,,,")[0]

    #expect(reading.faults.compactMap(\.address.column) == ["姓名", "身份证号", "类别起始"])
  }

  @Test("The same person again is a duplicate, another name or another's card a fault")
  func duplicates() throws {
    let readings = try read(
      "1,王秀英,女,511323194308150022,,,,,,C1", "2,王秀英,女,511323194308150022,,,,,,C1",
      "3,王某某,女,511323194308150022,,,,,,C2", "4,李明,男,34052419800101001X,,,,,,C1")

    #expect(readings.map { $0.value != nil } == [true, false, false, false])
    #expect(readings.map { $0.duplicate != nil } == [false, true, false, false])
    #expect(readings[1].duplicate?.reason.zh == "与第 2 行是同一人，不重复登记")
    #expect(readings[2].faults.map(\.address.column) == ["身份证号"])
    #expect(readings[3].faults.map(\.address.column) == ["卡号"])
  }
}

@Suite("Rows of a sign-in list")
struct SignInRowTests {
  private let header = "流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式\n"
  private let good = "S-1,2025-12-01,10:31:40,午餐,DFL002202,DFL-01,堂食,10.00,微信,刷卡"

  private func read(_ lines: String...) throws -> [RowReading<SignInRow>] {
    let text = try DecodedText(
      bytes: Array((header + lines.joined(separator: "\n")).utf8), fileName: "签到.csv")
    return SignInRow.read(try Table(text, columns: SignInRow.columns))
  }

  @Test("A whole row becomes typed values")
  func whole() throws {
    let meal = try #require(try read(good)[0].value)

    #expect(
      meal.serial == "S-1" && meal.day == Day(2025, 12, 1) && meal.time == TimeOfDay("10:31:40"))
    #expect(meal.period == .lunch && meal.card == "DFL002202" && meal.canteen == "DFL-01")
    #expect(meal.mode == .dineIn && meal.listPrice == 1000)
    #expect(meal.payment == .wechat && meal.auth == .card && meal.line == 2)
  }

  @Test(
    "What is wrong in one cell is said of that cell",
    arguments: [
      ("2025-12-01", "2025-02-30", "日期"), ("10:31:40", "25:00", "时间"), ("午餐", "夜宵", "餐次"),
      ("DFL002202", "", "卡号"), ("堂食", "外卖", "用餐方式"), ("10.00", "-1", "餐费"),
      ("10.00", "0", "餐费"), ("10.00", "1000.01", "餐费"), ("10.00", "十元", "餐费"),
      ("微信", "赊账", "支付方式"), ("刷卡", "猜", "核验方式"),
    ])
  func faulty(from: String, to: String, column: String) throws {
    let line = good.split(separator: ",").map { $0 == from ? to : String($0) }.joined(
      separator: ",")

    let reading = try read(line)[0]

    #expect(reading.value == nil)
    #expect(reading.faults.map(\.address.column) == [column])
  }

  @Test("An unknown word is refused with the words that are known")
  func knownWords() throws {
    let reading = try read(good.replacing("午餐", with: "夜宵"))[0]

    #expect(reading.faults[0].sentence.zh == "签到.csv 第 2 行「餐次」：“夜宵”不在可用的写法中：早餐、午餐、晚餐")
  }

  @Test("A thousand yuan is the highest price")
  func highest() throws {
    #expect(try read(good.replacing("10.00", with: "1000.00"))[0].value?.listPrice == 100_000)
  }

  @Test("The same row again is a duplicate, the same number for another meal a fault")
  func duplicates() throws {
    let readings = try read(good, good, good.replacing("10.00", with: "12.00"))

    #expect(readings[1].duplicate != nil && readings[1].faults.isEmpty)
    #expect(readings[2].duplicate == nil && readings[2].faults.count == 1)
  }
}
