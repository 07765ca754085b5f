import CanteenDomain
import CanteenServices
import Foundation

/// The text by which a person is named on the command line. `-` reads it from standard input, the only
/// place for a full number: every process list shows a command's arguments.
enum DinerKey {
  static func read(_ argument: String) throws -> String {
    guard argument == "-" else {
      guard !DinerService.isNumberOfPerson(argument) else { throw DinerRefusal.numberInArguments }
      return argument
    }
    return try line()
  }

  /// The first line of standard input.
  static func line() throws -> String {
    guard let line = readLine()?.trimmedSpaces(), !line.isEmpty else { throw DinerRefusal.blank }
    return line
  }

  /// What `diner find` and its fellows say of their argument.
  static var help: String {
    said(
      "卡号、证件号末四位、电话末四位、姓名、拼音首字母、登记号（#12）；写 - 则从标准输入读取（完整证件号、电话、二维码只能这样给出）",
      "card, last four of ID or phone, name, pinyin initials, register number (#12); - reads standard input, the only way for a full ID, a phone or a QR code"
    )
  }
}

extension Workspace {
  /// The one person whom a key names.
  /// - Throws: `DinerRefusal.notFound`, `.several`, `.blank`.
  func diner(_ key: String) async throws -> Diner.ID {
    try await DinerService(database, vault: vault()).person(key)
  }
}
