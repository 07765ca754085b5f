import CanteenDomain
import CanteenVault
import Foundation
import Synchronization
import Testing

@Suite("The key file")
struct KeyFileTests {
  private let digits = String(repeating: "0f", count: 32)

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "canteen-keys-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func mode(of path: String) throws -> Int {
    let facts = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(facts[.posixPermissions] as? NSNumber).intValue
  }

  @Test("The first run makes it, 0600 in a folder of 0700; the second reads the same key")
  func made() throws {
    try withFolder { folder in
      let path = folder + "/canteen/keys/vault.key"
      let first = try KeyFile(path: path).keysMakingFirst()
      let sealed = try Vault(keys: first).seal("1", as: .phone)

      let second = try KeyFile(path: path).keysMakingFirst()

      #expect(try Vault(keys: second).open(sealed, as: .phone) == "1")
      #expect(try mode(of: path) == 0o600)
      #expect(try mode(of: folder + "/canteen/keys") == 0o700)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/canteen/keys")
      #expect(left == ["vault.key"])
    }
  }

  @Test("Of many that make it at once all get the same key")
  func race() throws {
    try withFolder { folder in
      let sealed = Mutex<[[UInt8]]>([])
      let path = folder + "/keys/vault.key"

      DispatchQueue.concurrentPerform(iterations: 16) { _ in
        do {
          let vault = Vault(keys: try KeyFile(path: path).keysMakingFirst())
          let bytes = try vault.seal("1", as: .phone)
          sealed.withLock { $0.append(bytes) }
        } catch {
          Issue.record(error)
        }
      }

      let vault = Vault(keys: try KeyFile(path: path).keys())
      let all = sealed.withLock { $0 }
      #expect(all.count == 16)
      for bytes in all { #expect(try vault.open(bytes, as: .phone) == "1") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/keys").count == 1)
    }
  }

  @Test("A key file that others may read is refused with what to type")
  func openToOthers() throws {
    try withFolder { folder in
      let path = folder + "/vault.key"
      try write("1 \(digits)\n", to: path, mode: 0o640)

      let refusal = #expect(throws: KeyRefusal.self) { try KeyFile(path: path).keys() }

      #expect(refusal == .openToOthers(path: path))
      #expect(refusal?.sentence.zh.contains("chmod 600 \(path)") == true)
    }
  }

  @Test("A spoilt key file is refused and left as it is")
  func spoilt() throws {
    try withFolder { folder in
      let path = folder + "/vault.key"
      let text = "# keys\n1 \(digits)\n2 0f0f\n"
      try write(text, to: path)

      #expect(throws: KeyRefusal.notAKey(line: 3)) { try KeyFile(path: path).keysMakingFirst() }

      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }
  }

  @Test("A missing file, a folder and a place that cannot be written are each said")
  func noFile() throws {
    try withFolder { folder in
      #expect(throws: KeyRefusal.missing(path: folder + "/none")) {
        try KeyFile(path: folder + "/none").keys()
      }
      let asFolder = #expect(throws: KeyRefusal.self) { try KeyFile(path: folder).keys() }
      guard case .unreadable = asFolder else {
        Issue.record("\(String(describing: asFolder))")
        return
      }
      try write("x", to: folder + "/file")
      let blocked = #expect(throws: KeyRefusal.self) {
        try KeyFile(path: folder + "/file/vault.key").keysMakingFirst()
      }
      guard case .cannotCreate = blocked else {
        Issue.record("\(String(describing: blocked))")
        return
      }
    }
  }

  @Test("The text of a variable holds a lone key, or several with numbers")
  func text() throws {
    let other = String(repeating: "A0", count: 32)

    #expect(try VaultKeys(text: digits).ids == [1])
    #expect(try VaultKeys(text: "2 \(other);1 \(digits)").ids == [1, 2])
    #expect(try VaultKeys(text: "# old first\n\n 1\t\(digits) \n").ids == [1])
  }

  @Test(
    "What is no key is refused, and the refusal does not repeat it",
    arguments: ["1 0f", "0 ", "x 00", "300 00", "1 2 3", "zz"])
  func notKeys(start: String) throws {
    let text = start == "0 " || start.hasSuffix("00") ? start + digits : start

    let refusal = #expect(throws: KeyRefusal.self) { try VaultKeys(text: text) }

    #expect(refusal == .notAKey(line: 1))
    #expect(refusal?.sentence.en.contains(digits) == false)
  }

  @Test("No key and a number that stands twice are refused")
  func count() {
    #expect(throws: KeyRefusal.noKey) { try VaultKeys(text: "# nothing\n") }
    #expect(throws: KeyRefusal.keyTwice(1)) { try VaultKeys(text: "1 \(digits)\n1 \(digits)") }
  }
}
