/// A server type as the wire names it: its number, and the number of arrays of it.
public struct PostgresType: Sendable, Hashable {
  let oid: UInt32
  let array: UInt32
  /// Whether a parameter declares it. Text does not, so that the server may take it for an enum,
  /// a date or whatever the statement wants there.
  let isDeclared: Bool

  init(oid: UInt32, array: UInt32, isDeclared: Bool = true) {
    self.oid = oid
    self.array = array
    self.isDeclared = isDeclared
  }

  public static let bool = PostgresType(oid: 16, array: 1000)
  public static let bytea = PostgresType(oid: 17, array: 1001)
  public static let int8 = PostgresType(oid: 20, array: 1016)
  public static let int2 = PostgresType(oid: 21, array: 1005)
  public static let int4 = PostgresType(oid: 23, array: 1007)
  /// Text of any kind. A lone parameter leaves its type to the server; an array is `text[]`.
  public static let text = PostgresType(oid: 25, array: 1009, isDeclared: false)
  public static let float8 = PostgresType(oid: 701, array: 1022)
  public static let date = PostgresType(oid: 1082, array: 1182)
  public static let timestamptz = PostgresType(oid: 1184, array: 1185)
  public static let numeric = PostgresType(oid: 1700, array: 1231)
  public static let uuid = PostgresType(oid: 2950, array: 2951)
  public static let jsonb = PostgresType(oid: 3802, array: 3807)

  /// An array of these; arrays of arrays are not supported and stay what they are.
  var arrayType: PostgresType { PostgresType(oid: array, array: array) }
}

/// The type numbers that this room reads, as pg_type.dat fixes them for all servers.
enum TypeID {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let name: UInt32 = 19
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let float4: UInt32 = 700
  static let float8: UInt32 = 701
  static let unknown: UInt32 = 705
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  static let date: UInt32 = 1082
  static let timestamptz: UInt32 = 1184
  static let numeric: UInt32 = 1700
  static let void: UInt32 = 2278
  static let uuid: UInt32 = 2950
  static let jsonb: UInt32 = 3802

  /// The element type of an array type that can be read, and the name that errors use.
  static func element(of array: UInt32) -> UInt32? { elements[array] }

  /// The type's name for an error; unknown types are named by number.
  static func name(of type: UInt32) -> String {
    if let name = names[type] { return name }
    if let element = elements[type], let name = names[element] { return name + "[]" }
    return "type \(type)"
  }

  /// Whether a result made of this type may be fetched in binary.
  ///
  /// Every other type comes as text, which any program can at least read as `String`.
  static func isReadInBinary(_ type: UInt32) -> Bool {
    names[type] != nil || elements[type] != nil
  }

  private static let names: [UInt32: String] = [
    bool: "bool", bytea: "bytea", name: "name", int8: "int8", int2: "int2", int4: "int4",
    text: "text", oid: "oid", json: "json", float4: "float4", float8: "float8",
    unknown: "unknown", bpchar: "bpchar", varchar: "varchar", date: "date",
    timestamptz: "timestamptz", numeric: "numeric", void: "void", uuid: "uuid", jsonb: "jsonb",
  ]

  private static let elements: [UInt32: UInt32] = [
    1000: bool, 1001: bytea, 1003: name, 1016: int8, 1005: int2, 1007: int4, 1009: text,
    1028: oid, 199: json, 1021: float4, 1022: float8, 1014: bpchar, 1015: varchar, 1182: date,
    1185: timestamptz, 1231: numeric, 2951: uuid, 3807: jsonb,
  ]
}
