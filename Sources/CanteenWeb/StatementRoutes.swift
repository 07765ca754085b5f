import CanteenDomain
import CanteenServices
import Foundation
import Hummingbird

/// Statements for the street office, to read and to take apart: as JSON and as pages.
struct StatementRoutes {
  let context: WebContext
  private var books: StatementBookService { context.statements }

  /// Lines a page.
  private static let linesMax = 200

  func add(to router: Router<BasicRequestContext>) {
    addAPI(to: router)
    router.get("/street/statements") { request, _ in
      try await context.officePage(request) {
        let year = try Self.number("year", in: request)
        return StatementPages(standings: try await books.all()).list(year)
      }
    }
    router.get("/street/statements/{number}") { request, asked in
      try await context.officePage(request) {
        StatementPages.statement(try await books.page(number(asked)), context.calendar)
      }
    }
    router.get("/street/statements/{number}/lines") { request, asked in
      try await context.officePage(request) {
        let (query, number) = (try query(request), try number(asked))
        return StatementPages.lines(
          try await books.page(number).standing.statement, tier: query.tier,
          try await lines(number, query), limit: query.limit)
      }
    }
    router.get("/street/statements/{number}/lines/{line}") { request, asked in
      try await context.officePage(request) {
        StatementPages.line(
          try await books.explain(number(asked), line: line(asked)), context.calendar)
      }
    }
    router.get("/street/statements/{number}/findings") { request, asked in
      try await context.officePage(request) {
        let number = try number(asked)
        return StatementPages.findings(number, try await books.findings(number))
      }
    }
    router.get("/street/policies/{policy}/{version}") { request, asked in
      try await context.officePage(request) {
        StatementPages.policy(
          try await books.policy(
            plain(asked.parameters.require("policy")),
            version: plain(asked.parameters.require("version"))))
      }
    }
  }

  private func addAPI(to router: Router<BasicRequestContext>) {
    router.get("/api/v1/statements") { request, _ in
      _ = try await context.gate.officer(request)
      return try json(try await books.all().map(StatementSummaryBody.init))
    }
    router.get("/api/v1/statements/{number}") { request, asked in
      _ = try await context.gate.officer(request)
      return try json(StatementBody(try await books.page(number(asked)), context.calendar))
    }
    router.get("/api/v1/statements/{number}/lines") { request, asked in
      _ = try await context.gate.officer(request)
      let query = try query(request)
      return try json(
        StatementLinesBody(try await lines(number(asked), query), limit: query.limit))
    }
    router.get("/api/v1/statements/{number}/lines/{line}") { request, asked in
      _ = try await context.gate.officer(request)
      return try json(
        ExplainedLineBody(
          try await books.explain(number(asked), line: line(asked)), context.calendar))
    }
    router.get("/api/v1/statements/{number}/findings") { request, asked in
      _ = try await context.gate.officer(request)
      return try json(try await books.findings(number(asked)).map(StatementFindingBody.init))
    }
  }

  private struct Query {
    /// Nil for all; empty for full price.
    var tier: String?
    var after: Int
    var limit: Int
  }

  private func query(_ request: Request) throws -> Query {
    Query(
      tier: try request.uri.queryParameters["tier"].map { try String($0).checked("tier") },
      after: try Self.number("after", in: request)?.checked("after", 0...Int(Int32.max)) ?? 0,
      limit: try Self.number("limit", in: request)?.checked("limit", 1...Self.linesMax) ?? 100)
  }

  private static func number(_ name: String, in request: Request) throws -> Int? {
    guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
    guard let value = Int(text) else {
      throw RequestRefusal.wrong(name, Sentence(zh: "应为整数", en: "is a whole number"))
    }
    return value
  }

  private func lines(_ number: String, _ query: Query) async throws -> [StatementLine] {
    try await books.lines(number, tier: query.tier, after: query.after, limit: query.limit)
  }

  private func number(_ asked: BasicRequestContext) throws -> String {
    try plain(asked.parameters.require("number")).checked("number", most: 60)
  }

  private func line(_ asked: BasicRequestContext) throws -> Int {
    let text = try asked.parameters.require("line")
    guard let line = Int(text), (1...Int(Int32.max)).contains(line) else {
      throw RequestRefusal.wrong("line", Sentence(zh: "应为明细表序号", en: "is a line's number"))
    }
    return line
  }

  private func plain(_ text: String) -> String { text.removingPercentEncoding ?? text }
}

extension WebContext {
  /// A page for who may see it; for others a page that says what to do.
  func officePage(
    _ request: Request, _ body: () async throws -> StatementPage
  ) async throws -> Response {
    do {
      _ = try await gate.officer(request)
      return try await body().response(.ok)
    } catch let refusal as any Refusal {
      return StatementPages.refused(refusal.sentence, hint: refusal is StaffRefusal)
        .response(Problem(refusal).status)
    }
  }
}
