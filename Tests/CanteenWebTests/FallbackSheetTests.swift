import CanteenTestSupport
import Foundation
import Testing

/// The sheet that is printed for a power cut.
@Suite("the fallback sheet", .database)
struct FallbackSheetTests {
  /// The rows of the table as a person reads them, cell by cell.
  private static func rows(_ answer: CounterWindow.Answer) -> [[String]] {
    let html = String(decoding: answer.bytes, as: UTF8.self)
    let body = html.components(separatedBy: "<tbody>").last ?? ""
    return body.components(separatedBy: "<tr>").dropFirst().map { row in
      row.components(separatedBy: "<t").dropFirst().map { cell in
        String((cell.split(separator: ">", maxSplits: 1).last ?? "").prefix { $0 != "<" })
      }
    }
  }

  @Test
  func `it names everybody with what he pays, who has eaten, and nobody's numbers`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let found = try await window.find("B1")
      let diner = try #require(found.number("matches.0.dinerId"))
      let eaten = try await window.post(
        "/api/v1/check-ins",
        [
          "key": "00000000-0000-4000-8000-000000000001", "dinerId": diner, "mode": "dine_in",
          "means": "cash", "servedAt": "2026-11-23T12:00:00+08:00",
        ])
      try #require(eaten.status == 201)

      let sheet = try await window.get("/counter/sheet")

      #expect(sheet.status == 200 && sheet.type == "text/html; charset=utf-8")
      let rows = Self.rows(sheet)
      #expect(rows.allSatisfy { $0[0].hasPrefix("#") })
      #expect(Set(rows.map { $0[1] }) == ["王秀英", "李建国", "赵小明"])
      #expect(rows.first { $0[1] == "王秀英" }?[3] == "10.00")
      #expect(rows.first { $0[1] == "王秀英" }?[4...5] == ["☐", "☐"])
      #expect(rows.first { $0[1] == "李建国" }?[4] == "已就餐")
      let text = String(decoding: sheet.bytes, as: UTF8.self)
      #expect(text.contains("2026-11-23 午餐 备用签到表") && text.contains("共 3 人"))
      #expect(!text.contains("13900001234") && !text.contains("511323195003"))
    }
  }

  @Test
  func `tomorrow's sheet has nobody served, and what is no day or meal is said`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)

      let tomorrow = try await window.get("/counter/sheet?day=2026-11-24&period=dinner")
      let noDay = try await window.get("/counter/sheet?day=yesterday")
      let noMeal = try await window.get("/counter/sheet?period=supper")
      let stranger = try await CounterWindow(client).get("/counter/sheet")

      #expect(Self.rows(tomorrow).map { $0[3] } == ["", "", ""])
      #expect(String(decoding: tomorrow.bytes, as: UTF8.self).contains("2026-11-24 晚餐"))
      #expect([noDay, noMeal, stranger].map(\.status) == [422, 422, 401])
      #expect(noMeal.text("code") == "field_wrong")
    }
  }

  @Test
  func `each meal's sheet knows who has taken that meal, with or without a price`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let window = try await world.window(client)
      let (lunch, dinner) = (
        try await CounterTests.diner(window, "B1"), try await CounterTests.diner(window, "C1")
      )
      _ = try await window.post("/api/v1/check-ins", CounterTests.body(1, diner: lunch))
      world.wait(seconds: 6 * 3600)
      _ = try await window.signIn("小周", "2580")
      let eaten = try await window.post(
        "/api/v1/check-ins",
        CounterTests.body(2, diner: dinner, at: world.now, ["listFen": 1000]))
      try #require(eaten.status == 201)

      let sheets = try await [
        window.get("/counter/sheet?period=lunch"), window.get("/counter/sheet?period=dinner"),
      ]

      let served = sheets.map { sheet in
        Self.rows(sheet).filter { $0[4] == "已就餐" }.map { $0[1] }
      }
      #expect(served == [["李建国"], ["赵小明"]])
    }
  }
}
