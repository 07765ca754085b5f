import CanteenDomain
import CanteenFiles
import Foundation
import Spreadsheets
import Testing

/// Rows that would be taken for something else than their office meant.
@Suite("Rows in doubt")
struct DoubtfulRowTests {
  private func roster(_ header: String, _ rows: String...) throws -> [RowReading<RosterRow>] {
    let text = (["姓名,身份证号,\(header)"] + rows).joined(separator: "\n") + "\n"
    return RosterRow.read(
      try Table(bytes: Array(text.utf8), fileName: "名册.csv", columns: RosterRow.columns),
      asOf: try #require(Day(2026, 11, 24)))
  }

  private static let person = "王秀英,511323194308150022"

  @Test(
    "a category that is taken back in brackets, or only ticked, is left out with a warning",
    arguments: ["低保（2025年已停）", "失能（否）", "低保(其妻)", "低保（申请中）", "低保（死亡）", "√", "TRUE"])
  func takenBack(_ word: String) throws {
    let reading = try roster("人员类别", "\(Self.person),\(word)")[0]
    #expect(reading.value?.categories == [] && reading.warnings.count == 1)
  }

  @Test("brackets that say more of a category do no harm")
  func harmless() throws {
    let person = try roster("人员类别", "\(Self.person),特困（分散供养）")[0].value
    #expect(person?.categories.map(\.rawValue) == ["TEKUN"])
    for (word, code) in [
      ("失独（独生子女死亡）", "FP_SPECIAL"), ("独居（丈夫去世）", "LIVES_ALONE"), ("孤寡（配偶已故）", "NO_FAMILY"),
      ("优抚（烈士配偶）", "YOUFU"), ("退役军人（曾参战）", "YOUFU"),
    ] {
      let reading = try roster("人员类别", "\(Self.person),\(word)")[0]
      #expect(reading.value?.categories.map(\.rawValue) == [code], "\(word)")
    }
  }

  @Test("a category may have a column of its own that is ticked")
  func ticked() throws {
    let readings = try roster(
      "低保,是否失能,优抚", "\(Self.person),√,否,", "李桂兰,511323194511020047,,是,重点")
    #expect(readings[0].value?.categories.map(\.rawValue) == ["DIBAO"])
    #expect(readings[1].value?.categories.map(\.rawValue) == ["DISABLED_CARE"])
    #expect(readings[1].warnings.map(\.address.column) == ["优抚"])
    let half = try roster("失能,半失能", "\(Self.person),,√")
    #expect(half[0].value?.categories.map(\.rawValue) == ["DISABLED_CARE"])
  }

  @Test(
    "a level within the word of a category is the level of it",
    arguments: [
      ("重度失能", "DISABLED_CARE", "severe", nil), ("失能（中度）", "DISABLED_CARE", "moderate", nil),
      ("轻度失能老人", "DISABLED_CARE", "mild", nil), ("3级失能", "DISABLED_CARE", "3", nil),
      ("半失能", "DISABLED_CARE", "moderate", nil), ("失能", "DISABLED_CARE", nil, nil),
      ("二级残疾", "SEVERE_DISABILITY", nil, 2), ("视力一级", "SEVERE_DISABILITY", nil, 1),
      ("残疾人（肢体2级）", "SEVERE_DISABILITY", nil, 2), ("重度残疾", "SEVERE_DISABILITY", nil, nil),
      ("失独（独生子女二级残疾）", "FP_SPECIAL", nil, nil), ("三级残疾", "三级残疾", nil, 3),
    ] as [(String, String, String?, Int?)])
  func levelInWord(_ word: String, _ code: String, _ level: String?, _ grade: Int?) throws {
    let term = try #require(try roster("人员类别", "\(Self.person),\(word)")[0].value?.terms.first)
    #expect(term.category.rawValue == code)
    #expect(term.careLevel?.rawValue == level && term.disabilityGrade == grade)
  }

  @Test("a level that two cells say otherwise refuses the row; one without a category is warned of")
  func levelBeside() throws {
    let other = try roster("人员类别,照护等级", "\(Self.person),重度失能,中度")[0]
    let number = try roster("人员类别,照护等级", "\(Self.person),重度失能,5级")[0]
    let graver = try roster("人员类别", "\(Self.person),视力二级、肢体一级")[0]
    let half = try roster("人员类别", "\(Self.person),半失能")[0]
    let alone = try roster("照护等级,残疾等级", "\(Self.person),重度,二级")[0]
    let well = try roster("照护等级,残疾等级", "\(Self.person),0级,无")[0]

    #expect(other.faults.map(\.address.column) == ["照护等级"])
    #expect(number.value?.terms[0].careLevel?.rawValue == "5")
    #expect(graver.value?.terms.map(\.disabilityGrade) == [1])
    #expect(half.warnings.map(\.address.column) == ["人员类别"])
    #expect(alone.value != nil && alone.warnings.map(\.address.column) == ["照护等级", "残疾等级"])
    #expect(well.warnings.isEmpty)
  }

  @Test("an age above 120 is warned of")
  func tooOld() throws {
    let readings = try roster(
      "性别,证件类型,出生日期", "王秀英,无,女,无,1905-11-23", "王秀英,无,女,无,1905-11-25")
    #expect(readings[0].warnings.map(\.address.column) == ["出生日期"])
    #expect(readings.allSatisfy { $0.value != nil } && readings[1].warnings.isEmpty)
  }

  @Test("a name with a middle dot is one name however the dot is typed")
  func middleDot() throws {
    let readings = try roster(
      "备注", "阿依·古丽,511323194308150022,", "阿依•古丽,511323194308150022,",
      "阿依．古丽,511323194308150022,", "阿依 ・ 古丽,511323194308150022,")
    #expect(readings[0].value?.name == "阿依·古丽")
    #expect(readings.dropFirst().allSatisfy { $0.duplicate != nil })
  }

  @Test("a phone beside the name of a contact is a phone, and is printed nowhere")
  func contact() throws {
    let readings = try roster(
      "紧急联系人,紧急联系电话", "\(Self.person),张三 13800138000,",
      "李桂兰,511323194511020047,李四（儿子）电话：138-0013-8000,13800138000",
      "王秀英13800138000,511323195003081526,,", "某人,511323194308028000,张三 1380013800,")
    #expect(readings[0].value?.contactName == "张三")
    #expect(readings[0].value?.contactPhones == ["13800138000"])
    #expect(readings[1].value?.contactName == "李四(儿子)")
    #expect(readings[1].value?.contactPhones == ["13800138000"])
    #expect(readings[1].warnings.isEmpty && readings[2].value == nil)
    #expect(readings[3].value?.contactName == "张三" && readings[3].value?.contactPhones == [])
    for fault in readings.flatMap({ $0.faults + $0.warnings }) {
      #expect(!fault.sentence.zh.contains("1380013800"))
    }
  }

  @Test(
    "several things in a cell may stand apart by any mark",
    arguments: ["、", "，", "；", "|", "｜", "/"])
  func marks(_ mark: String) throws {
    let reading = try roster("人员类别,卡号", "\(Self.person),\"低保\(mark)失能\",A1")[0]
    #expect(reading.value?.categories.map(\.rawValue) == ["DIBAO", "DISABLED_CARE"])
  }

  @Test(
    "a death without its day, and a name that says it, refuse the row",
    arguments: [
      ("状态", "王秀英,511323194308150022,已故"), ("状态", "王秀英,511323194308150022,2026年3月去世"),
      ("备注", "王秀英（已故）,511323194308150022,"), ("备注", "赵甲/钱甲,511323194308150022,"),
      ("备注", "王□英,511323194308150022,"), ("备注", "王秀英,511323194308150022,作废"),
      ("状态", "王秀英,511323194308150022,已作废"),
    ])
  func refused(_ header: String, _ row: String) throws {
    let reading = try roster(header, row)[0]
    #expect(reading.value == nil && reading.faults.count == 1)
  }

  @Test("the same person again is a duplicate only where nothing else is said")
  func again() throws {
    let readings = try roster(
      "人员类别,卡号", "\(Self.person),低保,A1", "\(Self.person),低保,A1", "\(Self.person),,",
      "\(Self.person),失能,A1")
    #expect(readings[1].duplicate != nil && readings[2].duplicate != nil)
    #expect(readings[3].faults.map(\.address.column) == ["人员类别"])
  }

  @Test("a term that ends in a month lasts to its last day")
  func lastMonth() throws {
    let term = try roster("人员类别,类别起始,有效期至", "\(Self.person),低保,2024年3月,2026年2月")[0].value?.terms[0]
    #expect(term?.from?.description == "2024-03-01" && term?.to?.description == "2026-02-28")
  }

  @Test(
    "the first and the last day of a term may stand in one cell",
    arguments: [
      ("类别起始", "2022.3.1至2026.12.31", "2022-03-01", "2026-12-31"),
      ("有效期至", "2022年3月1日—2026年12月31日", "2022-03-01", "2026-12-31"),
      ("享受期限", "2022-03-01 ～ 2026-12", "2022-03-01", "2026-12-31"),
      ("享受期限", "2022.3.1至今", "2022-03-01", nil), ("享受期限", "2022.3.1至长期", "2022-03-01", nil),
      ("类别起始", "2022年3月1日起", "2022-03-01", nil), ("有效期", "至2026-12-31", nil, "2026-12-31"),
      ("有效期", "长期", nil, nil), ("有效期至", "至今", nil, nil),
    ] as [(String, String, String?, String?)])
  func span(_ header: String, _ cell: String, _ from: String?, _ to: String?) throws {
    let term = try #require(
      try roster("人员类别,\(header)", "\(Self.person),低保,\(cell)")[0].value?.terms.first)
    #expect(term.from?.description == from && term.to?.description == to)
  }

  @Test("a day that may be the first or the last, and days that contradict, refuse the row")
  func spanInDoubt() throws {
    let one = try roster("人员类别,享受期限", "\(Self.person),低保,2026-12-31")[0]
    let two = try roster(
      "人员类别,类别起始,类别截止", "\(Self.person),低保,2022.3.1至2026.12.31,2025-12-31")[0]
    let none = try roster("人员类别,类别起始", "\(Self.person),低保,至")[0]
    #expect(one.faults.map(\.address.column) == ["类别期限"])
    #expect(two.faults.map(\.address.column) == ["类别截止"])
    #expect(none.faults.map(\.address.column) == ["类别起始"])
  }

  @Test("a formula without its result is refused, and a number in a formula of text is its text")
  func formulas() throws {
    let readings = try roster(
      "居住社区", "=A1&B1,511323194308150022,幸福社区", "李桂兰,=\"511323194511020047\",幸福社区")
    #expect(readings[0].faults.first?.reason.zh.contains("公式") == true)
    #expect(readings[1].value?.document.number == "511323194511020047")
  }

  @Test("同上 and 〃 are what stands above")
  func ditto() throws {
    let readings = try roster(
      "居住社区,居民小组", "\(Self.person),幸福社区,1组", "李桂兰,511323194511020047,同上,〃")
    #expect(readings[1].value?.community == "幸福社区" && readings[1].value?.group == "1组")
  }

  @Test("a community beside the first of its people only holds where the column looks merged")
  func communityOfGroup() throws {
    let people = ["511323194308150022", "511323194511020047", "511323195003081526"]
    func communities(_ cells: String...) throws -> [String?] {
      let rows = zip(people, cells).map { "某人,\($0),\($1)" }
      let text = (["姓名,身份证号,居住社区"] + rows).joined(separator: "\n") + "\n"
      let table = try Table(
        bytes: Array(text.utf8), fileName: "名册.csv", columns: RosterRow.columns)
      let readings = RosterRow.read(table, asOf: try #require(Day(2026, 11, 24)))
      let warned = readings.filter { $0.warnings.contains { $0.address.column == "居住社区" } }
      #expect(warned.count <= 1)
      return readings.map { $0.value?.community }
    }

    #expect(try communities("幸福社区", "", "") == ["幸福社区", "幸福社区", "幸福社区"])
    #expect(try communities("幸福社区", "东风路社区", "") == ["幸福社区", "东风路社区", nil])
    #expect(try communities("", "幸福社区", "") == [nil, "幸福社区", nil])
    #expect(try communities("", "", "") == [nil, nil, nil])
  }

  private func table(_ header: String, _ row: String) throws -> Table {
    let text = "流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式\(header)\n\(row)\n"
    return try Table(bytes: Array(text.utf8), fileName: "签到.csv", columns: SignInRow.columns)
  }

  private func signIns(_ header: String, _ row: String) throws -> RowReading<SignInRow> {
    SignInRow.read(try table(header, row))[0]
  }

  @Test(
    "times and dates as canteens write them",
    arguments: [
      ("2026-11-02", "上午11:35", "11:35:00"), ("2026/11/2 星期一", "11时35分", "11:35:00"),
      ("2026-11-02 00:00", "下午1:05", "13:05:00"), ("2026.11.2", "11:35 AM", "11:35:00"),
      ("46328", "0.4826", "11:34:57"), ("2026-11-02", "2026-11-02 11:35", "11:35:00"),
      ("2026-11-02", "12点", "12:00:00"), ("2026-11-02", "11.35", "11:35:00"),
      ("2026-11-02", "中午12:10", "12:10:00"), ("2026-11-02", "中午1点10分", "13:10:00"),
    ])
  func times(_ date: String, _ time: String, _ expected: String) throws {
    let meal = try signIns("", "K1,\(date),\(time),午餐,A1,XFS-01,自取,12.00,现金,刷卡").value
    #expect(meal?.day.description == "2026-11-02" && meal?.time.description == expected)
  }

  @Test("a row that says itself that it does not count is refused")
  func void() throws {
    let row = "K1,2026-11-02,11:35,午餐,A1,XFS-01,堂食,12.00,现金,刷卡"
    #expect(try signIns(",备注", row + ",作废").value == nil)
    #expect(try signIns(",份数", row + ",2").value == nil)
    #expect(try signIns(",份数,备注", row + ",1,女儿陪同").value != nil)
    #expect(try signIns(",备注", row + ",没来得及刷卡，手工登记").value != nil)
    for time in ["上午 13:05", "11.5", "1.", ".", "25:00", "下午", "1135"] {
      #expect(try signIns("", row.replacing("11:35", with: time)).value == nil)
    }
  }

  /// Readings of meals on some days, as of 24 November 2026.
  private func readings(_ days: [Day]) throws -> [RowReading<SignInRow>] {
    let header = "流水号,日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式\n"
    let rows = days.enumerated().map { "K\($0),\($1),11:35,午餐,A1,XFS-01,堂食,12.00,现金,刷卡\n" }
    let table = try Table(
      bytes: Array((header + rows.joined()).utf8), fileName: "签到.csv", columns: SignInRow.columns)
    return SignInRow.read(table, asOf: try #require(Day(2026, 11, 24)))
  }

  @Test(
    "a day that has not come, or lies long before the others, is refused",
    arguments: [
      (Day(2062, 11, 2), "尚未到来", "in_the_future"), (Day(2026, 11, 25), "尚未到来", "in_the_future"),
      (Day(2015, 11, 2), "单独成表", "long_ago"), (Day(2025, 11, 2), "单独成表", "long_ago"),
    ])
  func mistypedYears(_ mistyped: Day?, _ reason: String, _ code: String) throws {
    let november = try #require(Day(2026, 11, 1))
    let read = try readings([try #require(mistyped)] + (0..<20).map { november + $0 })

    let fault = try #require(read[0].faults.first)
    #expect(fault.address.column == "日期" && fault.code == code)
    #expect(fault.reason.zh.contains(reason))
    #expect(read.dropFirst().allSatisfy { $0.value != nil })
  }

  @Test("days of long ago are no doubt where they are many, or follow one another")
  func plausibleDays() throws {
    let (old, november) = (try #require(Day(2024, 1, 1)), try #require(Day(2026, 11, 1)))
    let lists = [
      [old], [old, november, november + 1], (0..<40).map { old + 25 * $0 },
      (0..<3).map { old + $0 } + (0..<20).map { november + $0 },
    ]
    for days in lists { #expect(try readings(days).allSatisfy { $0.value != nil }) }
  }

  @Test("under a title with its month a date may leave out what the title says")
  func titled() throws {
    func days(_ title: String, _ dates: String...) throws -> [String?] {
      let rows = dates.map { "\($0),11:35,午餐,A1,堂食,12.00,现金,刷卡\n" }
      let text = "\(title),,,,,,,\n日期,时间,餐次,卡号,用餐方式,餐费,支付方式,核验方式\n" + rows.joined()
      let table = try Table(
        bytes: Array(text.utf8), fileName: "签到.csv", columns: SignInRow.columns)
      return SignInRow.read(table, canteen: "XFS-01").map { $0.value?.day.description }
    }

    let march = try days(
      "幸福社区食堂2026年3月签到表", "5", "6日", "3月7日 星期六", "3/8", "2026-03-09", "4月1日", "32", "5.5")
    let unsaid = try days("幸福社区食堂签到表", "5", "3月7日")
    let several = try days("2026年3月—4月签到表", "5", "2026-04-02")

    #expect(
      march == [
        "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09", nil, nil, nil,
      ])
    #expect(unsaid == [nil, nil] && several == [nil, "2026-04-02"])
  }

  @Test("without a number the same row again is a duplicate, another meal is none")
  func unnumbered() throws {
    let header = "日期,时间,餐次,卡号,助餐点,用餐方式,餐费,支付方式,核验方式\n"
    let row = "2026-11-02,11:35,午餐,A1,XFS-01,堂食,12.00,现金,刷卡\n"
    let text = header + row + row + row.replacing("A1", with: "A2")
    let table = try Table(bytes: Array(text.utf8), fileName: "签到.csv", columns: SignInRow.columns)

    let readings = SignInRow.read(table)

    #expect(readings.map { $0.value != nil } == [true, false, true])
    #expect(readings[0].value?.serial == nil)
    #expect(readings[1].duplicate?.sentence.zh == "签到.csv 第 3 行：与第 2 行相同，不重复计入")
  }

  @Test("a blank canteen is a fault where none is given; two columns of canteens are refused")
  func canteens() throws {
    let row = "K1,2026-11-02,11:35,午餐,A1,,堂食,12.00,现金,刷卡"
    let table = try table("", row)

    #expect(SignInRow.read(table)[0].faults.map(\.address.column) == ["助餐点"])
    #expect(SignInRow.read(table, canteen: "XFS-01")[0].value?.canteen == "XFS-01")
    #expect(throws: FileRefusal.self) { try self.table(",食堂", row + ",DFL-01") }
  }

  @Test("a count of a day to come is refused, one of today is taken")
  func counts() throws {
    let text = """
      助餐点,日期,来源,餐次或支付方式,数量
      XFS-01,2062-11-02,收银,现金,5.00
      XFS-01,2026-11-24,收银,现金,5.00

      """
    let table = try Table(bytes: Array(text.utf8), fileName: "清点.csv", columns: CountRow.columns)
    let readings = CountRow.read(table, asOf: try #require(Day(2026, 11, 24)))
    #expect(readings[0].faults.map(\.address.column) == ["日期"] && readings[1].value != nil)
  }

  /// A workbook with a sheet for each name, all with one person.
  private func workbook(_ sheets: [String]) throws -> String {
    let path = NSTemporaryDirectory() + "canteen-sheets-\(UUID().uuidString).xlsx"
    func layout(_ name: String) -> WorkbookLayout {
      WorkbookLayout(sheet: name, title: name, columns: ["姓名", "身份证号"].map { .init($0) })
    }
    let writer = try WorkbookWriter(path: path, layout: layout(sheets[0]), createdAt: 0)
    for (index, sheet) in sheets.enumerated() {
      if index > 0 { try writer.beginSheet(layout(sheet)) }
      try writer.append([.text("王秀英"), .text("511323194308150022")])
    }
    try writer.close()
    return path
  }

  @Test(
    "every sheet with the header is a table, samples are none; one at a time is refused by name")
  func sheets() throws {
    let path = try workbook(["填表示例", "一组", "二组"])
    defer { try? FileManager.default.removeItem(atPath: path) }

    let tables = try Table.all(contentsOf: path, columns: RosterRow.columns)

    #expect(tables.map(\.sheet) == ["一组", "二组"])
    #expect(tables.allSatisfy { $0.rows.count == 1 && $0.fileName.hasSuffix("）") })
    #expect(tables[0].remarks.map(\.zh).first?.contains("填表示例") == true)
    var seen = RosterRow.Seen()
    let today = try #require(Day(2026, 11, 24))
    let readings = tables.map { RosterRow.read($0, asOf: today, words: .standard, &seen)[0] }
    #expect(readings[0].value != nil && readings[1].duplicate?.reason.zh.contains("“一组”") == true)
    let refusal = #expect(throws: FileRefusal.self) {
      try Table(contentsOf: path, columns: RosterRow.columns)
    }
    #expect(refusal?.sentence.zh.contains("一组、二组") == true)
  }
}
