/// A server error's five-letter code, typed so that a caller compares names instead of strings.
///
/// Any code can be made from its text; the ones that programs decide on have a name here.
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The five letters, as the server sent them.
  public let code: String

  /// Wraps a code; nothing is checked, because servers and extensions invent their own.
  public init(_ code: String) { self.code = code }

  /// Wraps a code written in the source.
  public init(stringLiteral value: String) { code = value }

  /// The code, with the manual's name for it where this room knows one.
  public var description: String {
    guard let name = Self.names[code] else { return code }
    return "\(code) (\(name))"
  }

  /// The first two letters: the family that the error belongs to.
  public var errorClass: String { String(code.prefix(2)) }

  /// Whether the same transaction, run again from its start, may well succeed.
  public var isWorthRetrying: Bool { self == .serializationFailure || self == .deadlockDetected }
}

extension SQLState {
  public static let featureNotSupported: SQLState = "0A000"
  public static let numericValueOutOfRange: SQLState = "22003"
  public static let invalidTextRepresentation: SQLState = "22P02"
  public static let integrityConstraintViolation: SQLState = "23000"
  public static let restrictViolation: SQLState = "23001"
  public static let notNullViolation: SQLState = "23502"
  public static let foreignKeyViolation: SQLState = "23503"
  public static let uniqueViolation: SQLState = "23505"
  public static let checkViolation: SQLState = "23514"
  public static let exclusionViolation: SQLState = "23P01"
  public static let readOnlySQLTransaction: SQLState = "25006"
  public static let inFailedSQLTransaction: SQLState = "25P02"
  public static let idleInTransactionSessionTimeout: SQLState = "25P03"
  public static let invalidSQLStatementName: SQLState = "26000"
  public static let invalidAuthorizationSpecification: SQLState = "28000"
  public static let invalidPassword: SQLState = "28P01"
  public static let serializationFailure: SQLState = "40001"
  public static let deadlockDetected: SQLState = "40P01"
  public static let insufficientPrivilege: SQLState = "42501"
  public static let syntaxError: SQLState = "42601"
  public static let undefinedColumn: SQLState = "42703"
  public static let undefinedFunction: SQLState = "42883"
  public static let undefinedTable: SQLState = "42P01"
  public static let duplicateTable: SQLState = "42P07"
  public static let invalidCatalogName: SQLState = "3D000"
  public static let tooManyConnections: SQLState = "53300"
  public static let objectInUse: SQLState = "55006"
  public static let lockNotAvailable: SQLState = "55P03"
  public static let queryCanceled: SQLState = "57014"
  public static let adminShutdown: SQLState = "57P01"
  public static let crashShutdown: SQLState = "57P02"
  public static let cannotConnectNow: SQLState = "57P03"
  public static let raiseException: SQLState = "P0001"
  public static let internalError: SQLState = "XX000"

  private static let names: [String: String] = [
    "0A000": "feature_not_supported", "22003": "numeric_value_out_of_range",
    "22P02": "invalid_text_representation", "23000": "integrity_constraint_violation",
    "23001": "restrict_violation", "23502": "not_null_violation",
    "23503": "foreign_key_violation", "23505": "unique_violation", "23514": "check_violation",
    "23P01": "exclusion_violation", "25006": "read_only_sql_transaction",
    "25P02": "in_failed_sql_transaction", "25P03": "idle_in_transaction_session_timeout",
    "26000": "invalid_sql_statement_name", "28000": "invalid_authorization_specification",
    "28P01": "invalid_password", "40001": "serialization_failure", "40P01": "deadlock_detected",
    "42501": "insufficient_privilege", "42601": "syntax_error", "42703": "undefined_column",
    "42883": "undefined_function", "42P01": "undefined_table", "42P07": "duplicate_table",
    "3D000": "invalid_catalog_name", "53300": "too_many_connections", "55006": "object_in_use",
    "55P03": "lock_not_available", "57014": "query_canceled", "57P01": "admin_shutdown",
    "57P02": "crash_shutdown", "57P03": "cannot_connect_now", "P0001": "raise_exception",
    "XX000": "internal_error",
  ]
}
