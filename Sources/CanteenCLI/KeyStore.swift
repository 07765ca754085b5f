import CanteenVault
import Foundation

/// Where the keys come from: the variable `CANTEEN_KEY`, else a file.
struct KeyStore {
  /// The keys themselves; then no file is touched.
  private let text: String?
  private let file: KeyFile

  init(home: URL) {
    let environment = ProcessInfo.processInfo.environment
    text = environment["CANTEEN_KEY"]
    file = KeyFile(
      path: environment["CANTEEN_KEY_FILE"]
        ?? home.appendingPathComponent("keys/canteen.key").path)
  }

  /// Where they lie, as messages name it.
  var path: String { text == nil ? file.path : "CANTEEN_KEY" }

  /// - Throws: `KeyRefusal.missing` if there is no file.
  func keys() throws -> VaultKeys {
    if let text { return try VaultKeys(text: text) }
    return try file.keys()
  }

  /// The same; the file is made on first use.
  func keysMakingFirst() throws -> VaultKeys {
    if let text { return try VaultKeys(text: text) }
    return try file.keysMakingFirst()
  }

  /// The keys with one to change to. A file of several is one whose change was interrupted, so nothing
  /// is added to it; those in the variable are the operator's own.
  func keysWithNew() throws -> VaultKeys {
    let keys = try keys()
    guard text == nil, keys.ids.count == 1 else { return keys }
    guard let next = UInt8(exactly: Int(keys.ids[0]) + 1),
      let more = keys.adding(.random(id: next))
    else { throw KeyRefusal.keyTwice(keys.ids[0]) }
    try file.replace(with: more)
    return more
  }

  /// Leaves the newest key alone in the file.
  /// - Returns: where the old ones lie now; nil if there were none or the keys are in the variable.
  func retireOld(_ keys: VaultKeys) throws -> String? {
    guard text == nil, keys.ids.count > 1, let newest = keys.ids.last else { return nil }
    let retired = KeyFile(path: "\(file.path).retired-\(newest - 1)")
    try retired.replace(with: keys)
    try file.replace(with: keys.newestAlone)
    return retired.path
  }
}
