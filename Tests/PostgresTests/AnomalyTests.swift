import Foundation
import Testing

@testable import Postgres

/// What happens when the server ends a connection; nothing may hang.
@Suite(.timeLimit(.minutes(1))) struct AnomalyTests {
  @Test func `a connection that the server ended while idle is replaced unnoticed`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let first = try await database.query("select pg_backend_pid()", as: Int.self)[0]

      try await TestServer.terminate(first)

      let second = try await database.query("select pg_backend_pid()", as: Int.self)[0]
      #expect(first != second)
    }
  }

  @Test func `an idle connection that was ended is replaced before a transaction as well`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      let first = try await database.query("select pg_backend_pid()", as: Int.self)[0]
      try await TestServer.terminate(first)
      let runs = Count()

      let second = try await database.transaction { tx in
        runs.add()
        return try tx.query("select pg_backend_pid()", as: Int.self)[0]
      }

      #expect(first != second)
      #expect(runs.value == 1)
    }
  }

  @Test func `a backend terminated during a statement is a lost connection`() async throws {
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(ConnectionError.self) {
        try await database.execute("select pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
      }
      #expect(error?.isLost == true)
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `a backend terminated between two statements of a transaction loses the transaction`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(ConnectionError.self) {
        try await database.transaction { tx in
          let pid = try tx.query("select pg_backend_pid()", as: Int.self)[0]
          blocking { try await TestServer.terminate(pid) }
          try tx.execute("select 1")
        }
      }
      #expect(error?.isLost == true)
      let answer = try await database.query("select 1", as: Int.self)
      #expect(answer == [1])
    }
  }

  @Test func `a backend terminated before COMMIT was sent leaves the outcome unknown`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      let error = await thrown(ConnectionError.self) {
        try await database.transaction { tx in
          let pid = try tx.query("select pg_backend_pid()", as: Int.self)[0]
          blocking { try await TestServer.terminate(pid) }
        }
      }
      #expect(error?.isOutcomeUnknown == true)
    }
  }

  @Test
  func `a backend that dies inside COMMIT leaves the outcome unknown, and nothing runs again`()
    async throws
  {
    try await TestServer.withDatabase(size: 1) { database in
      try await database.transaction { tx in
        try tx.script(
          """
          drop table if exists dies_at_commit;
          create table dies_at_commit (id int);
          create or replace function die() returns trigger language plpgsql as
            $$begin perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5); return null; end$$;
          create constraint trigger dies after insert on dies_at_commit
            deferrable initially deferred for each row execute function die();
          """)
      }
      let runs = Count()
      let error = await thrown(ConnectionError.self) {
        try await database.transaction { tx in
          runs.add()
          try tx.execute("insert into dies_at_commit values (1)")
        }
      }
      #expect(error?.isOutcomeUnknown == true)
      #expect(runs.value == 1)
      let kept = try await database.query("select count(*) from dies_at_commit", as: Int.self)
      #expect(kept == [0])
      try await database.transaction { tx in
        try tx.script("drop table dies_at_commit; drop function die()")
      }
    }
  }

  @Test func `a transaction that stands idle too long is ended by the server`() async throws {
    let name = "idle-\(UUID().uuidString)"
    var configuration = try TestServer.configuration(named: name)
    configuration.idleInTransactionTimeout = .milliseconds(50)
    try await TestServer.withDatabase(size: 1, configuration: configuration) { database in
      let error = await thrown(ConnectionError.self) {
        try await database.transaction { tx in
          try tx.execute("select 1")
          blocking {
            try await TestServer.wait(
              until: """
                not exists (select from pg_stat_activity where application_name = \(name))
                """)
          }
          try tx.execute("select 2")
        }
      }
      #expect(error?.isLost == true)
      #expect(error?.report.contains("idle-in-transaction timeout") == true)
    }
  }

  @Test func `limits set at connecting end a statement and a wait for a lock`() async throws {
    var configuration = try TestServer.configuration()
    configuration.statementTimeout = .milliseconds(200)
    configuration.lockTimeout = .milliseconds(50)
    try await TestServer.withDatabase(size: 2, configuration: configuration) { database in
      let slow = await thrown(ServerError.self) { try await database.query("select pg_sleep(20)") }
      #expect(slow?.sqlState == .queryCanceled)

      try await database.withConnection { holder in
        try await holder.execute("select pg_advisory_lock(77)")
        let waited = await thrown(ServerError.self) {
          try await database.query("select pg_advisory_lock(77)")
        }
        #expect(waited?.sqlState == .lockNotAvailable)
      }
    }
  }
}
