/// 权限: what only few may do.
public enum StaffRight: String, Word, Sendable, Hashable, CaseIterable {
  /// Names and numbers in clear leave the office; nobody has it who was not given it.
  case exportFullNumbers = "export_full_numbers"
  case closeStatements = "close_statements"
  case submitStatements = "submit_statements"
  /// To return, approve and disallow.
  case approveStatements = "approve_statements"
  /// To enter payments and advances, and to take them back.
  case payStatements = "pay_statements"

  /// The right to take a statement to a step. An office without anybody who was ever given it leaves
  /// it to all of its staff.
  public init(toTake step: StatementStep) {
    self =
      switch step {
      case .closed: .closeStatements
      case .submitted: .submitStatements
      case .returned, .approved: .approveStatements
      case .paid: .payStatements
      }
  }

  public var name: Sentence {
    switch self {
    case .exportFullNumbers: Sentence(zh: "导出完整号码", en: "export full numbers")
    case .closeStatements: Sentence(zh: "结算", en: "close statements")
    case .submitStatements: Sentence(zh: "申报结算单", en: "submit statements")
    case .approveStatements:
      Sentence(zh: "审定、退回、核减结算单", en: "approve, return and disallow statements")
    case .payStatements: Sentence(zh: "登记拨付", en: "enter payments")
    }
  }

  /// The command that gives it to somebody.
  public func grant(to staff: String) -> String { "canteen right grant \(staff) \(rawValue)" }
}
