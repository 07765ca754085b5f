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
}
