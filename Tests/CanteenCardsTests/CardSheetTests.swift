import CanteenCards
import Testing

@Suite("Sheets of QR cards")
struct CardSheetTests {
  private func cards(_ count: Int) -> [CardSheet.Card] {
    (0..<count).map { CardSheet.Card(name: "王秀英", number: "XF\(100_000 + $0)") }
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("Ten cards take a page, eleven take two, and each number stands on one card")
  func pages() throws {
    let one = try CardSheet(cards(10), title: "幸福社区助餐点")
    let two = try CardSheet(cards(11), title: "幸福社区助餐点")

    #expect(one.pageCount == 1 && two.pageCount == 2)
    #expect(text(one.svg()).contains("viewBox=\"0 0 210 297\""))
    #expect(text(two.svg()).contains("viewBox=\"0 0 210 594\""))
    #expect(text(two.html()).ranges(of: "<svg ").count == 2)
    for index in 0..<11 {
      #expect(text(two.svg()).ranges(of: ">XF\(100_000 + index)</text>").count == 1)
    }
  }

  @Test("The name is masked, and signs of XML in texts stay text")
  func masked() throws {
    let sheet = try CardSheet(
      [CardSheet.Card(name: "王秀英", number: "A<1>")], title: "A & B", hint: "\u{1}丢失请挂失")

    for file in [text(sheet.svg()), text(sheet.html())] {
      #expect(file.contains("王*英") && !file.contains("王秀英"))
      #expect(file.contains("A&lt;1&gt;") && file.contains("A &amp; B"))
      #expect(!file.contains("\u{1}"))
    }
  }

  @Test("Different codes give different symbols, the same code the same bytes")
  func symbols() throws {
    let first = try CardSheet([CardSheet.Card(name: "李明", number: "1", code: "A")], title: "")
    let again = try CardSheet([CardSheet.Card(name: "李明", number: "1", code: "A")], title: "")
    let other = try CardSheet([CardSheet.Card(name: "李明", number: "1", code: "B")], title: "")

    #expect(first.svg() == again.svg())
    #expect(first.svg() != other.svg())
  }

  @Test("A number that no symbol holds is refused")
  func refused() {
    for number in ["", String(repeating: "9", count: 8000)] {
      #expect(throws: CardSheet.Refusal.code(number: number)) {
        try CardSheet([CardSheet.Card(name: "李明", number: number)], title: "")
      }
    }
  }
}
