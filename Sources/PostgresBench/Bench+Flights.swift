import Foundation
import Postgres

extension Bench {
  /// 10,000 small statements: one flight against one after the other, in a transaction each.
  func pipelineAgainstSingle() async throws -> Figure {
    let database = database(size: 1)
    let statements = (0..<10_000).map { number -> SQL in
      "select fen from bench_meals where id = \(Int32(number + 1))"
    }
    let figure = try await compare("client/pipeline-vs-single", unit: "s") {
      try await seconds {
        try await database.transaction { tx in
          let results = try tx.pipeline(statements)
          guard results.count == statements.count else {
            throw Options.Unusable(description: "results are missing")
          }
        }
      }
    } theirs: {
      try await seconds {
        try await database.transaction { tx in
          for statement in statements { _ = try tx.query(statement) }
        }
      }
    }
    await database.shutdown()
    return figure
  }
}
