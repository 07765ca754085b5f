import CanteenDomain
import Testing

/// Names beside a card, as clerks write them.
@Suite("names that may be one person's")
struct NameLikenessTests {
  @Test(
    "names as tables have them",
    arguments: [
      ("王秀瑛", true), ("王英", true), ("王 秀 英", true), ("王秀英(代)", true), ("王*英", true),
      ("王＊英", true), ("王*芳", false), ("李秀兰", false), ("王", false),
    ])
  func likeness(written: String, isSimilar: Bool) {
    #expect(NameLikeness.isSimilar(written: written, registered: "王秀英") == isSimilar)
  }
}
