import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

/// Names with middle dots whose records are older than the one dot that names are kept with.
@Suite("middle dots of older records", .database)
struct MiddleDotTests {
  /// Makes the records and the key of who is registered those of a register from before.
  private func age(
    _ community: SmallCommunity, name: String, identity: String? = nil
  ) async throws {
    let owner = try Database(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 1,
      logger: TestDatabase.quietLogger)
    _ = try await owner.execute(
      "update diner_records set name = \(name)::text where name like '阿依%'")
    if let identity {
      let hash = theVault.lookupHash(identity, as: .idNumber)
      _ = try await owner.execute(
        """
        update diner_identities
        set id_hash = \(hash)::bytea
        where diner_id in (select diner_id from diner_records where name = \(name)::text)
        """)
    }
    await owner.shutdown()
  }

  @Test("who has no number is found under the dot of the record, and is not registered twice")
  func withoutNumber() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let roster = "姓名,性别,证件类型,身份证号,出生日期,居住社区\n阿依•古丽,女,无,无,1950-03-08,东风路社区\n"
    let first = try await community.register(roster)
    try await age(community, name: "阿依•古丽", identity: "none:阿依•古丽|1950-03-08|")

    let second = try await community.register(roster)
    let third = try await community.register(roster)

    #expect(first.added == 1)
    #expect(second.added == 0 && second.changed == 1 && second.twins.isEmpty)
    #expect(third.unchanged == 1)
  }

  @Test("two dots are no other name, and a former name may have any dot")
  func twoDots() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let number = SmallCommunity.number("51132319480101012")
    func row(_ name: String, before: String = "") -> String {
      "姓名,曾用名,身份证号,居住社区\n\(name),\(before),\(number),东风路社区\n"
    }
    _ = try await community.register(row("阿依·古丽·买买提"))
    try await age(community, name: "阿依•古丽•买买提")
    let renamed = try await community.register(row("帕提古丽", before: "阿依·古丽·买买提"))
    #expect(renamed.changed == 1 && renamed.refused.isEmpty)

    _ = try await community.register(row("阿依·古丽·买买提", before: "帕提古丽"))
    try await age(community, name: "阿依•古丽•买买提")
    let again = try await community.register(row("阿依·古丽·买买提"))
    #expect(again.changed == 1 && again.refused.isEmpty)
  }

  @Test(
    "a typed dot finds either spelling", arguments: ["阿依·古", "阿依•古", "阿依．古", "阿依・古"])
  func search(_ typed: String) async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = DinerService(community.database, vault: theVault)
    _ = try await community.register(
      "姓名,身份证号,居住社区\n阿依·古丽,\(SmallCommunity.number("51132319480101012")),东风路社区\n")

    let new = try await service.find(typed, on: day("2026-11-23"), limit: 20)
    try await age(community, name: "阿依•古丽")
    let old = try await service.find(typed, on: day("2026-11-23"), limit: 20)
    let listed = try await service.list(name: typed, on: day("2026-11-23"), limit: 20)

    #expect(new.map(\.name) == ["阿依·古丽"])
    #expect(old.map(\.name) == ["阿依•古丽"] && listed.map(\.name) == ["阿依•古丽"])
  }
}
