import CanteenServices
import CanteenVault
import HTTPTypes
import Hummingbird
import Testing

@testable import CanteenWeb

/// What is remembered of a browser is what its cookies say, and nobody else's.
@Suite("remembered cookies")
struct CookieMemoryTests {
  private let memory = CookieMemory(Vault(key: .random()).tagger(for: "csrf"))

  private func brought(_ cookies: [String]) -> CookieMemory.Brought {
    var fields = HTTPFields()
    for text in cookies { fields.append(HTTPField(name: .cookie, value: text)) }
    return memory.brought(
      by: Request(
        head: HTTPRequest(
          method: .post, scheme: "http", authority: "canteen", path: "/", headerFields: fields),
        body: RequestBody(buffer: ByteBuffer())))
  }

  @Test("browsers that come in turn are each told from the other, at the first time and later")
  func inTurn() {
    let texts = ["canteen_terminal=a; canteen_session=s", "canteen_terminal=b; canteen_session=s"]
    let first = texts.map { brought([$0]) }
    let again = texts.map { brought([$0]) }

    #expect(first.map(\.csrf) == again.map(\.csrf))
    #expect(first[0].csrf != first[1].csrf)
    #expect(first[0].terminal != first[1].terminal && first[0].session == first[1].session)
    #expect(again.map(\.terminal) == first.map(\.terminal))
  }

  @Test("cookies in fields of their own are those of one field; none and empty ones are nobody's")
  func fields() {
    let together = brought(["canteen_terminal=a; canteen_session=s"])
    let apart = brought(["canteen_terminal=a", "canteen_session=s"])
    let without = [brought([]), brought(["canteen_terminal="])]

    #expect(apart.terminal == together.terminal && apart.session == together.session)
    #expect(without.allSatisfy { $0.terminal == nil && $0.session == nil })
  }

  @Test("thousands of invented cookies change nothing for the one who came before them")
  func invented() {
    let before = brought(["canteen_terminal=a"])
    for number in 0..<2_500 { _ = brought(["canteen_terminal=x\(number)"]) }

    #expect(brought(["canteen_terminal=a"]).csrf == before.csrf)
    #expect(brought(["canteen_terminal=x7"]).csrf != before.csrf)
  }
}
