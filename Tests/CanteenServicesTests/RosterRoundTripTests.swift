import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Foundation
import Postgres
import Testing

/// 花名册 that left the office in full comes back as it was.
@Suite("a full roster out and in", .database)
struct RosterRoundTripTests {
  private static let today = day("2026-11-23")

  /// Persons with everything that a roster can say.
  private static let roster = """
    姓名,性别,证件类型,身份证号,出生日期,联系电话,户籍地,居住社区,居民小组,网格,现住址,常住起始,居住证,人员类别,类别起始,\
    类别截止,照护等级,残疾等级,证明材料,饮食禁忌,紧急联系人,紧急联系电话,卡号,状态,状态日期,状态截止,状态说明,备注
    丙某,女,,\(SmallCommunity.number("51132319450308152")),,13900001234、13900005678,南充市蓬安县,东风路社区,3组,\
    第二网格,东风路1号2单元,2019-05-01,有,低保、失能、高龄,2024-01-01、2025-03-01、2025-03-08,\
    长期、2026-12-31、—,—、重度、—,—、二级、—,"低保证
    评估表、复核表
    —",低盐、忌葱,丙小某,13900001111,C1、C2,,,,,听力弱
    丁某,男,护照,E12345678,1950-02-03,,成都市,幸福社区,,,,,,,,,,,,,,,,暂停,2026-11-01,2026-12-31,探亲,
    戊某,男,无,无,1948-01-02,0817-6223456,,东风路社区,,,,,,,,,,,,花生过敏,,,,去世,2026-11-02,,,

    """

  private func export(_ database: Database) async throws -> TableFile {
    let persons = try await RosterExport(database, vault: theVault)
      .roster(on: Self.today, full: true)
    return RosterExport.sheet(persons, on: Self.today)
  }

  private func facts(_ database: Database) async throws -> [String] {
    try await database.query(
      """
      select concat_ws('|', r.name, r.sex, r.birth_date, r.birth_date_source, r.id_kind,
          r.hukou_region, r.hukou_text, r.residence_region, r.residence_since, r.residence_permit,
          r.resident_group, r.diets, r.emergency_name, r.remark,
          (
              select string_agg(
                  concat_ws(' ', category, care_level, disability_grade, valid_from, valid_to,
                      evidence), ';' order by category
              )
              from active_entitlements as e where e.diner_id = r.diner_id
          ),
          (
              select string_agg(concat_ws(' ', status, valid_from, valid_to, reason), ';')
              from current_diner_statuses as s where s.diner_id = r.diner_id
          ),
          (select string_agg(card_no, ' ' order by card_no) from cards as c
              where c.diner_id = r.diner_id))
      from current_diner_records as r
      order by r.name
      """, as: String.self)
  }

  private func take(_ path: String, into database: Database) async throws -> RosterImport.Outcome {
    try await RosterImport(database, vault: theVault).run(
      RosterRow.read(contentsOf: path, asOf: Self.today), fileName: "花名册", by: aClerk)
  }

  @Test(
    "into the same register it changes nothing; into an empty one it brings the same facts",
    arguments: ["csv", "xlsx"])
  func roundTrip(ending: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let first = try await community.register(Self.roster)
    #expect(first.added == 3 && first.refused.isEmpty, "\(first.refused.map(\.reason.en))")
    let path = NSTemporaryDirectory() + "roster-\(UUID().uuidString).\(ending)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let sheet = try await export(community.database)
    try sheet.write(to: path, createdAt: aMoment)

    let same = try await take(path, into: community.database)
    let known = try await facts(community.database)
    let (elsewhere, moved, again) = try await TestDatabase.withAnother { other in
      _ = try await RegionService(other).add(theRegions, validFrom: Day(number: 0))
      let outcome = try await take(path, into: other)
      return (outcome, try await facts(other), try await export(other))
    }

    #expect(same.unchanged == 5 && same.refused.isEmpty, "\(same.changes)")
    #expect(elsewhere.added == 5 && elsewhere.refused.isEmpty)
    #expect(moved == known && known.count == 5)
    #expect(again.rows == sheet.rows)
  }

  @Test("of two terms of a category the one that the row names by its first day is meant")
  func renewed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    func row(_ from: String, _ to: String) -> String {
      """
      姓名,身份证号,居住社区,人员类别,类别起始,类别截止
      己某,\(SmallCommunity.number("51132319450308152")),东风路社区,低保,\(from),\(to)

      """
    }
    _ = try await community.register(row("2025-01-01", "2026-12-31"))
    _ = try await community.register(row("2027-01-01", "长期"))

    let again = try await community.register(row("2025-01-01", "2026-12-31"))

    #expect(again.unchanged == 1, "\(again.changes)")
  }
}
