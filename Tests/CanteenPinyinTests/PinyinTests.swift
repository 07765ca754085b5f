import CanteenPinyin
import Testing

@Suite("Pinyin initials of names")
struct PinyinTests {
  @Test(
    "Surnames are read as surnames",
    arguments: [
      ("王秀英", "wxy"), ("单田芳", "stf"), ("曾国强", "zgq"), ("仇英", "qy"), ("解晓东", "xxd"),
      ("区伟", "ow"), ("查良", "zl"), ("任红", "rh"), ("朴树", "ps"), ("盖明", "gm"), ("覃秀芳", "qxf"),
      ("缪荣", "mr"), ("乐毅", "yy"), ("召平", "sp"), ("翟天", "zt"), ("瞿秋", "qq"),
    ])
  func surnames(name: String, initials: String) {
    #expect(Pinyin.initials(name) == initials)
  }

  @Test(
    "Compound surnames are read as one",
    arguments: [
      ("尉迟恭", "ycg"), ("万俟华", "mqh"), ("长孙无忌", "zswj"), ("单于明", "cym"), ("欧阳美琴", "oymq"),
      ("澹台明", "ttm"),
    ])
  func compound(name: String, initials: String) {
    #expect(Pinyin.initials(name) == initials)
  }

  @Test("A character of several readings is found under each, the usual one first")
  func polyphones() {
    #expect(Pinyin.allInitials("单田芳") == ["stf", "dtf"])
    #expect(Set(Pinyin.allInitials("张长行")) == ["zcx", "zzx", "zch", "zzh"])
    #expect(Pinyin.allInitials("张长行").first == Pinyin.initials("张长行"))
    #expect(Pinyin.allInitials("王秀英") == ["wxy"])
    #expect(Pinyin.allInitials(String(repeating: "长", count: 40)).count == 8)
  }

  @Test(
    "Other scripts give the first letter of each word; signs and blanks give nothing",
    arguments: [
      ("买买提·艾合买提江", "mmtahmtj"), ("John Smith", "js"), (" 王 秀 英 ", "wxy"), ("", ""), ("·", ""),
      ("王㐀", "wq"), ("Élan", "e"),
    ])
  func others(name: String, initials: String) {
    #expect(Pinyin.initials(name) == initials)
    #expect(Pinyin.allInitials(name) == (initials.isEmpty ? [] : [initials]))
  }
}
