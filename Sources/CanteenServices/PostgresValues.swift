import CanteenDomain
import CanteenVault
import Foundation
import Postgres

// How the domain's values travel: days as `date`, moments as `timestamptz`, money as `bigint` fen,
// and everything that is a code as text.

extension Day: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { PostgresDay.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try PostgresDay(daysSince1970: number).encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(number: try PostgresDay(postgres: cell).daysSince1970)
  }
}

extension Instant: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { PostgresInstant.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try PostgresInstant(microsecondsSince1970: microseconds).encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(microseconds: try PostgresInstant(postgres: cell).microsecondsSince1970)
  }
}

extension Fen: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { Int.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try count.encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(try Int(postgres: cell))
  }
}

extension Region.Code: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { String.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try text.encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(try String(postgres: cell))
  }
}

extension CheckIn.ID: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { UUID.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    guard let uuid = UUID(uuidString: text) else { preconditionFailure("a key is always a UUID") }
    try uuid.encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    guard let id = CheckIn.ID(try UUID(postgres: cell).uuidString) else {
      throw cell.mismatch(wanted: CheckIn.ID.self)
    }
    self = id
  }
}

extension Account: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { String.postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try code.encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    self.init(code: try String(postgres: cell))
  }
}

/// A seal is 32 bytes in the database and 64 digits for people.
extension Seal: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { [UInt8].postgresType }

  public func encode(into parameter: inout PostgresParameter) throws {
    try bytes.encode(into: &parameter)
  }

  public init(postgres cell: borrowing PostgresCell) throws {
    guard let seal = Seal(bytes: try [UInt8](postgres: cell)) else {
      throw cell.mismatch(wanted: Seal.self)
    }
    self = seal
  }
}

// Codes by their raw text.
extension Region.Level: PostgresEncodable, PostgresDecodable {}
extension Canteen.Kind: PostgresEncodable, PostgresDecodable {}
extension MealPeriod: PostgresEncodable, PostgresDecodable {}
extension ServiceMode: PostgresEncodable, PostgresDecodable {}
extension MeansOfPayment: PostgresEncodable, PostgresDecodable {}
extension CheckInEntry: PostgresEncodable, PostgresDecodable {}
extension GuestKind: PostgresEncodable, PostgresDecodable {}
extension AuthMethod: PostgresEncodable, PostgresDecodable {}
extension Dish.Category: PostgresEncodable, PostgresDecodable {}
extension Order.Size: PostgresEncodable, PostgresDecodable {}
extension PointEntry.Kind: PostgresEncodable, PostgresDecodable {}
extension Order.Channel: PostgresEncodable, PostgresDecodable {}
extension Dish.Texture: PostgresEncodable, PostgresDecodable {}
extension CanteenDay.Kind: PostgresEncodable, PostgresDecodable {}
extension CalendarDay.Kind: PostgresEncodable, PostgresDecodable {}
extension Adjustment.Kind: PostgresEncodable, PostgresDecodable {}
extension Adjustment.Cause: PostgresEncodable, PostgresDecodable {}
extension SettlementTerms.Payee: PostgresEncodable, PostgresDecodable {}
extension Diner.Status: PostgresEncodable, PostgresDecodable {}
extension ApprovalStep: PostgresEncodable, PostgresDecodable {}
extension Credential.Kind: PostgresEncodable, PostgresDecodable {}
extension Credential.Event: PostgresEncodable, PostgresDecodable {}
extension Sex: PostgresEncodable, PostgresDecodable {}
