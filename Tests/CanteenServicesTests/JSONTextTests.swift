import Foundation
import Testing

@testable import CanteenServices

/// What the quick writer writes is what Foundation reads and writes.
@Suite("JSON for columns")
struct JSONTextTests {
  private struct Everything: Codable, Equatable {
    enum Choice: Codable, Equatable {
      case none
      case one(Int)
      case pair(left: String, right: [Int])
    }

    struct Inner: Codable, Equatable {
      var list: [Choice] = []
      var missing: Int?
    }

    var text = "王秀英 \"引号\" \\ \u{0}\u{1F}\t\n/é🍚"
    var whole = Int.min
    var small: [UInt8] = [0, 255]
    var wide = UInt64.max
    var fraction = 0.1
    var yes = true
    var inner = Inner(list: [.none, .one(-3), .pair(left: "", right: [1, 2])])
    var names = ["甲": Inner(), "乙\"": Inner(list: [.one(1)], missing: 7)]
    var nothing: [String?] = [nil, "a"]
    var empty: [String: Int] = [:]
  }

  @Test
  func `every sort of value comes back as it was`() throws {
    let value = Everything()

    let text = try JSONText.text(value)

    #expect(try JSONDecoder().decode(Everything.self, from: Data(text.utf8)) == value)
    let plain = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    let foundation = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    #expect(plain == foundation as? NSDictionary)
  }

  @Test
  func `a number that JSON does not have is refused`() {
    #expect(throws: EncodingError.self) { try JSONText.text([Double.infinity]) }
  }
}
