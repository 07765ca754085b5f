import Foundation
import Logging
import Postgres
import Testing

/// The samples of the documentation, word for word, compiled and run. `DocumentationTests` compares.
@Suite(.timeLimit(.minutes(1)), .serialized) struct DocumentedSampleTests {
  private struct NoCopyLeft: Error {}
  private struct CardTaken: Error {}
  private let logger = TestServer.logger

  @Test func `the overview`() async throws {
    try await withLibrary { _ in
      let url = try TestServer.url()
      let configuration = try ConnectionConfiguration(url: url)
      let database = Database(configuration, logger: logger)

      let author = "Ursula K. Le Guin"
      let titles = try await database.query(
        "select title from books where author = \(author) order by year", as: String.self)

      await database.shutdown()
      #expect(titles == ["A Wizard of Earthsea", "The Left Hand of Darkness"])
    }
  }

  @Test func `connecting`() async throws {
    let url = try TestServer.url()
    var configuration = try ConnectionConfiguration(url: url)
    configuration.connectTimeout = .seconds(5)
    configuration.statementTimeout = .seconds(30)
    configuration.lockTimeout = .seconds(5)
    configuration.idleInTransactionTimeout = .seconds(60)

    let database = Database(configuration, size: 8, acquireTimeout: .seconds(2), logger: logger)
    let now = try await database.query("select now()", as: Date.self)[0]
    await database.shutdown()
    #expect(now.timeIntervalSince1970 > 0)
  }

  @Test func `connecting to several hosts`() {
    let password = "secret"
    let configuration = ConnectionConfiguration(parameters: [
      "host": "db1.example,db2.example", "dbname": "library", "user": "reader",
      "password": password, "sslmode": "verify-full", "target_session_attrs": "read-write",
    ])
    #expect("\(configuration)".contains("db2.example"))
    #expect(!"\(configuration)".contains(password))
  }

  @Test func `one connection, opened and borrowed`() async throws {
    try await withLibrary { database in
      let configuration = try ConnectionConfiguration(url: try TestServer.url())
      let connection = try await Connection.open(configuration, logger: logger)
      let version = try await connection.query("show server_version", as: String.self)[0]
      await connection.close()
      #expect(!version.isEmpty)

      try await database.withConnection { connection in
        try await connection.execute("select pg_advisory_lock(42)")
        try await connection.execute("refresh materialized view loans_by_year")
      }
    }
  }

  @Test func `querying structures, rows and arrays`() async throws {
    try await withLibrary { database in
      struct Book: Decodable, Sendable {
        let id: Int
        let title: String
        let printedOn: PostgresDay?
      }

      let author = "Ursula K. Le Guin"
      let books = try await database.query(
        "select id, title, printed_on from books where author = \(author)", as: Book.self)
      #expect(books.map(\.printedOn) == [nil, PostgresDay(daysSince1970: -276)])

      let row = try await database.query("select count(*) as books, max(year) from books")[0]
      let count = try row.decode("books", as: Int.self)
      let latest = try row.decode(1, as: Int?.self)
      #expect(count == 2)
      #expect(latest == 1969)

      let titles = ["The Dispossessed", "Lavinia"]
      let years: [Int?] = [1974, nil]
      let added = try await database.execute(
        """
        insert into books (author, title, year)
        select \(author), title, year from unnest(\(titles), \(years)) as line (title, year)
        """)
      #expect(added == 2)
    }
  }

  @Test func `querying with parts and enums`() async throws {
    try await withLibrary { database in
      for (since, newestFirst) in [(nil, true), (1969 as Int?, false)] {
        let author = "Ursula K. Le Guin"
        var search: SQL = "select title from books where author = \(author)"
        if let since { search.append(" and year >= \(since)") }
        let order: SQL = newestFirst ? "order by year desc" : "order by year"
        let found = try await database.query(
          "\(fragment: search) \(fragment: order)", as: String.self)
        #expect(found.count == (since == nil ? 2 : 1))
        #expect(found[0] == "The Left Hand of Darkness")
      }

      enum Shelf: String, PostgresEncodable, PostgresDecodable {
        case fiction, poetry
      }

      let shelf = Shelf.poetry
      let poems = try await database.query("select title from books where shelf = \(shelf)")
      #expect(poems.isEmpty)
    }
  }

  @Test func `transacting`() async throws {
    try await withLibrary { database in
      let book = 1
      let key = UUID()
      let loan = try await database.transaction { tx in
        let copies = try tx.query(
          "select id from copies where book = \(book) and not lent limit 1 for update",
          as: Int.self)
        guard let copy = copies.first else { throw NoCopyLeft() }
        try tx.execute("update copies set lent = true where id = \(copy)")
        return try tx.query(
          "insert into loans (key, copy) values (\(key), \(copy)) returning id", as: Int.self)[0]
      }
      #expect(loan == 1)

      let lent = try await database.transaction(isolation: .serializable, readOnly: true) { tx in
        try tx.query("select count(*) from loans", as: Int.self)[0]
      }
      #expect(lent == 1)
    }
  }

  @Test func `savepoints`() async throws {
    try await withLibrary { database in
      let (key, copy, card) = (UUID(), 1, "7")
      for _ in 0..<2 {
        let key = UUID()
        try await database.transaction { tx in
          try tx.execute("insert into loans (key, copy) values (\(key), \(copy))")
          do {
            try tx.savepoint { inner in
              try inner.execute("insert into readers (card) values (\(card))")
            }
          } catch let error as ServerError where error.sqlState == .uniqueViolation {
            try tx.execute("update readers set visits = visits + 1 where card = \(card)")
          }
        }
      }
      let visits = try await database.query("select visits from readers", as: Int.self)
      #expect(visits == [1])

      func isLent(_ key: UUID) async throws -> Bool {
        do {
          try await database.transaction { tx in
            try tx.execute("insert into loans (key, copy) values (\(key), \(copy))")
          }
          return true
        } catch ConnectionError.outcomeUnknown {
          return try await database.query(
            "select exists (select from loans where key = \(key))", as: Bool.self)[0]
        }
      }
      let answer = try await isLent(key)
      #expect(answer)
    }
  }

  @Test func `pipelining`() async throws {
    try await withLibrary { database in
      let (author, title) = ("Ursula K. Le Guin", "Lavinia")
      let results = try await database.pipeline([
        "insert into books (author, title) values (\(author), \(title))",
        "select count(*) from books where author = \(author)",
      ])
      let added = results[0].affected
      let count = try results[1].rows(as: Int.self)[0]
      #expect(added == 1)
      #expect(count == 3)

      let (key, copy) = (UUID(), 1)
      try await database.transaction { tx in
        let results = try tx.pipeline([
          "select id from copies where id = \(copy) for update",
          "select count(*) from loans where copy = \(copy)",
        ])
        guard try results[1].rows(as: Int.self) == [0] else { throw NoCopyLeft() }
        _ = try tx.pipeline([
          "insert into loans (key, copy) values (\(key), \(copy))",
          "update copies set lent = true where id = \(copy)",
        ])
      }
      let lent = try await database.query("select lent from copies where id = 1", as: Bool.self)
      #expect(lent == [true])
    }
  }

  @Test func `streaming and copying`() async throws {
    try await withLibrary { database in
      let letters = try await database.stream("select title from books order by id") { rows in
        var letters = 0
        for try await row in rows {
          letters += try row.decode("title", as: String.self).count
        }
        return letters
      }
      #expect(letters == 45)

      let lines = AsyncStream<[UInt8]> { continuation in
        for year in 1901...2000 { continuation.yield(Array("Annual,\(year)\n".utf8)) }
        continuation.finish()
      }
      let count = try await database.copyIn(
        "copy books (title, year) from stdin with (format csv)", from: lines)
      #expect(count == 100)

      let size = try await database.copyOut("copy books to stdout with (format csv)") { pieces in
        var size = 0
        for try await piece in pieces { size += piece.count }
        return size
      }
      #expect(size > 1000)

      try await database.transaction { tx in
        try tx.execute("delete from books where title = 'Annual'")
        try tx.copyIn("copy books (title) from stdin", from: [Array("Lavinia\n".utf8)])
      }
      let left = try await database.query("select count(*) from books", as: Int.self)
      #expect(left == [3])
    }
  }

  @Test func `listening`() async throws {
    try await withLibrary { database in
      let teller = Task {
        try await TestServer.wait(
          until: "exists (select from pg_stat_activity where query = 'listen \"loans\"')")
        let count = 3
        try await database.execute("select pg_notify('loans', \(String(count)))")
      }
      var shown = 0
      for try await event in database.listen(to: ["loans"]) {
        switch event {
        case .listening, .resumed:
          shown = try await database.query("select count(*) from loans", as: Int.self)[0]
        case .notified(let notification):
          shown += Int(notification.payload) ?? 0
        }
        if shown == 3 { break }
      }
      try await teller.value
      #expect(shown == 3)
    }
  }

  @Test func `cancelling`() async throws {
    try await withLibrary { database in
      do {
        try await database.execute("select pg_sleep(60)", timeout: .milliseconds(100))
      } catch ConnectionError.timedOut {
        logger.warning("the report was given up")
      }

      let report = Task { try await database.execute("select pg_sleep(60)") }
      report.cancel()
      await #expect(throws: CancellationError.self) { try await report.value }
    }
  }

  @Test func `errors`() async throws {
    try await withLibrary { database in
      let card = "7"
      func register() async throws {
        do {
          try await database.execute("insert into readers (card) values (\(card))")
        } catch let error as ServerError where error.constraint == "one_card_one_reader" {
          throw CardTaken()
        } catch let error as ServerError where error.sqlState == .checkViolation {
          logger.error("refused: \(error)")
        }
      }
      try await register()
      await #expect(throws: CardTaken.self) { try await register() }
    }
  }

  @Test func `behind PgBouncer`() async throws {
    try await PgBouncer.with { configuration in
      var configuration = configuration
      configuration.preparedStatements = 0
      configuration.sendsStartupOptions = false
      configuration.statementTimeout = .seconds(30)
      try await TestServer.withDatabase(configuration: configuration) { database in
        for _ in 0..<3 { try await database.execute("select \(1)") }
      }
    }
  }

  /// A small library, new for each sample.
  private func withLibrary(_ body: (Database) async throws -> Void) async throws {
    try await TestServer.withDatabase(size: 2) { database in
      try await database.transaction { tx in
        try tx.script(
          """
          drop table if exists books, copies, loans, readers cascade;
          create table books (id int generated always as identity, author text, title text,
            year int, printed_on date, shelf text);
          insert into books (author, title, year, printed_on) values
            ('Ursula K. Le Guin', 'A Wizard of Earthsea', 1968, null),
            ('Ursula K. Le Guin', 'The Left Hand of Darkness', 1969, '1969-03-31');
          create table copies (id int, book int, lent boolean);
          insert into copies values (1, 1, false);
          create table loans (id int generated always as identity, key uuid unique, copy int);
          create materialized view loans_by_year as select count(*) from loans;
          create table readers (card text constraint one_card_one_reader unique,
            visits int not null default 0);
          """)
      }
      try await body(database)
      try await database.execute("drop table books, copies, loans, readers cascade")
    }
  }
}
