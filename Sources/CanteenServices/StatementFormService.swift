import CanteenDomain
import CanteenForms
import Postgres

/// 表样: the forms of an office's statements. A form is added and never changed; the newest one is
/// what statements are closed with from then on, and each statement keeps its own.
public struct StatementFormService: Sendable {
  private let database: Database

  public init(_ database: Database) { self.database = database }

  /// A form and since when statements are closed with it.
  public struct Listed: Sendable, Hashable {
    public var form: StatementForm
    /// Nil for a form of the product.
    public var recorded: Attribution?
    public var isUsed: Bool
  }

  /// Adds a form; adding the same document again changes nothing.
  /// - Throws: `FormRefusal` for what is wrong with the document; `StatementFormRefusal.known` for
  ///   another document of the same name and version.
  public func add(_ document: String, file: String, by: Attribution) async throws -> StatementForm {
    let form = try StatementForm(document: document, file: file)
    guard !StatementForm.builtIn.contains(where: { $0.id == form.id }) else {
      throw StatementFormRefusal.known(form.id)
    }
    try await database.transaction { transaction in
      if let known = try StatementFormStore.document(form.id, transaction) {
        guard known == document else { throw StatementFormRefusal.known(form.id) }
        return
      }
      try StatementFormStore.insert(form, document: document, by: by, transaction)
    }
    return form
  }

  /// The product's forms, then those that were added, the newest last.
  public func all() async throws -> [Listed] {
    try await database.transaction(readOnly: true) { transaction in
      let added = try StatementFormStore.all(transaction)
      let used = added.last?.form.id ?? StatementForm.standardID
      return
        (StatementForm.builtIn.map { Listed(form: $0, recorded: nil, isUsed: false) } + added)
        .map { Listed(form: $0.form, recorded: $0.recorded, isUsed: $0.form.id == used) }
    }
  }

  /// The document of a form, to write another one from.
  /// - Throws: `StatementFormRefusal.unknown`.
  public func document(_ id: String) async throws -> String {
    if let text = StatementForm.documents[id] { return text }
    let text = try await database.transaction(readOnly: true) {
      try StatementFormStore.document(id, $0)
    }
    guard let text else { throw StatementFormRefusal.unknown(id) }
    return text
  }
}

/// Why a form is not taken or not found.
public enum StatementFormRefusal: Refusal, Hashable {
  case known(String)
  case unknown(String)
  case maskingUnknown(String, known: [String])

  public var kind: RefusalKind {
    switch self {
    case .known: .conflict
    case .unknown: .notFound
    case .maskingUnknown: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .known(let id):
      Sentence(
        zh: "已有表样 \(id)，表样不改动；请换一个版本号", en: "the form \(id) is there already; give another version")
    case .unknown(let id):
      Sentence(zh: "没有表样 \(id)", en: "there is no form \(id)")
    case .maskingUnknown(let name, let known):
      Sentence(
        zh: "表样没有脱敏口径 \(name)；有：\(known.joined(separator: "、"))",
        en: "the form has no masking \(name); it has: \(known.joined(separator: ", "))")
    }
  }
}
