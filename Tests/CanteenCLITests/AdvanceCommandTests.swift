import CanteenTestSupport
import Foundation
import Testing

/// Money ahead of statements by command, from its coming to what goes back.
@Suite("advances by command", .database)
struct AdvanceCommandTests {
  private static let number = ClosedBooks.number

  private func canteen(_ line: String) throws -> CommandLineRun { try SampleBooks.canteen(line) }

  @Test
  func `an advance is received, used for a statement, corrected and returned`() throws {
    let books = try ClosedBooks()
    let receive = "advance receive --canteen XFS-01 --source 街道 --amount 5.00 --voucher V1"
    let pay = "statement pay \(Self.number) --source 街道 --from-advance"
    for line in ["submit \(Self.number)", "approve \(Self.number) --by 李四"] {
      let run = try canteen("statement \(line)")
      try #require(run.status == 0, "\(run.complaints)")
    }

    let received = try canteen(receive + " --format json")
    let again = try canteen(receive)
    let unknown = try canteen(receive.replacing("街道", with: "strete"))
    let paid = try canteen("\(pay) --amount 1.00 --voucher P1")
    // Found by a check that came after the statement was closed.
    let checks = books.path("checks")
    try FileManager.default.createDirectory(atPath: checks, withIntermediateDirectories: true)
    try """
    -- id: X01
    -- title.zh: 抽查
    -- title.en: sample
    -- severity: blocking
    select service_date, check_in_id::text as subject, '请说明' as zh, 'explain' as en
    from standing_check_ins
    where canteen_code = :'canteen' and service_date between :'day_from' and :'day_to'
    order by check_in_id
    """.write(toFile: "\(checks)/X01.sql", atomically: true, encoding: .utf8)
    let night = try SampleBooks.canteen(
      "reconcile --canteen XFS-01 --through 2026-10-31", with: ["CANTEEN_CHECKS": checks])
    let doubtful = try canteen("\(pay) --amount 0.50 --voucher P3")
    let tooMuch = try canteen("\(pay) --amount 4.00 --voucher P2")
    let none = try canteen("\(pay) --amount -1.00 --voucher P2")
    let stranger = try canteen(
      "statement pay \(Self.number) --source strete --amount 1.00 --voucher P2")
    let shown = try canteen("statement show \(Self.number) --format json")
    let payments = try canteen("statement payments \(Self.number) --format json")
    let english = try canteen("statement payments \(Self.number) --format json --lang en")
    let returned = try canteen(
      "advance return --canteen XFS-01 --source 街道 --amount 3.50 --voucher R1 --reason 年末结清")
    let corrected = try canteen("advance correct 2 --canteen XFS-01 --reason 录错")
    let list = try canteen("advance list --canteen XFS-01")
    let held = try canteen("advance held --format json")
    let balance = try canteen("ledger balance --canteen XFS-01 --format json")
    let account = try canteen("ledger account 预收补贴·街道 --canteen XFS-01")
    let ageing = try canteen("ledger ageing --format json")
    let audit = try canteen("audit verify --canteen XFS-01")

    #expect(received.status == 0, "\(received.complaints)")
    #expect(received.output.contains("\"held_fen\" : 500"))
    #expect(again.status == 2 && again.complaints.contains("凭证 V1 已登记"))
    #expect(unknown.status == 2 && unknown.complaints.contains("没有资金来源 strete；有：区县、街道"))
    #expect(paid.status == 0, "\(paid.complaints)")
    #expect(!paid.complaints.contains("注意"))
    #expect(night.status == 3, "\(night.output)\(night.complaints)")
    #expect(doubtful.status == 0, "\(doubtful.complaints)")
    #expect(doubtful.complaints.contains("条须说明的异常还没有说明，见 canteen finding list"))
    #expect(tooMuch.status == 2)
    #expect(tooMuch.complaints.contains("街道的预拨款只余 3.50 元"), "\(tooMuch.complaints)")
    #expect(none.status == 2 && none.complaints.contains("金额须大于零，不能是 -1.00 元"))
    #expect(stranger.status == 2, "\(stranger.complaints)")
    #expect(stranger.complaints.contains("结算单没有应由“strete”拨付的款；应拨付的有：区县、街道"))
    #expect(
      shown.output.contains("\"step\" : \"approved\"") && shown.output.contains("\"tiers\" : ["))
    #expect(payments.output.contains("\"from\" : \"advance\""))
    #expect(payments.output == english.output)
    #expect(returned.status == 0, "\(returned.complaints)")
    #expect(corrected.status == 0, "\(corrected.complaints)")
    #expect(list.output.contains("年末结清") && list.output.contains("录错"))
    #expect(held.output.contains("\"held_fen\" : 350"))
    #expect(held.output.contains("\"used_fen\" : 150"))
    #expect(balance.output.contains("\"account\" : \"advance:street\""))
    #expect(account.output.contains(/预拨 +V1/) && account.output.contains(/拨付 +P1/))
    #expect(ageing.output.contains("\"advance_fen\" : 350"))
    #expect(audit.status == 0, "\(audit.complaints)")
  }
}
