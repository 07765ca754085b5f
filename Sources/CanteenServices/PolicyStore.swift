import CanteenDomain
import CanteenPolicyFiles
import CanteenVault
import Postgres

/// Rows of `policies` and `policy_retirements`.
enum PolicyStore {
  static func all(_ transaction: borrowing Transaction) throws -> [ActivatedPolicy] {
    try transaction.query(
      """
      select
          p.policy_id, p.version, p.valid_from, least(p.valid_to, r.last_day) as valid_to,
          p.document, p.activated_at, p.activated_by, r.retired_by
      from policies as p
      left join policy_retirements as r
          on r.policy_id = p.policy_id and r.version = p.version
      order by p.policy_id, p.valid_from
      """
    ).map {
      ActivatedPolicy(
        id: try $0.decode("policy_id"), version: try $0.decode("version"),
        validFrom: try $0.decode("valid_from"), validTo: try $0.decode("valid_to"),
        document: try $0.decode("document"),
        activated: Attribution(
          by: try $0.decode("activated_by"), at: try $0.decode("activated_at")),
        retiredBy: try $0.decode("retired_by"))
    }
  }

  /// The first policy whose text is not the one that was activated; nil if all are.
  static func changed(_ transaction: borrowing Transaction) throws -> Sentence? {
    let rows = try transaction.query(
      """
      select policy_id, version
      from policies
      where sha256(convert_to(document, 'UTF8')) <> document_sha256
      order by policy_id, version
      limit 1
      """)
    guard let row = rows.first else { return nil }
    let (id, version): (String, String) = (
      try row.decode("policy_id"), try row.decode("version")
    )
    return Sentence(
      zh: "政策 \(id) \(version) 的文本与启用时不同，可能被改动",
      en: "the text of the policy \(id) \(version) is not the one that was activated")
  }

  static func insert(
    _ policy: Policy, document: String, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into policies (
          policy_id, version, valid_from, valid_to, document, document_sha256, activated_at,
          activated_by
      ) values (
          \(policy.id), \(policy.version), \(policy.validFrom)::date, \(policy.validTo)::date,
          \(document), \(Seal.of(document.utf8)), \(by.at), \(by.by)
      )
      """)
    try ReferenceStore.note(.policies, transaction)
  }

  static func retire(
    _ id: String, version: String, lastDay: Day, by: Attribution,
    _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into policy_retirements (policy_id, version, last_day, retired_at, retired_by)
      values (\(id), \(version), \(lastDay)::date, \(by.at), \(by.by))
      """)
    try ReferenceStore.note(.policies, transaction)
  }
}

/// A version of a policy as it was activated.
public struct ActivatedPolicy: Sendable, Hashable {
  public var id: String
  public var version: String
  public var validFrom: Day
  /// The last day in force, by the document or by its retirement; nil if none is known.
  public var validTo: Day?
  /// The text, word for word.
  public var document: String
  public var activated: Attribution
  public var retiredBy: String?

  /// What the document calls it; nil where it can no longer be read.
  public var title: String? { try? policy().title }

  /// The policy of the text, in force to the day that its retirement set.
  func policy() throws -> Policy {
    guard var policy = PolicyFile.read(document, name: "\(id) \(version)").policy else {
      throw PolicyFault.unreadable(id: id, version: version)
    }
    policy.validTo = validTo
    return policy
  }
}

/// What must never be the case with an activated policy.
public enum PolicyFault: Error, Sendable, Hashable {
  /// It was readable when it was activated: the text or the reader changed since.
  case unreadable(id: String, version: String)

  public var sentence: Sentence {
    switch self {
    case .unreadable(let id, let version):
      Sentence(
        zh: "已启用的政策 \(id) \(version) 无法读取，文本可能被改动",
        en: "the active policy \(id) \(version) cannot be read; its text was changed")
    }
  }
}
