import CanteenDomain
import Postgres

/// Finds records that may be one person.
enum TwinStore {
  /// Somebody to be looked for among the registered.
  struct Wanted {
    var place: Int
    var name: String
    var birthDate: Day?
    var phoneTails: [Int64]
    var phoneKeys: [Int64]
  }

  /// A registered person who may be the wanted one.
  struct Found {
    var place: Int
    var diner: Diner.ID
    var name: String
    var reason: TwinReason
  }

  static func registered(
    like wanted: [Wanted], _ transaction: borrowing Transaction
  ) throws -> [Found] {
    guard !wanted.isEmpty else { return [] }
    let named = wanted.filter { $0.birthDate != nil }.flatMap { one in
      ([one.name] + one.name.namesWithOtherDots).map { (one.place, $0, one.birthDate) }
    }
    let phoned = wanted.flatMap { one in
      zip(one.phoneTails, one.phoneKeys).map { (one.place, $0, $1) }
    }
    let answers = try transaction.pipeline([
      """
      select w.place, r.diner_id, r.name
      from unnest(
          \(named.map(\.0))::bigint[], \(named.map(\.1))::text[],
          \(named.map(\.2))::date[]
      ) as w (place, name, birth_date)
      join diner_records as r on r.name = w.name and r.birth_date = w.birth_date
      where \(fragment: DinerStore.isLatest)
      """,
      """
      select w.place, r.diner_id, r.name
      from unnest(
          \(phoned.map(\.0))::bigint[], \(phoned.map(\.1))::bigint[],
          \(phoned.map(\.2))::bigint[]
      ) as w (place, phone_tail, phone_key)
      join diner_records as r on r.phone_tail = w.phone_tail and r.phone_key = w.phone_key
      where \(fragment: DinerStore.isLatest)
      """,
    ])
    return try zip(answers, [TwinReason.nameAndBirthDate, .phoneAndSimilarName]).flatMap {
      answer, reason in
      try answer.rows.map {
        Found(
          place: try $0.decode("place"), diner: try $0.decode("diner_id"),
          name: try $0.decode("name"), reason: reason)
      }
    }
  }

  /// Pairs of registered persons, the earlier record first; pairs that are one person already left out.
  static func pairs(_ transaction: borrowing Transaction) throws -> [Pair] {
    try transaction.query(
      """
      with people as (
          select r.diner_id, r.name, r.birth_date, r.phone_key
          from current_diner_records as r
          where not exists (
              select from current_diner_aliases as a where a.diner_id = r.diner_id
          )
      )
      select a.diner_id as one, b.diner_id as other, a.name as one_name, b.name as other_name,
          'name_and_birth_date' as reason
      from people as a
      join people as b using (name, birth_date)
      where a.diner_id < b.diner_id
      union all
      select a.diner_id, b.diner_id, a.name, b.name, 'phone_and_similar_name'
      from people as a
      join people as b using (phone_key)
      where a.diner_id < b.diner_id
          and (a.name <> b.name or a.birth_date is distinct from b.birth_date)
      order by one, other
      """
    ).map {
      Pair(
        one: try $0.decode("one"), other: try $0.decode("other"),
        oneName: try $0.decode("one_name"), otherName: try $0.decode("other_name"),
        reason: try $0.decode("reason"))
    }.filter {
      $0.reason == .nameAndBirthDate
        || NameLikeness.isSimilar(written: $0.oneName, registered: $0.otherName)
    }
  }

  struct Pair: Sendable {
    var one: Diner.ID
    var other: Diner.ID
    var oneName: String
    var otherName: String
    var reason: TwinReason
  }
}

/// Why two records may be one person. The same number cannot be registered twice.
public enum TwinReason: String, Word, Sendable, Hashable, Codable, PostgresEncodable,
  PostgresDecodable
{
  case nameAndBirthDate = "name_and_birth_date"
  case phoneAndSimilarName = "phone_and_similar_name"

  public var name: Sentence {
    switch self {
    case .nameAndBirthDate: Sentence(zh: "姓名和出生日期相同", en: "same name and birth date")
    case .phoneAndSimilarName: Sentence(zh: "电话相同、姓名相近", en: "same phone, similar name")
    }
  }
}
