import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import Testing

/// Lists of sign-ins against the register and the canteens.
@Suite("lists of sign-ins", .database)
struct CheckInImportTests {
  private func table(_ text: String) throws -> Table {
    try Table(bytes: Array(text.utf8), fileName: "签到.csv", columns: SignInRow.columns)
  }

  private func run(
    _ community: SmallCommunity, _ text: String, entry: CheckInEntry = .counter
  ) async throws -> CheckInImport.Outcome {
    try await CheckInImport(CheckInService(community.database, vault: theVault))
      .run(SignInRow.read(table(text)), fileName: "签到.csv", entry: entry, by: aClerk)
  }

  private static let header = "流水号,日期,时间,餐次,卡号,姓名,助餐点,用餐方式,餐费,支付方式,核验方式\n"

  @Test(
    "a name that is quite another than the card's refuses the row, with both masked",
    arguments: [CheckInEntry.counter, .late])
  func misnamed(entry: CheckInEntry) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    _ = try await community.register(
      """
      姓名,性别,身份证号,户籍地,居住社区,居民小组,卡号
      阿依·古丽,女,\(SmallCommunity.number("51132319520308154")),蓬安县,东风路社区,1组,C1

      """)
    let text =
      Self.header + """
        S1,2026-11-16,11:30,午餐,A1,李桂兰,DFL-01,堂食,12.00,现金,刷卡
        S2,2026-11-16,11:31,午餐,#2,赵小明,DFL-01,堂食,12.00,现金,人工
        S3,2026-11-16,11:32,午餐,C1,阿依古丽（女儿代领）,DFL-01,堂食,12.00,现金,刷卡
        S4,2026-11-17,11:33,午餐,A1,甲 某,DFL-01,堂食,12.00,现金,刷卡
        S5,2026-11-17,11:34,午餐,#2,,DFL-01,堂食,12.00,现金,人工

        """

    let outcome = try await run(community, text, entry: entry)

    #expect(outcome.added == 3 && outcome.kept.isEmpty)
    #expect(outcome.refused.map(\.address.line) == [2, 3])
    #expect(outcome.refused.allSatisfy { $0.code == "card_and_name_differ" })
    #expect(
      outcome.refused.first?.sentence.zh
        == "签到.csv 第 2 行「姓名」：卡号与姓名不符：登记的是 甲*，本行写的是 李*兰，请核对")
    #expect(try await run(community, text, entry: entry).known == 3)
  }

  @Test("a name as another system masks it passes, and a meal of who was renamed since stays known")
  func maskedAndRenamed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    func row(_ name: String) -> String {
      "姓名,曾用名,性别,身份证号,居住社区,卡号\n\(name),王秀英,女,"
        + SmallCommunity.number("51132319520308154") + ",东风路社区,C1\n"
    }
    _ = try await community.register(row("王秀英"))
    let text =
      Self.header + """
        S1,2026-11-16,11:30,午餐,C1,王**,DFL-01,堂食,12.00,现金,刷卡
        S2,2026-11-17,11:30,午餐,C1,王*,DFL-01,堂食,12.00,现金,刷卡
        S3,2026-11-18,11:30,午餐,C1,*秀英,DFL-01,堂食,12.00,现金,刷卡
        S4,2026-11-19,11:30,午餐,C1,李**,DFL-01,堂食,12.00,现金,刷卡

        """

    let first = try await run(community, text)
    let renamed = try await community.register(row("李桂兰"))
    let second = try await run(community, text)

    #expect(first.added == 3 && first.refused.map(\.address.line) == [5])
    #expect(renamed.changed == 1)
    #expect(second.known == 3 && second.added == 1 && second.refused.isEmpty)
  }

  private static let bare = "日期,时间,餐次,卡号,用餐方式,餐费,支付方式,核验方式\n"

  @Test(
    "a table without canteens is of the one in its title",
    arguments: [
      ("东风路社区长者食堂 2026年11月签到表", "DFL-01"), ("锦屏镇幸福社区食堂就餐登记", "XFS-01"), ("2026年11月签到表", nil),
      ("东方幸福社区食堂签到表", nil), ("幸福社区食堂二店签到表", nil), ("幸福社区食堂、东风路社区长者食堂", nil),
    ] as [(String, String?)])
  func titles(title: String, code: String?) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let importer = CheckInImport(CheckInService(community.database, vault: theVault))
    let table = try table(
      "\(title),,,,,,,\n" + Self.bare + "2026-11-16,11:30,午餐,A1,堂食,12.00,现金,刷卡\n")

    #expect(try await importer.canteen(of: table, given: "幸福社区食堂") == "XFS-01")
    await #expect(throws: CanteenRefusal.unknown("NIX")) {
      try await importer.canteen(of: table, given: "NIX")
    }
    if let code {
      #expect(try await importer.canteen(of: table, given: nil) == code)
    } else {
      await #expect(throws: SignInRefusal.noCanteen(file: "签到.csv")) {
        try await importer.canteen(of: table, given: nil)
      }
    }
  }

  @Test("a meal without a number is one with what was typed in, and a second run adds nothing")
  func unnumbered() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CheckInService(community.database, vault: theVault)
    let table = try table(
      Self.bare + """
        2026-11-16,11:30,午餐,A1,堂食,12.00,现金,刷卡
        2026-11-16,11:31,午餐,B1,堂食,12.00,现金,刷卡
        2026-11-17,11:30,午餐,A1,堂食,12.00,现金,刷卡

        """)
    var typed = community.request(1, at: "11:30")
    typed.id = typed.derivedID
    _ = try await service.checkIn([typed], by: aClerk)
    let rows = SignInRow.read(table, canteen: "DFL-01")

    let first = try await CheckInImport(service).run(rows, fileName: "签到.csv", by: aClerk)
    let second = try await CheckInImport(service).run(rows, fileName: "签到.csv", by: aClerk)

    #expect(first.added == 2 && first.known == 1 && first.refused.isEmpty)
    #expect(second.added == 0 && second.known == 3)
  }
}
