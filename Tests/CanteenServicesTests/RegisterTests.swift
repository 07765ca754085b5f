import CanteenDomain
import CanteenServices
import CanteenTestSupport
import CanteenVault
import Postgres
import Testing

@testable import CanteenSQL

/// What a second roster does to the register, and what a migrator does to a database.
@Suite("register and schema", .database)
struct RegisterTests {
  @Test("a changed name is a new record; the old one stays")
  func changed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let changed = SmallCommunity.roster.replacing("甲某", with: "甲某某")

    let outcome = try await community.register(changed)

    #expect(outcome.added == 0 && outcome.changed == 1 && outcome.unchanged == 1)
    let names = try await community.database.query(
      "select name from diner_records order by diner_id, record_no", as: String.self)
    #expect(names == ["甲某", "甲某某", "乙某"])
  }

  @Test("quite another name under a number is refused, unless the row gives the name before")
  func renamed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let number = SmallCommunity.number("51132319480101012")
    func row(_ name: String, before: String = "") -> String {
      "姓名,曾用名,身份证号,居住社区\n\(name),\(before),\(number),东风路社区\n"
    }
    _ = try await community.register(row("王秀英"))

    let spelt = try await community.register(row("王秀瑛"))
    let other = try await community.register(row("李桂兰"))
    let mistaken = try await community.register(row("李桂兰", before: "张三"))
    let renamed = try await community.register(row("李桂兰", before: "王 秀瑛"))

    #expect(spelt.changed == 1 && spelt.refused.isEmpty)
    #expect(other.refused.map(\.address.column) == ["姓名"] && other.changed == 0)
    #expect(other.refused.map(\.code) == ["number_and_name_differ"])
    let sentence = try #require(other.refused.first).sentence.zh
    #expect(sentence.contains("王*瑛") && sentence.contains("李*兰") && !sentence.contains("桂"))
    #expect(mistaken.refused.count == 1 && renamed.changed == 1)
  }

  @Test("the first day of residence and the permit come from the roster, and a blank keeps them")
  func residencePermit() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let number = SmallCommunity.number("51132319480101012")
    let whole = "姓名,性别,身份证号,居住社区,居民小组,常住起始日期,居住证\n庚某,男,\(number),东风路社区,1组,2024-10-01,有\n"
    let blank = "姓名,性别,身份证号,居住社区,居民小组,联系电话\n庚某,男,\(number),东风路社区,1组,13800009999\n"

    _ = try await community.register(whole)
    let changed = try await community.register(blank)
    let again = try await community.register(blank)

    #expect(changed.changes.map { $0.fields.map(\.name.zh) } == [["电话"]])
    #expect(again.changed == 0 && again.unchanged == 1)
    let rows = try await community.database.query(
      """
      select residence_since::text || ' ' || residence_permit
      from diner_records
      where name = '庚某'
      order by record_no
      """, as: String.self)
    #expect(rows == ["2024-10-01 true", "2024-10-01 true"])
  }

  @Test("an unknown community and somebody else's card are refused by line and column")
  func refused() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let outcome = try await community.register(
      """
      姓名,性别,身份证号,居住社区,居民小组,卡号
      丙某,女,\(SmallCommunity.number("51132319480101002")),月亮社区,1组,C1
      丁某,女,\(SmallCommunity.number("51132319480101004")),东风路社区,1组,A1
      戊某,女,\(SmallCommunity.number("51132319480101006")),东风路社区,9组,E1

      """)

    #expect(outcome.added == 1)
    #expect(outcome.refused.map(\.address.line) == [2, 3])
    #expect(outcome.refused.map(\.address.column) == ["居住社区", "卡号"])
    #expect(outcome.refused.map(\.code) == ["community_unknown", "card_of_another"])
    #expect(outcome.warnings.map(\.address.column) == ["居民小组"])
  }

  @Test("a resident group is found however its number is written")
  func groups() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    func row(_ group: String) -> String {
      """
      姓名,身份证号,居住社区,居民小组
      庚某,\(SmallCommunity.number("51132319480101012")),东风路社区,\(group)

      """
    }

    let first = try await community.register(row("3组"))
    for group in ["3", "三组", "第3组", "第三居民小组", "３ 组", "3社", "东风路社区3组"] {
      let again = try await community.register(row(group))
      #expect(again.unchanged == 1 && again.warnings.isEmpty, "\(group)")
    }
    let unknown = try await community.register(row("十三组"))

    #expect(first.added == 1 && unknown.warnings.map(\.address.column) == ["居民小组"])
  }

  @Test("a community that stands above its people holds for them where it is one")
  func above() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    func table(_ title: String, _ heading: String) -> String {
      """
      \(title),,,
      姓名,性别,身份证号,联系电话
      丙某,女,\(SmallCommunity.number("51132319480101002")),
      \(heading),,,
      丁某,女,\(SmallCommunity.number("51132319480101004")),

      """
    }

    let title = try await community.register(table("周口街道东风路社区花名册", "二、第一批老人"))
    let heading = try await community.register(table("东风路社区花名册", "二、锦屏镇幸福社区"))
    let unknown = try await community.register(table("东风路社区花名册", "二、月亮社区"))
    let canteen = try await community.register(table("东风路社区食堂花名册", "二、第一批老人"))
    let both = try await community.register(table("东风路社区、幸福社区花名册", "二、第一批老人"))

    #expect(title.added == 2 && title.warnings.map(\.address.line) == [3])
    #expect(heading.changed == 1 && heading.unchanged == 1 && heading.refused.isEmpty)
    #expect(heading.warnings.map(\.address.line) == [3, 5])
    #expect(unknown.unchanged == 1 && unknown.refused.map(\.address.line) == [5])
    #expect(canteen.refused.count == 2 && both.refused.count == 2)
    for others in [
      "东风路社区等5个社区花名册", "东风路社区、太阳社区花名册", "东方东风路社区花名册", "东风路社区街道花名册",
    ] {
      let outcome = try await community.register(table(others, "二、第一批老人"))
      #expect(outcome.refused.count == 2, "\(others)")
    }
    for own in ["2026年上半年东风路社区老人名册", "社区：东风路社区（盖章）", "东风路社区居家社区养老花名册"] {
      let outcome = try await community.register(table(own, "二、第一批老人"))
      #expect(outcome.refused.isEmpty, "\(own)")
    }
    #expect(both.refused[0].reason.zh.hasPrefix("不能为空：请在每一行写明社区"))
  }

  @Test("no number of a person stands in any table in clear, not even in what nobody could book")
  func sealed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    let service = CheckInService(community.database, vault: theVault)
    let number = SmallCommunity.number("51132319400513319")
    let card = "6217000012345678"
    _ = try await community.checkIn(community.request(1))
    let diner = try await DinerService(community.database, vault: theVault).person("A1")
    try await CredentialService(community.database, vault: theVault).issue(
      .socialSecurityCard, number: card, to: diner, by: aClerk)
    var requests = [
      // Taken before, of nobody, and taken before by another of the person's cards.
      community.request(2, card: "A1"), community.request(3, card: number),
      community.request(4, card: card),
    ]
    for index in requests.indices { requests[index].entry = .late }
    let kept = try await service.checkIn(requests, by: aClerk)

    // It fails with the name of a table that holds one.
    try await TestDatabase.current.asOwner(
      """
      do $$
      declare
          name text;
          is_held boolean;
      begin
          for name in select tablename from pg_tables where schemaname = 'public' loop
              execute format('select exists (select from %I as t where t::text like any ($1))', name)
              into is_held
              using array['%511323195003%', '%\(number)%', '%\(card)%'];
              if is_held then raise exception '% holds a number', name; end if;
          end loop;
      end $$
      """)

    #expect(kept.allSatisfy { if case .kept = $0.refusal { true } else { false } })
    let open = try await service.exceptions()
    #expect(open.map(\.name) == ["甲某", nil, "甲某"])
    #expect(open[1].request.card == number && !open[1].sentence.zh.contains("51132319"))
    let again = try await service.checkIn(requests, by: aClerk)
    #expect(again.map(\.refusal) == kept.map(\.refusal))
    let accepted = try await service.decide(
      open[0].id, .acceptFullPrice, reason: "两份", by: aClerk)
    #expect(accepted?.checkIn.dinerPays == 1200)
    #expect(try await service.checkIn([requests[0]], by: aClerk)[0].dinerPays == 1200)
  }

  @Test("a new key opens the card of an exception that was sealed with the old one")
  func resealed() async throws {
    let community = try await SmallCommunity(TestDatabase.current.database)
    var request = community.request(1, card: "6217000012345678")
    request.entry = .late
    let service = CheckInService(community.database, vault: theVault)
    _ = try await service.checkIn([request], by: aClerk)
    let new = try #require(VaultKey(id: 2, bytes: Array(repeating: 9, count: 32)))
    let old = try #require(VaultKey(id: 1, bytes: Array(repeating: 7, count: 32)))
    let owner = try Database(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 1,
      logger: TestDatabase.quietLogger)

    _ = try await KeyRotation(owner, vault: Vault(keys: try VaultKeys([old, new])))
      .run(by: aClerk)
    await owner.shutdown()

    let open = try await CheckInService(community.database, vault: Vault(key: new)).exceptions()
    #expect(open.map(\.request.card) == ["6217000012345678"])
  }

  @Test("two migrators at once run each file once; a changed file is refused")
  func migrators() async throws {
    let owner = try Database(
      ConnectionConfiguration(url: TestDatabase.current.ownerURL), size: 2,
      logger: TestDatabase.quietLogger)
    try await TestDatabase.current.asOwner("drop schema public cascade; create schema public")

    async let first = Migrator(owner).migrate(at: aMoment)
    async let second = Migrator(owner).migrate(at: aMoment)
    let ran = try await first + second

    #expect(ran.sorted() == CanteenSQL.migrations.map(\.name))
    var changed = CanteenSQL.migrations
    changed[2] = CanteenSQL.Migration(number: 3, name: changed[2].name, text: "select 1;\n")
    await #expect(throws: SchemaFault.changed(changed[2].name)) {
      try await Migrator(owner, migrations: changed).status()
    }
    await owner.shutdown()
  }
}
