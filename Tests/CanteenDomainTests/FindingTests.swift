import CanteenDomain
import Testing

/// What findings are about.
@Suite("findings")
struct FindingTests {
  @Test(
    "a subject is told in the words of the field, and what has no name as it is",
    arguments: [
      ("till cash", "收银 现金"), ("counts lunch", "清点 午餐"), ("lunch 70-79", "午餐 70-79"),
      ("budget example city 2026", "预算 example 市级 2026"), ("spot checks", "抽查"),
      ("operator 0123456789ab", "操作人 0123456789ab"), ("closed", "停餐"),
      ("sample dinner 宫保鸡丁", "留样 晚餐 宫保鸡丁"),
    ])
  func subject(code: String, name: String) {
    let finding = Finding(
      check: "R00", title: Sentence(zh: "", en: ""), severity: .notice, canteen: "C1",
      day: Day(number: 0), subject: code, sentence: Sentence(zh: "", en: ""))
    #expect(finding.subjectName == Sentence(zh: name, en: code))
  }
}
