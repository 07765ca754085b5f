import CanteenDomain
import CanteenVault
import Postgres

/// 封存头: the seals as they stood at one moment, as a text that the auditor keeps elsewhere. A chain
/// cannot tell by itself that its newest links are gone, or that all of it was sealed anew; what was
/// written down outside the database can.
public struct AuditHead: Sendable, Hashable {
  /// One thing that must still be there with the same seal.
  public struct Entry: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
      case day(Canteen.Code, Day)
      case statement(String)
      /// A version of a policy, by the hash of its text.
      case policy(id: String, version: String)
    }
    public var subject: Subject
    public var seal: String
  }

  public var entries: [Entry]

  /// Lines such as `day DFL-01 2026-10-31 SEAL`, `statement DFL-01-2026-10 SEAL` and
  /// `policy wuhu 2022 SEAL`.
  public var text: String {
    entries.map { entry in
      switch entry.subject {
      case .day(let canteen, let day): "day \(canteen) \(day) \(entry.seal)\n"
      case .statement(let number): "statement \(number) \(entry.seal)\n"
      case .policy(let id, let version): "policy \(id) \(version) \(entry.seal)\n"
      }
    }.joined()
  }

  init(entries: [Entry]) { self.entries = entries }

  /// - Throws: `AuditHeadRefusal` for anything but the text of a head; an empty one proves nothing.
  public init(text: String) throws {
    entries = try text.split(whereSeparator: \.isNewline).enumerated().map { index, line in
      let words = line.split(separator: " ").map(String.init)
      guard let seal = words.last.flatMap(Seal.init(hex:))?.hex else {
        throw AuditHeadRefusal.notALine(index + 1)
      }
      if words.count == 4, words[0] == "day", let day = Day(iso: words[2]) {
        return Entry(subject: .day(words[1], day), seal: seal)
      }
      if words.count == 3, words[0] == "statement" {
        return Entry(subject: .statement(words[1]), seal: seal)
      }
      if words.count >= 4, words[0] == "policy" {
        let version = words[2..<(words.count - 1)].joined(separator: " ")
        return Entry(subject: .policy(id: words[1], version: version), seal: seal)
      }
      throw AuditHeadRefusal.notALine(index + 1)
    }
    guard !entries.isEmpty else { throw AuditHeadRefusal.empty }
  }
}

/// Why a file is not taken for a saved head.
public enum AuditHeadRefusal: Refusal, Hashable {
  case notALine(Int)
  case empty

  public var kind: RefusalKind { .invalid }
  public var sentence: Sentence {
    switch self {
    case .notALine(let line):
      Sentence(zh: "第 \(line) 行不是封存头的写法", en: "line \(line) is not a line of a saved head")
    case .empty: Sentence(zh: "封存头是空的", en: "the saved head is empty")
    }
  }
}

extension AuditService {
  /// The head of now: each canteen's last closed day, every statement, and every policy's text.
  public func head() async throws -> AuditHead {
    let database = database
    let canteens = try await CanteenService(database).all().map(\.code)
    return try await database.transaction(isolation: .repeatableRead, readOnly: true) {
      transaction in
      var entries: [AuditHead.Entry] = []
      for code in canteens {
        guard let head = try DayCloseStore.head(code, transaction) else { continue }
        entries.append(AuditHead.Entry(subject: .day(code, head.day), seal: head.seal.hex))
      }
      for statement in try StatementStore.all(transaction) {
        guard let stored = try StatementStore.statement(statement.number, transaction) else {
          continue
        }
        entries.append(
          AuditHead.Entry(subject: .statement(statement.number), seal: stored.sha256.hex))
      }
      for policy in try PolicyStore.all(transaction) {
        entries.append(
          AuditHead.Entry(
            subject: .policy(id: policy.id, version: policy.version),
            seal: Seal.of(policy.document.utf8).hex))
      }
      return AuditHead(entries: entries)
    }
  }

  /// - Returns: the first entry of a saved head that is gone or sealed otherwise; nil if all stand.
  public func compare(_ saved: AuditHead) async throws -> Sentence? {
    try await database.transaction(isolation: .repeatableRead, readOnly: true) { transaction in
      let policies = try PolicyStore.all(transaction)
      for entry in saved.entries {
        let (name, seal): (String, Seal?) =
          switch entry.subject {
          case .day(let canteen, let day):
            (
              "\(canteen) \(day)",
              try DayCloseStore.closed(canteen, from: day, to: day, transaction).first?.seal
            )
          case .statement(let number):
            (number, try StatementStore.statement(number, transaction)?.sha256)
          case .policy(let id, let version):
            (
              "\(id) \(version)",
              policies.first { $0.id == id && $0.version == version }
                .map { Seal.of($0.document.utf8) }
            )
          }
        guard let seal else {
          return Sentence(
            zh: "封存头上的 \(name) 已不在账上", en: "\(name) of the saved head is gone from the books")
        }
        guard seal.hex == entry.seal else {
          if case .policy = entry.subject {
            return Sentence(
              zh: "政策 \(name) 的文本与封存头不同",
              en: "the text of the policy \(name) is not the one of the saved head")
          }
          return Sentence(
            zh: "\(name) 的封条与封存头不同，账被重新封过",
            en: "\(name) is sealed otherwise than in the saved head")
        }
      }
      return nil
    }
  }
}
