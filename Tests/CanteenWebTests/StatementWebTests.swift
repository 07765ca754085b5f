import CanteenDomain
import CanteenServices
import CanteenTestSupport
import Foundation
import HummingbirdTesting
import Testing

/// Statements for the street office: by API and by page, to read only.
@Suite("statements on the web", .database)
struct StatementWebTests {
  static let number = "DFL-01-2026-11"

  /// The counter's world with one lunch of November, closed in December.
  static func world() async throws -> CounterWorld {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client, "午餐窗")
      let found = try await window.find("A1")
      let diner = try #require(found.number("matches.0.dinerId"))
      let accepted = try await window.post(
        "/api/v1/check-ins",
        [
          "key": "00000000-0000-4000-8000-000000000001", "dinerId": diner, "mode": "dine_in",
          "means": "cash", "servedAt": "2026-11-23T12:00:00+08:00",
        ])
      try #require(accepted.status == 201)
    }
    let by = Attribution(
      by: "测试员", at: CanteenCalendar.shanghai.instant(day("2026-12-02"), time("09:00")))
    _ = try await DayCloseService(world.database)
      .close("DFL-01", through: day("2026-11-30"), by: by)
    let report = try await ReconciliationService(world.database)
      .run(["DFL-01"], through: day("2026-11-30"), by: by)
    for finding in report.open {
      try await ReconciliationService(world.database).explain(
        check: finding.check, canteen: "DFL-01", day: finding.day, subject: finding.subject,
        explanation: "已核对", by: by)
    }
    _ = try await StatementService(world.database, vault: theVault)
      .close("DFL-01", month: day("2026-11-01"), by: by)
    return world
  }

  @Test
  func `the API takes a total apart down to the facts, for the street office alone`() async throws {
    let world = try await Self.world()
    try await world.serve { client in
      let clerk = try await world.window(client)
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      let path = "/api/v1/statements"
      let stranger = try await client.execute(uri: path, method: .get) { $0.status.code }

      let list = try await officer.get(path)
      let one = try await officer.get("\(path)/\(Self.number)")
      let tier = try #require(one.text("tiers.0.code"))
      let lines = try await officer.get("\(path)/\(Self.number)/lines?tier=\(tier)&limit=1")
      let line = try await officer.get("\(path)/\(Self.number)/lines/1")

      #expect(stranger == 401)
      for address in [path, "\(path)/\(Self.number)", "\(path)/\(Self.number)/lines/1"] {
        #expect(try await clerk.get(address).status == 403)
      }
      #expect(list.text("0.number") == Self.number && list.text("0.step") == "closed")
      #expect(one.number("summary.listFen") == 1200 && one.number("summary.claimedFen") == 200)
      #expect(one.text("sha256")?.count == 64 && one.text("form") == "standard 1")
      #expect(lines.number("lines.0.line") == 1 && lines.number("next") == 1)
      #expect(line.text("line.name") == "王*英" && line.number("tier.listFen") == 1200)
      #expect(line.text("policies.0.document")?.contains("policy") == true)
      #expect((line["facts"] as? [String])?.first == "76周岁")
      for text in [String(decoding: line.bytes, as: UTF8.self)] {
        #expect(!text.contains("1950") && !text.contains("王秀英"))
      }
      #expect(try await officer.get("\(path)/NONE").status == 404)
      #expect(try await officer.get("\(path)/\(Self.number)/lines/2").status == 404)
      #expect(try await officer.get("\(path)/\(Self.number)/lines/x").status == 422)
      let pages = "/street/statements"
      func page(_ query: String) async throws -> String {
        String(decoding: try await officer.get(pages + query).bytes, as: UTF8.self)
      }
      #expect(try await page("").contains(Self.number))
      #expect(try await page("?year=2026").contains(Self.number))
      #expect(try await !page("?year=2025").contains(Self.number))
      #expect(try await officer.get(pages + "?year=x").status == 422)
      #expect(try await officer.get("\(path)/\(Self.number)/lines?limit=0").status == 422)
    }
  }

  @Test
  func `pages link every figure to what it consists of; strangers are told what to do`()
    async throws
  {
    let world = try await Self.world()
    try await world.serve { client in
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      func page(_ path: String) async throws -> String {
        let answer = try await officer.get("/street/statements\(path)")
        #expect(answer.status == 200 && answer.type == "text/html; charset=utf-8", "\(path)")
        return String(decoding: answer.bytes, as: UTF8.self)
      }
      let address = "/street/statements/\(Self.number)"

      #expect(try await page("").contains("<a href=\"\(address)\">\(Self.number)</a>"))
      let statement = try await page("/\(Self.number)")
      #expect(statement.contains("申报 <b>2.00</b> 元（贰元整）"))
      #expect(statement.contains("href=\"\(address)/lines?tier="))
      #expect(try await page("/\(Self.number)/lines").contains("href=\"\(address)/lines/1\""))
      let line = try await page("/\(Self.number)/lines/1")
      #expect(line.contains("76周岁") && line.contains("王*英") && !line.contains("王秀英"))
      let policy = try #require(line.firstMatch(of: /href="(\/street\/policies\/[^"]+)"/)?.1)
      #expect(try await officer.get(String(policy)).status == 200)
      #expect(try await page("/\(Self.number)/findings").contains("异常"))
      try await client.execute(uri: address, method: .get) { answer in
        let text = String(buffer: answer.body)
        #expect(answer.status == .unauthorized)
        #expect(text.contains("/counter") && !text.contains(Self.number))
      }
    }
  }

  @Test
  func `the street office sees person-times and persons, each once, and nobody else does`()
    async throws
  {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let clerk = try await world.window(client)
      let diner = try await CounterTests.diner(clerk, "A1")
      for key in 1...2 {
        _ = try await clerk.post(
          "/api/v1/check-ins", CounterTests.body(key, diner: diner, ["fullPrice": key == 2]))
      }
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")

      let page = try await officer.get("/street/report?by=canteen&from=2026-11-01")
      let wrong = try await officer.get("/street/report?by=weather")
      let backwards = try await officer.get("/street/report?from=2026-12-01&to=2026-11-01")

      let text = String(decoding: page.bytes, as: UTF8.self)
      // A long name stands beside its bar, and one month needs no map of months.
      #expect(page.status == 200 && text.contains("<svg class=\"bars lying\""))
      #expect(!text.contains("<svg class=\"heat\""))
      #expect(text.contains("<tr><th>东风路社区长者食堂</th><td>2</td><td>1</td></tr>"))
      #expect(!text.contains("王秀英"))
      #expect([wrong, backwards].map(\.status) == [422, 422])
      #expect(try await clerk.get("/street/report").status == 403)
    }
  }
}
