import CanteenDomain
import CanteenTestSupport
import Postgres
import Testing

@testable import CanteenServices

/// What an intruder with the database's password could change, one thing a test, and how the audit
/// names it.
@Suite("tampering", .database)
struct TamperingTests {
  private var database: Database { TestDatabase.current.database }
  private var audit: AuditService { AuditService(database) }

  private func tamper(_ sql: String) async throws {
    try await TestDatabase.current.asOwner(sql)
  }

  private func broken() async throws -> Sentence? { try await audit.verify("DFL-01").broken }

  /// October with four lunches on three days, closed and stated.
  private func close() async throws {
    let community = try await SmallCommunity(database)
    let outcomes = try await community.checkIn(
      community.request(1, on: "2026-10-12"), community.request(2, card: "B1", on: "2026-10-12"),
      community.request(3, on: "2026-10-13"), community.request(4, on: "2026-10-14"))
    try #require(outcomes.allSatisfy { $0.refusal == nil })
    _ = try await DayCloseService(database)
      .close("DFL-01", through: day("2026-10-31"), by: aClerk)
    _ = try await ReconciliationService(database)
      .run(["DFL-01"], through: day("2026-10-31"), by: aClerk)
    let closed = try await StatementService(database, vault: theVault)
      .close("DFL-01", month: day("2026-10-01"), by: aClerk)
    try #require(closed.lines == 4)
    try #require(try await broken() == nil)
  }

  private static func id(_ key: Int) -> String {
    CheckIn.ID(bytes: (0..<16).map { UInt8(truncatingIfNeeded: key >> (8 * ($0 % 4))) }).text
  }

  @Test("an amount that was changed is named by its day and check-in")
  func amount() async throws {
    try await close()
    try await tamper(
      "update check_ins set diner_fen = diner_fen + 100 where check_in_id = '\(Self.id(3))'")

    let broken = try await broken()

    #expect(broken?.zh.hasPrefix("DFL-01 2026-10-13 的明细与封存时不同：签到 \(Self.id(3))") == true)
    #expect(broken?.en.contains("its own facts give 12.00, 10.00") == true)
  }

  @Test("an amount that was changed in the journal alone is named too")
  func journal() async throws {
    try await close()
    try await tamper(
      """
      update transfers set fen = fen + 1
      where check_in_id = '\(Self.id(3))' and debit_account = 'receivable:district'
      """)

    #expect(
      try await broken()?.zh == "DFL-01 2026-10-13 的明细与封存时不同：签到 \(Self.id(3)) 分录与金额不符")
  }

  @Test("a transfer that was added is found by its day's totals, also when all was sealed anew")
  func addedTransfer() async throws {
    try await close()
    try await tamper(
      """
      insert into transfers
      select diner_id, service_date, check_in_id, 90, posted_on, canteen_code, credit_account,
          debit_account, fen
      from transfers
      where check_in_id = '\(Self.id(3))' and debit_account = 'receivable:district'
      """)
    try await reseal(from: "2026-10-13", onwards: true)

    #expect(try await broken()?.zh == "DFL-01 2026-10-13 的合计与明细不符")
  }

  @Test("the newest days' closes that are gone are missed by the statement over them")
  func newestDayGone() async throws {
    try await close()
    try await tamper("delete from day_closes where closed_day = '2026-10-31'")

    #expect(
      try await broken()?.zh
        == "DFL-01 的日结不到 2026-10-31，结算单 DFL-01-2026-10 却结到了那天：之后的日结不见了")
  }

  @Test("a count of persons that was raised is found, also when the hash was made again")
  func persons() async throws {
    try await close()
    try await tamper("update statements set summary = jsonb_set(summary, '{persons}', '9')")

    #expect(try await broken() != nil)
    let (statement, _) = try #require(
      try await database.transaction(readOnly: true) {
        try StatementStore.statement("DFL-01-2026-10", $0)
      })
    let seal = try await database.transaction(readOnly: true) {
      try StatementHash.seal(statement, $0)
    }
    try await tamper("update statements set sha256 = '\\x\(seal.hex)'")

    #expect(try await broken()?.zh == "结算单 DFL-01-2026-10 的合计与明细不符")
  }

  @Test("a check-in that was deleted in the middle is named, also when its key went too")
  func deletedCheckIn() async throws {
    try await close()
    try await tamper(
      """
      delete from transfers where check_in_id = '\(Self.id(3))';
      delete from check_ins where check_in_id = '\(Self.id(3))'
      """)
    let middle = try await broken()
    try await tamper("delete from check_in_keys where check_in_id = '\(Self.id(3))'")
    let withoutKey = try await broken()

    #expect(middle?.zh == "DFL-01 2026-10-13 的明细与封存时不同：签到 \(Self.id(3)) 不见了")
    #expect(withoutKey == middle)
  }

  @Test(
    "a line that was deleted from a statement is named by its number, in the middle and at the end",
    arguments: [2, 4])
  func deletedLine(number: Int) async throws {
    try await close()
    try await tamper("delete from statement_lines where line_no = \(number)")

    #expect(try await broken()?.zh == "结算单 DFL-01-2026-10 缺少第 \(number) 行")
  }

  @Test("a check-in and a statement line that were put in afterwards are named")
  func inserted() async throws {
    try await close()
    try await tamper(
      """
      insert into statement_lines (
          diner_id, statement_no, line_no, service_date, check_in_id, sign, adjustment_no, content
      )
      select diner_id, statement_no, 5, service_date, gen_random_uuid(), 1, 0,
          jsonb_set(content, '{number}', '5')
      from statement_lines where line_no = 4
      """)
    let line = try await broken()
    try await tamper(
      """
      delete from statement_lines where line_no = 5;
      insert into check_ins
      select (jsonb_populate_record(c, jsonb_build_object(
          'check_in_id', '\(Self.id(9))', 'period', 'dinner'
      ))).*
      from check_ins as c where check_in_id = '\(Self.id(4))'
      """)
    let checkIn = try await broken()

    #expect(line?.zh == "结算单 DFL-01-2026-10 多出第 5 行")
    #expect(checkIn?.zh == "DFL-01 2026-10-14 的明细与封存时不同：签到 \(Self.id(9)) 是后来加上的")
  }

  @Test("a statement's line with another amount is named, also when its hash was made again")
  func statementLine() async throws {
    try await close()
    try await tamper(
      """
      update statement_lines
      set content = jsonb_set(content, '{sources,0,fen}', '999') where line_no = 3
      """)
    #expect(
      try await broken()?.zh == "结算单 DFL-01-2026-10 第 3 行（签到 \(Self.id(3))）的金额与账上不符")
  }

  /// What a forger does who knows how seals are made: the day's lines and seal again, and with
  /// `onwards` the seals of every later day.
  private func reseal(from day: String, onwards: Bool) async throws {
    try await tamper(
      """
      do $$
      declare
          d record;
          before text;
          hash bytea;
      begin
          for d in
              select * from day_closes
              where closed_day \(onwards ? ">=" : "=") '\(day)' order by closed_day
          loop
              select encode(seal, 'hex') into before
              from day_closes where closed_day = d.closed_day - 1;
              select sha256(convert_to(
                  coalesce(string_agg(line || E'\\n', '' order by line collate "C"), ''), 'UTF8'
              )) into hash
              from sealed_lines
              where canteen_code = d.canteen_code and posted_on = d.closed_day;
              update day_closes
              set lines_sha256 = hash,
                  seal = sha256(convert_to(
                      coalesce(before, repeat('0', 64)) || E'\\n' || concat_ws(
                          '|', canteen_code, closed_day, check_ins, reversals, list_fen,
                          encode(hash, 'hex')
                      ), 'UTF8'
                  ))
              where closed_day = d.closed_day;
          end loop;
      end
      $$
      """)
  }

  @Test("a day that was sealed anew, without the seals after it, breaks the chain at the next day")
  func oneSealForged() async throws {
    try await close()
    try await tamper(
      "update check_ins set terminal = '二号窗' where check_in_id = '\(Self.id(3))'")
    try await reseal(from: "2026-10-13", onwards: false)

    #expect(try await broken()?.zh == "DFL-01 2026-10-14 的封条与前一天不衔接")
  }

  @Test("when all seals were made again, the line itself tells of another amount")
  func allSealsForged() async throws {
    try await close()
    try await tamper(
      """
      update check_ins set list_fen = 1300, diner_fen = 1100 where check_in_id = '\(Self.id(3))';
      update day_closes
      set list_fen = list_fen + 100,
          totals = jsonb_set(
              totals, '{counts,0,list}', to_jsonb((totals #>> '{counts,0,list}')::bigint + 100)
          )
      where closed_day = '2026-10-13'
      """)
    try await reseal(from: "2026-10-13", onwards: true)

    #expect(
      try await broken()?.zh.hasPrefix("DFL-01 2026-10-13 的明细重算不符：签到 \(Self.id(3))") == true)
  }

  @Test(
    "what a forger made fit everywhere is found by the head that was saved before, and by it alone")
  func savedHead() async throws {
    try await close()
    let saved = try await AuditHead(text: audit.head().text)
    try await tamper(
      "update check_ins set terminal = '二号窗' where check_in_id = '\(Self.id(3))'")
    try await reseal(from: "2026-10-13", onwards: true)

    #expect(try await broken() == nil)
    #expect(try await audit.compare(saved)?.zh == "DFL-01 2026-10-31 的封条与封存头不同，账被重新封过")
  }

  @Test("a policy's text that was changed is named, and with its hash made again by the saved head")
  func policyText() async throws {
    try await close()
    let saved = try await AuditHead(text: audit.head().text)
    try await tamper("update policies set document = document || E'# 改\\n'")
    let changed = try await broken()
    try await tamper("update policies set document_sha256 = sha256(convert_to(document, 'UTF8'))")

    #expect(changed?.zh == "政策 example-age-bands 2025 的文本与启用时不同，可能被改动")
    #expect(try await broken() == nil)
    #expect(
      try await audit.compare(saved)?.zh == "政策 example-age-bands 2025 的文本与封存头不同")
  }

  @Test("an amount in a policy that was changed with its hash shows in the lines that it priced")
  func policyAmount() async throws {
    try await close()
    try await tamper(
      """
      update policies set document = replace(document, 'fixed: 2.00', 'fixed: 2.50');
      update policies set document_sha256 = sha256(convert_to(document, 'UTF8'))
      """)

    #expect(
      try await broken()?.zh.hasPrefix("DFL-01 2026-10-12 的明细重算不符：签到 \(Self.id(1))") == true)
  }

  @Test("a payment that was changed is named by its statement")
  func payment() async throws {
    try await close()
    let life = StatementLifeService(database)
    let officer = Attribution(by: "街道甲", at: aMoment)
    _ = try await life.take(.submitted, "DFL-01-2026-10", by: aClerk)
    _ = try await life.take(.approved, "DFL-01-2026-10", by: officer)
    _ = try await life.pay(
      StatementLifeService.Payment(
        source: .district, fen: 100, day: day("2026-11-23"), voucher: "P1"),
      for: "DFL-01-2026-10", by: officer)
    try #require(try await broken() == nil)
    try await tamper("update statement_payments set fen = 50")

    #expect(try await broken()?.zh == "结算单 DFL-01-2026-10 的补贴、核减或拨付与分录不符")
  }
}
