import CanteenDomain
import Testing

/// Names beside a card, as clerks write them.
@Suite("names that may be one person's")
struct NameLikenessTests {
  @Test(
    "names as tables have them",
    arguments: [
      ("王秀瑛", true), ("王英", true), ("王 秀 英", true), ("王秀英(代)", true), ("王*英", true),
      ("王＊英", true), ("王*芳", false), ("李秀兰", false), ("王", false), ("王某某", false),
    ])
  func likeness(written: String, isSimilar: Bool) {
    #expect(NameLikeness.isSimilar(written: written, registered: "王秀英") == isSimilar)
  }

  @Test(
    "names as other systems mask them",
    arguments: [
      ("王**", true), ("王*", true), ("*秀英", true), ("*英", true), ("王*英（代）", true),
      ("王×英", true), ("王○○", true), ("●秀英", true), ("王***", true), ("李**", false),
      ("李*", false), ("*秀芳", false), ("*芳", false), ("王秀英*王秀英", false),
    ])
  func masked(written: String, isSimilar: Bool) {
    #expect(NameLikeness.isSimilar(written: written, registered: "王秀英") == isSimilar)
  }

  @Test("a name of two characters has its family name in common")
  func short() {
    #expect(NameLikeness.isSimilar(written: "王方", registered: "王芳"))
    #expect(!NameLikeness.isSimilar(written: "李芳", registered: "王芳"))
  }

  @Test("middle dots do not count, however many and however they are typed")
  func dots() {
    #expect(
      NameLikeness.isSimilar(written: "阿依·古丽·买买提", registered: "阿依•古丽•买买提"))
    #expect("阿依•古丽・买买提".nameWithoutBlanks == "阿依·古丽·买买提")
    #expect("阿依·古丽".namesWithOtherDots.contains("阿依•古丽"))
    #expect("王秀英".namesWithOtherDots.isEmpty)
  }
}
