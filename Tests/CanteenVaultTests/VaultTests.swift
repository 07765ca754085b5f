import CanteenDomain
import CanteenVault
import Testing

@Suite("Sealing people's numbers")
struct VaultTests {
  private let number = "511323194308150022"

  private func key(_ id: UInt8, _ byte: UInt8) throws -> VaultKey {
    try #require(VaultKey(id: id, bytes: [UInt8](repeating: byte, count: 32)))
  }

  @Test("What was sealed opens again, and sealing twice gives different bytes")
  func opens() throws {
    let vault = Vault(key: .random())

    let one = try vault.seal(number, as: .idNumber)
    let two = try vault.seal(number, as: .idNumber)

    #expect(try vault.open(one, as: .idNumber) == number)
    #expect(try vault.open(two, as: .idNumber) == number)
    #expect(one != two)
    #expect(one.count == number.utf8.count + 30)
    #expect(try vault.open(vault.seal("", as: .phone), as: .phone) == "")
    #expect(try vault.open(vault.seal("南充 ☎", as: .phone), as: .phone) == "南充 ☎")
  }

  @Test("A single changed bit anywhere keeps it shut")
  func tampered() throws {
    let vault = Vault(key: .random())
    let sealed = try vault.seal(number, as: .idNumber)

    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 0x40
      #expect(throws: VaultFault.self, "byte \(index)") {
        try vault.open(changed, as: .idNumber)
      }
    }
    for count in [0, 1, 29, sealed.count - 1] {
      #expect(throws: VaultFault.self, "cut to \(count)") {
        try vault.open(Array(sealed.prefix(count)), as: .idNumber)
      }
    }
  }

  @Test("A phone number put in place of an ID number, or of another person, does not open")
  func wrongContext() throws {
    let vault = Vault(key: .random())
    let phone = try vault.seal("19900001234", as: .phone.of(7))

    #expect(throws: VaultFault.doesNotOpen) { try vault.open(phone, as: .idNumber) }
    #expect(throws: VaultFault.doesNotOpen) { try vault.open(phone, as: .phone) }
    #expect(throws: VaultFault.doesNotOpen) { try vault.open(phone, as: .phone.of(8)) }
    #expect(try vault.open(phone, as: .phone.of(7)) == "19900001234")
  }

  @Test("Another key of the same number does not open it, and a missing key is named")
  func wrongKey() throws {
    let sealed = try Vault(key: key(3, 1)).seal(number, as: .idNumber)

    #expect(throws: VaultFault.doesNotOpen) {
      try Vault(key: key(3, 2)).open(sealed, as: .idNumber)
    }
    #expect(throws: VaultFault.unknownKey(3)) {
      try Vault(key: key(4, 1)).open(sealed, as: .idNumber)
    }
    #expect(VaultFault.unknownKey(3).sentence.zh.contains("第 3 号密钥"))
  }

  @Test("After a new key is added, old numbers open, new ones use it, and look-ups know both")
  func rotation() throws {
    let before = Vault(key: try key(1, 1))
    let old = try before.seal(number, as: .idNumber)

    let after = Vault(keys: try VaultKeys([key(2, 2), key(1, 1)]))

    #expect(try after.open(old, as: .idNumber) == number)
    let new = try after.seal(number, as: .idNumber)
    #expect(throws: VaultFault.unknownKey(2)) { try before.open(new, as: .idNumber) }
    #expect(
      after.lookupHashes(number, as: .idNumber) == [
        after.lookupHash(number, as: .idNumber), before.lookupHash(number, as: .idNumber),
      ])
    #expect(
      after.shortHashes("0022", as: .idTail).last == before.shortHash("0022", as: .idTail))
  }

  @Test("A look-up hash is the same for the same text, and another for another context or key")
  func lookup() throws {
    let vault = Vault(key: try key(1, 1))
    let hash = vault.lookupHash(number, as: .idNumber)

    #expect(hash.count == 32)
    #expect(hash == Vault(key: try key(1, 1)).lookupHash(number, as: .idNumber))
    #expect(hash != vault.lookupHash("511323194308150021", as: .idNumber))
    #expect(hash != vault.lookupHash(number, as: .phone))
    #expect(hash != Vault(key: try key(1, 2)).lookupHash(number, as: .idNumber))
    #expect(vault.lookupHash("bc", as: "a") != vault.lookupHash("c", as: "ab"))
  }

  @Test("No way of printing a key or a vault shows the secret")
  func printsNothing() throws {
    let secret = try key(1, 0xAB)
    let keys = VaultKeys(secret)
    let vault = Vault(keys: keys)

    var dumped = ""
    dump(secret, to: &dumped)
    dump(keys, to: &dumped)
    dump(vault, to: &dumped)
    let printed =
      "\(secret) \(keys) \(vault) \(String(reflecting: secret)) \(String(reflecting: keys)) "
      + "\(String(reflecting: vault)) \(dumped)"

    for trace in ["abab", "ABAB", "171"] {
      #expect(!printed.contains(trace), "\(printed)")
    }
    #expect(printed.contains("key 1"))
  }
}

@Suite("Seals")
struct SealTests {
  @Test("A seal is what sha256sum prints")
  func plain() {
    #expect(
      Seal.of(Array("abc".utf8)).hex
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("A chained seal is sha256sum of the last seal, a line feed and the bytes")
  func chained() {
    let first = Seal.next(previous: .start, content: Array("day one".utf8))
    let second = Seal.next(previous: first, content: Array("day two".utf8))

    #expect(first == Seal.of(Array((String(repeating: "0", count: 64) + "\nday one").utf8)))
    #expect(second == Seal.of(Array((first.hex + "\nday two").utf8)))
  }

  @Test("A change in an early day changes every later seal")
  func depends() {
    let chain = { (days: [String]) in
      days.reduce(into: [Seal.start]) {
        $0.append(Seal.next(previous: $0[$0.count - 1], content: Array($1.utf8)))
      }
    }

    let honest = chain(["1", "2", "3"])
    let altered = chain(["1", "2x", "3"])

    #expect(honest[1] == altered[1])
    #expect(honest[2] != altered[2])
    #expect(honest[3] != altered[3])
  }

  @Test(
    "Only 64 hexadecimal digits are a seal",
    arguments: ["", "ab", String(repeating: "g", count: 64)])
  func notASeal(text: String) {
    #expect(Seal(hex: text) == nil)
    #expect(Seal(hex: String(repeating: "A", count: 64))?.hex == String(repeating: "a", count: 64))
  }
}
