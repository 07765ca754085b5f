import CanteenDomain
import CanteenForms
import Postgres

/// Rows of `statement_forms`.
enum StatementFormStore {
  static func insert(
    _ form: StatementForm, document: String, by: Attribution, _ transaction: borrowing Transaction
  ) throws {
    try transaction.execute(
      """
      insert into statement_forms (
          form_no, form_name, version, document, recorded_at, recorded_by
      )
      select count(*) + 1, \(form.name), \(form.version), \(document), \(by.at)::timestamptz,
          \(by.by)
      from statement_forms
      """)
  }

  static func all(_ transaction: borrowing Transaction) throws -> [StatementFormService.Listed] {
    try transaction.query(
      "select document, recorded_at, recorded_by from statement_forms order by form_no"
    ).map { row in
      StatementFormService.Listed(
        form: try StatementForm(document: try row.decode("document"), file: "form.yaml"),
        recorded: Attribution(by: try row.decode("recorded_by"), at: try row.decode("recorded_at")),
        isUsed: false)
    }
  }

  /// - Parameter id: a name with its version, or the name alone for the newest of that name.
  static func document(
    _ id: String, _ transaction: borrowing Transaction
  ) throws -> String? {
    try transaction.query(
      """
      select document
      from statement_forms
      where form_name || ' ' || version = \(id) or form_name = \(id)
      order by form_no desc
      limit 1
      """
    ).first?.decode("document")
  }

  /// The id of the form that a statement is closed with now.
  static func current(_ transaction: borrowing Transaction) throws -> String {
    try transaction.query(
      """
      select form_name || ' ' || version as id
      from statement_forms
      order by form_no desc
      limit 1
      """
    ).first?.decode("id") ?? StatementForm.standardID
  }

  /// - Throws: `StatementFormRefusal.unknown`.
  static func form(_ id: String, _ transaction: borrowing Transaction) throws -> StatementForm {
    if let form = StatementForm.builtIn.first(where: { $0.id == id }) { return form }
    if let document = try document(id, transaction) {
      return try StatementForm(document: document, file: id)
    }
    guard let form = StatementForm.builtIn.last(where: { $0.name == id }) else {
      throw StatementFormRefusal.unknown(id)
    }
    return form
  }
}
