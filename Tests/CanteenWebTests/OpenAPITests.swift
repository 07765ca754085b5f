import CanteenTestSupport
import CanteenWeb
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

/// The description of the API holds for its routes and for what they answer.
@Suite("the OpenAPI document", .database)
struct OpenAPITests {
  private func document(_ client: any TestClientProtocol) async throws -> OpenAPIDocument {
    let answer = try await CounterWindow(client).get("/openapi.json")
    return try OpenAPIDocument(answer.bytes)
  }

  @Test
  func `every route of the API is described, and nothing else is`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let document = try await document(client)

      let routes = makeRouter(world.context).routes.filter {
        $0.path.description.hasPrefix("/api/")
      }.map { "\($0.method.rawValue) \($0.path)" }

      #expect(Set(routes) == document.operations)
      #expect(!routes.isEmpty)
    }
  }

  @Test
  func `what the routes answer has the shape that is described`() async throws {
    let world = try await CounterWorld(TestDatabase.current.database)
    try await world.serve { client in
      let document = try await document(client)
      let window = try await world.window(client, staff: "陈经理", pin: "13579")
      let found = try await window.find("A1")
      let diner = try #require(found.number("matches.0.dinerId"))
      var body: [String: Any] = [
        "key": "00000000-0000-4000-8000-000000000001", "dinerId": diner, "mode": "dine_in",
        "means": "cash", "servedAt": "2026-11-23T12:00:00+08:00",
      ]
      let path = "/api/v1/check-ins"
      let accepted = try await window.post(path, body)
      let repeated = try await window.post(path, body)
      body["key"] = "00000000-0000-4000-8000-000000000002"
      let served = try await window.post(path, body)
      body["offline"] = true
      let kept = try await window.post(path, body)
      let exceptions = try await window.get("/api/v1/exceptions")
      let decision = "/api/v1/exceptions/\(body["key"]!)/decision"
      let decided = try await window.post(decision, ["decision": "reject", "reason": "重复"])
      let undone = try await window.post(
        "\(path)/\(body["key"]!)/reversal", ["reason": "重复"])
      let street = try await world.window(client, "街道", staff: "街道办", pin: "97531")

      let answers: [(String, String, CounterWindow.Answer)] = [
        ("post", "/api/v1/diners/search", found), ("post", path, accepted),
        ("post", path, repeated),
        ("post", path, served), ("post", path, kept), ("get", "/api/v1/exceptions", exceptions),
        ("post", "/api/v1/exceptions/{id}/decision", decided),
        ("get", "/api/v1/today", try await window.get("/api/v1/today")),
        ("get", "/api/v1/session", try await window.get("/api/v1/session")),
        ("get", "/api/v1/snapshot", try await window.get("/api/v1/snapshot")),
        ("get", "/api/v1/street/today", try await street.get("/api/v1/street/today")),
        ("get", "/api/v1/canteens", try await window.get("/api/v1/canteens")),
        (
          "get", "/api/v1/canteens/{canteen}/menus",
          try await window.get("/api/v1/canteens/DFL-01/menus?from=2026-11-23")
        ),
        ("post", "/api/v1/check-ins/{key}/reversal", undone),
        (
          "post", "/api/v1/check-ins/{key}/reversal",
          try await window.post("\(path)/00000000-0000-4000-8000-000000000001/reversal", [:])
        ),
      ]

      #expect([accepted, repeated, served, kept].map(\.status) == [201, 200, 409, 202])
      #expect(undone.status == 200 && undone.text("decision") == "reject")
      for (method, route, answer) in answers {
        let faults = try document.faults(method, route, answer.status, answer.json)
        #expect(faults.isEmpty, "\(method) \(route) \(answer.status): \(faults)")
      }
    }
  }

  @Test
  func `what is answered about statements has the shape that is described`() async throws {
    let world = try await StatementWebTests.world()
    try await world.serve { client in
      let document = try await document(client)
      let officer = try await world.window(client, "街道", staff: "街道办", pin: "97531")
      let path = "/api/v1/statements"
      for rest in [
        "", "/{number}", "/{number}/lines", "/{number}/lines/{line}", "/{number}/findings",
      ] {
        let address = rest.replacing("{number}", with: StatementWebTests.number)
          .replacing("{line}", with: "1")
        let answer = try await officer.get(path + address)
        let faults = try document.faults("get", path + rest, answer.status, answer.json)
        #expect(answer.status == 200 && faults.isEmpty, "\(rest): \(faults)")
      }
    }
  }

  @Test
  func `the check of shapes sees what is missing, of a wrong type, and not described`() throws {
    let document = try OpenAPIDocument(
      Array(
        #"{"paths": {}, "components": {"schemas": {"A": {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}, "additionalProperties": false}}}}"#
          .utf8))
    let schema: [String: Any] = ["$ref": "#/components/schemas/A"]

    #expect(document.faults(schema, ["x": 1], at: "").isEmpty)
    #expect(document.faults(schema, [:] as [String: Any], at: "").count == 1)
    #expect(document.faults(schema, ["x": "1"], at: "").count == 1)
    #expect(document.faults(schema, ["x": 1, "y": 2], at: "").count == 1)
  }
}
