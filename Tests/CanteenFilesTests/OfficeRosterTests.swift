import CanteenDomain
import CanteenFiles
import Testing

@Suite("Rosters as offices keep them")
struct OfficeRosterTests {
  private func table(_ text: String) throws -> Table {
    try Table(
      bytes: Array(text.utf8), fileName: "名册.csv", columns: RosterRow.columns)
  }

  private func read(
    _ text: String, words: CategoryWords = .standard
  ) throws -> [RowReading<RosterRow>] {
    RosterRow.read(try table(text), asOf: try #require(Day(2026, 11, 24)), words: words)
  }

  private func person(_ header: String, _ cells: String) throws -> RosterRow {
    try #require(
      try read("姓名,身份证号,\(header)\n王秀英,511323194308150022,\(cells)\n")[0].value)
  }

  @Test("Headers are known under other names, in any order, with marks, breaks and full width")
  func headers() throws {
    let text = """
      现住址,对象类别（必填）,"老人\n姓 名*",【必填】公民身份号码,手机号（本人）,户口所在地,所属网格,备　注：,微信号
      滨河路1号,低保户,王 秀英,511323194308150022,13800138000,蓬安县,03网格,好,wx1
      """

    let table = try table(text)
    let row = try #require(try read(text)[0].value)

    #expect(row.name == "王秀英" && row.address == "滨河路1号" && row.grid == "03网格")
    #expect(row.categories == [Category("DIBAO")] && row.phones == ["13800138000"])
    #expect(row.hukou == "蓬安县" && row.remark == "好")
    #expect(table.mapping.unknown.map(\.header) == ["微信号"])
    #expect(table.mapping.warnings.map(\.zh) == ["第 9 列（I）“微信号”的含义不明，这一列未使用"])
  }

  @Test("Whose phone a header means is told by its brackets and by the label above it")
  func whose() throws {
    let brackets = try #require(
      try read(
        "姓名,身份证号,联系电话,联系电话（家属）\n王秀英,511323194308150022,13800138000,13900139000\n")[0].value)
    let labels = try #require(
      try read(
        """
        花名册,,,,
        姓名,身份证号,电话,紧急联系人,
        ,,,姓名,电话
        王秀英,511323194308150022,13800138000,李明,13900139000
        """)[0].value)
    let both = try #require(
      try read(
        """
        姓名,身份证号,联系电话,
        ,,本人,家属
        王秀英,511323194308150022,13800138000,13900139000
        """)[0].value)

    for row in [brackets, labels, both] {
      #expect(row.phone == "13800138000" && row.contactPhone == "13900139000")
    }
    #expect(labels.contactName == "李明")
  }

  @Test("Two columns that claim to be the number are refused by name, others are named")
  func alike() throws {
    #expect(
      throws: FileRefusal.columnsAlike(
        file: "名册.csv", column: "身份证号", found: ["身份证号", "证件号码"], line: 1)
    ) { try table("姓名,证件号码,身份证号\n1,2,3\n") }
    let mapping = try table("姓名,身份证号,户籍地,户籍地址\n1,2,3,4\n").mapping
    #expect(mapping.alike.map { $0.places.map(\.header) } == [["户籍地", "户籍地址"]])
    #expect(mapping.warnings.count == 1)
  }

  @Test("Titles, notes, totals, signatures, empty numbers and headers again are no rows")
  func notes() throws {
    let text = """
      幸福社区2026年花名册,,,
      填表单位：幸福社区,,,
      序号,姓名,身份证号,备注
      一、第一居民小组,,,
      1,王秀英,511323194308150022,
      序号,姓名,身份证号,备注
      2,李明,34052419800101001X,
      3,,,
      ,,,
      合计,2人,,
      共2人,,,
      说明：本表一式两份,,,
      制表人：张三,,审核人：李四,日期：
      （盖章）,,,
      """

    let table = try table(text)

    #expect(table.rows.map { $0["姓名"] } == ["王秀英", "李明"])
    #expect(table.skipped.map(\.line) == [4, 6, 8, 10, 11, 12, 13, 14])
  }

  @Test("A header that comes again with its columns in another order holds for the rows below it")
  func reordered() throws {
    let text = """
      序号,姓名,身份证号,联系电话,备注
      1,王秀英,511323194308150022,13800138000,好
      身份证号码,姓名,卡号,联系电话,微信号
      511323194511020047,李桂兰,A2,13900139000,wx
      511323194511020048,赵某,,,
      """

    let table = try table(text)
    let readings = try read(text)

    #expect(readings.map { $0.value?.name } == ["王秀英", "李桂兰", nil])
    #expect(readings[1].value?.cards == ["A2"] && readings[1].value?.phone == "13900139000")
    #expect(table.skipped.map(\.line) == [3] && table.headerLine == 1)
    #expect(
      table.remarks.map(\.zh) == [
        "第 3 行又有表头，与上面的不同，其下各行按它读取", "第 3 行的表头：第 5 列（E）“微信号”的含义不明，这一列未使用",
      ])
    let rejected = RejectedRows(table, readings)
    #expect(rejected.header == ["序号", "姓名", "身份证号", "联系电话", "备注", "卡号", "微信号", "未导入原因"])
    #expect(
      rejected.rows.map { Array($0.dropLast()) } == [
        ["", "赵某", "511323194511020048", "", "", "", ""]
      ])
  }

  @Test("A row that lacks its name or number is a row, and says so")
  func halfRows() throws {
    let readings = try read("序号,姓名,身份证号,备注\n1,,511323194308150022,\n2,合小计,,\n3,注小明,,x\n")

    #expect(
      readings.map { $0.faults.compactMap(\.address.column) } == [["姓名"], ["身份证号"], ["身份证号"]])
  }

  @Test(
    "Numbers are cleaned of what says nothing",
    arguments: [
      "511323-19430815-0022", "\u{200B}511323194308150022\u{202C}", "‘511323194308150022",
      "`511323194308150022’",
      "511323\u{A0}19430815\u{3000}0022",
    ])
  func cleaned(number: String) throws {
    let row = try #require(try read("姓名,身份证号\n王秀英,\(number)\n")[0].value)
    #expect(row.idNumber?.number == "511323194308150022")
  }

  @Test("A tail that a spreadsheet turned into 000 is told by the check digit")
  func tail() throws {
    let reading = try read("姓名,身份证号\n王秀英,511323194308150000\n")[0]
    #expect(reading.faults.first?.reason.zh.contains("末三位被表格软件改成了000") == true)
  }

  @Test("A number that ends in 000 is doubted only where a spreadsheet cut others of the file")
  func doubted() throws {
    let whole = "王秀英,511323194308028000"
    let alone = try read("姓名,身份证号\n\(whole)\n")
    let beside = try read("姓名,身份证号\n\(whole)\n李明,511323194308150000\n")

    #expect(alone[0].value != nil && alone[0].warnings.isEmpty)
    #expect(beside[0].value != nil && beside[0].warnings.map(\.address.column) == ["身份证号"])
  }

  @Test("Other documents are kinds of their own, by 证件类型 or by their form")
  func documents() throws {
    let header = "姓名,性别,证件类型,证件号码,出生日期\n"
    let cases: [(String, IdentityDocument.Kind?)] = [
      ("护照,E12345678", .passport), (",E12345678", .passport), ("回乡证,H12345678", .hkMacaoPermit),
      (",M1234567801", .hkMacaoPermit), ("台胞证,12345678", .taiwanPermit),
      ("无,", IdentityDocument.Kind.none), (",无", IdentityDocument.Kind.none),
      (",12345678", nil), ("护照,12", nil), (",", nil), ("身份证,", nil), ("无,E12345678", nil),
      (",810000194308150021", .hmtResidence),
    ]
    for (cells, kind) in cases {
      let reading = try read(header + "王秀英,女,\(cells),1943-08-15\n")[0]
      #expect(reading.value?.document.kind == kind, "\(cells)")
      if kind == nil { #expect(!reading.faults.isEmpty, "\(cells)") }
      if let value = reading.value {
        #expect(value.birthDate == Day(1943, 8, 15))
        #expect(value.birthDateSource == (kind == .hmtResidence ? .idNumber : .roster))
      }
    }
  }

  @Test("Without a number a birth date is needed; the same name, birth date and phone is the same")
  func withoutNumber() throws {
    let readings = try read(
      """
      姓名,性别,证件类型,证件号码,出生日期,电话
      王秀英,女,无,,1943-08-15,13800138000
      王秀英,女,无,,1943年8月15日,138-0013-8000
      王秀英,女,无,,1950-08-15,13800138000
      李明,男,无,,,
      """)

    #expect(readings.map { $0.value != nil } == [true, false, true, false])
    #expect(readings[1].duplicate != nil)
    #expect(readings[3].faults.map(\.address.column) == ["出生日期"])
  }

  @Test("A birth date that contradicts the number warns, and the number counts")
  func birth() throws {
    let reading = try read("姓名,身份证号,出生日期\n王秀英,511323194308150022,1944-08-15\n")[0]

    #expect(reading.value?.birthDate == Day(1943, 8, 15))
    #expect(reading.value?.birthDateSource == .idNumber)
    #expect(reading.warnings.map(\.address.column) == ["出生日期"])
  }

  @Test(
    "Several phones in a cell are all read",
    arguments: [
      ("13800138000、13900139000", ["13800138000", "13900139000"]),
      ("13800138000/0817-6223456", ["13800138000", "08176223456"]),
      ("13800138000 13900139000", ["13800138000", "13900139000"]),
      ("+86 138 0013 8000（儿子）", ["13800138000"]), ("(0817)6223456", ["08176223456"]),
      ("13800138000；13800138000", ["13800138000"]), ("无", []),
    ])
  func phones(cell: String, numbers: [String]) throws {
    let reading = try read("姓名,身份证号,电话\n王秀英,511323194308150022,\(cell)\n")[0]
    #expect(reading.value?.phones == numbers && reading.warnings.isEmpty)
  }

  @Test("A column of mobile phones beside one of landlines gives both")
  func twoPhoneColumns() throws {
    #expect(
      try person("手机号,固定电话", "13800138000,6223456").phones == ["13800138000", "6223456"])
  }

  @Test(
    "Dates are read in every form that offices use",
    arguments: [
      "2024-01-01", "2024/1/1", "2024.1.1", "2024年1月1日", "20240101", "45292", "2024-01-01 00:00:00",
      "2024/1/1 9:30", "2024 年 1 月 1 日", "2024年1月", "202401",
    ])
  func dates(text: String) throws {
    #expect(try person("人员类别,类别起始", "低保,\(text)").terms.map(\.from) == [Day(2024, 1, 1)])
  }

  @Test("A term has an end or is open, and never ends before it begins")
  func term() throws {
    #expect(try person("人员类别,类别截止", "低保,长期").terms.map(\.to) == [nil])
    #expect(try person("人员类别,类别截止", "低保,2025-12-31").terms.map(\.to) == [Day(2025, 12, 31)])
    let reading = try read(
      "姓名,身份证号,类别起始,类别截止\n王秀英,511323194308150022,2025-01-01,2024-01-01\n")[0]
    #expect(reading.faults.map(\.address.column) == ["类别截止"])
  }

  @Test("Of several categories each has its own term, or all have the one that is written")
  func terms() throws {
    let own = try person(
      "人员类别,类别起始,类别截止,照护等级,证明材料", "低保、失能,2024-01-01、2025-03-01,长期、2026-12-31,—、重度,\"甲\n乙、丙\"")
    let one = try person("人员类别,类别起始,照护等级", "低保、失能,2024-01-01,重度")

    #expect(own.terms.map(\.from) == [Day(2024, 1, 1), Day(2025, 3, 1)])
    #expect(own.terms.map(\.to) == [nil, Day(2026, 12, 31)])
    #expect(own.terms.map(\.careLevel) == [nil, .severe])
    #expect(own.terms.map(\.evidence) == ["甲", "乙、丙"])
    #expect(one.terms.map(\.from) == [Day(2024, 1, 1), Day(2024, 1, 1)])
    #expect(one.terms.map(\.careLevel) == [.severe, .severe])
    let wrong = try read(
      "姓名,身份证号,人员类别,类别起始\n王秀英,511323194308150022,低保、失能,2024-01-01、某日\n")[0]
    #expect(wrong.faults.map(\.address.column) == ["类别起始"])
  }

  @Test("Several cards in one cell are several cards")
  func cards() throws {
    #expect(try person("卡号", "A1、A2").cards == ["A1", "A2"])
    #expect(try person("卡号", "无").cards == [])
  }

  @Test("Category words are mapped, unknown ones are named and kept, and an office adds its own")
  func categories() throws {
    let row = try person("人员类别", "五保户；独居老人、失独/三无")
    #expect(
      row.categories == [Category("TEKUN"), Category("LIVES_ALONE"), Category("FP_SPECIAL")])
    let text = "姓名,身份证号,人员类别\n王秀英,511323194308150022,环卫老人\n"
    let unknown = try read(text)[0]
    #expect(unknown.value?.categories == [Category("环卫老人")])
    #expect(unknown.warnings.map(\.address.column) == ["人员类别"])
    let words = try CategoryWords(
      Table(
        bytes: Array("词语,类别\n环卫老人,优抚\n".utf8), fileName: "词表.csv",
        columns: CategoryWords.columns))
    let known = try read(text, words: words)[0]
    #expect(known.value?.categories == [Category("YOUFU")] && known.warnings.isEmpty)
    #expect(throws: FileRefusal.self) {
      try CategoryWords(
        Table(
          bytes: Array("词语,类别\n环卫老人,\n".utf8), fileName: "词表.csv",
          columns: CategoryWords.columns))
    }
  }

  @Test("Status words and dates are told; a remark that speaks of death warns")
  func status() throws {
    #expect(
      try person("状态", "2024年3月1日去世").status
        == RosterStatus(.deceased, from: Day(2024, 3, 1)))
    #expect(
      try person("迁出日期,迁往", "2024-05-01,成都市").status
        == RosterStatus(.moved, from: Day(2024, 5, 1), place: "成都市"))
    #expect(
      try person("入住日期,养老院", "2024-05-01,福寿苑").status
        == RosterStatus(.inInstitution, from: Day(2024, 5, 1), place: "福寿苑"))
    #expect(try person("状态", "正常").status == RosterStatus(.active))
    #expect(try person("状态", "健在").status == RosterStatus(.active))
    let hint = try read("姓名,身份证号,备注\n王秀英,511323194308150022,今年3月去世\n")[0]
    #expect(hint.value?.status == nil && hint.warnings.map(\.address.column) == ["备注"])
  }

  @Test("An error of a formula is refused where a value is needed and left out elsewhere")
  func formulaErrors() throws {
    let readings = try read(
      "姓名,身份证号,户籍地\n#N/A,511323194308150022,\n王秀英,511323194308150022,#REF!\n")

    #expect(readings[0].faults.first?.reason.zh.contains("公式") == true)
    #expect(readings[1].value?.hukou == nil && readings[1].warnings.count == 1)
  }
}

@Suite("Lists of deaths and moves")
struct DepartureRowTests {
  private func read(_ text: String) throws -> [RowReading<DepartureRow>] {
    DepartureRow.read(
      try Table(bytes: Array(text.utf8), fileName: "名单.csv", columns: DepartureRow.columns),
      asOf: try #require(Day(2026, 11, 24)))
  }

  @Test("The column of the date tells what happened")
  func columns() throws {
    let readings = try read(
      """
      姓名,证件号码,死亡日期,迁出日期,迁往
      王秀英,511323194308150022,2026-05-06,,
      李明,34052419800101001X,,2026年5月7日,成都市
      """)

    let rows = readings.compactMap(\.value)
    #expect(rows.map(\.kind) == [.deceased, .moved])
    #expect(rows.map(\.day) == [Day(2026, 5, 6), Day(2026, 5, 7)])
    #expect(rows.map(\.place) == [nil, "成都市"])
  }

  @Test("A plain date is explained by the row's word or by the title")
  func words() throws {
    let byWord = try read("姓名,身份证号,变动类型,变动日期\n王秀英,511323194308150022,迁出,2026-05-06\n")
    let byTitle = try read("2026年死亡人员名单,,\n姓名,身份证号,日期\n王秀英,511323194308150022,2026-05-06\n")
    let byNothing = try read("姓名,身份证号,日期\n王秀英,511323194308150022,2026-05-06\n")

    #expect(byWord[0].value?.kind == .moved && byTitle[0].value?.kind == .deceased)
    #expect(byNothing[0].value == nil && byNothing[0].faults.count == 1)
  }

  @Test("Missing, double, future and impossible dates are faults, the same fact again a duplicate")
  func faults() throws {
    let readings = try read(
      """
      姓名,证件号码,死亡日期,迁出日期
      王秀英,511323194308150022,,
      王秀英,511323194308150022,2026-05-06,2026-05-07
      王秀英,511323194308150022,2026-12-31,
      王秀英,511323194308150022,1940-01-01,
      王秀英,511323194308150022,2026-05-06,
      王秀英,511323194308150022,2026/5/6,
      """)

    #expect(readings.map { !$0.faults.isEmpty } == [true, true, true, true, false, false])
    #expect(readings[4].value != nil && readings[5].duplicate != nil)
  }
}
