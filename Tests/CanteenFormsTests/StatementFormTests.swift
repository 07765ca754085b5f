import CanteenDomain
import CanteenForms
import Testing

/// 表样 as offices write them.
@Suite("forms of statements")
struct StatementFormTests {
  private var standard: String { StatementForm.documents[StatementForm.standardID] ?? "" }

  private func refusal(_ document: String) -> FormRefusal? {
    do {
      _ = try StatementForm(document: document, file: "某区.yaml")
      return nil
    } catch {
      return error
    }
  }

  @Test
  func `the product's own forms are sound, and the standard one is among them`() throws {
    #expect(StatementForm.builtIn.map(\.id) == ["standard 1"])
    let form = try StatementForm(document: standard, file: "x")
    #expect(form.masking == "masked" && form.profiles["masked"]?.isFull == false)
    #expect(form.profiles.keys.sorted() == ["full", "masked", "public", "publish", "strict"])
    #expect(form.signatures == ["制表人", "审核人", "负责人", "盖章", "日期"])
    #expect(form.details.columns.contains { $0.content == .sources })
    #expect(form.cover.columns.contains { $0.content == .blank })
  }

  @Test
  func `no form can ask for a birth date`() {
    #expect(!DetailField.allCases.contains { $0.rawValue.contains("birth") })
    let refused = refusal(standard.replacing("field: age,", with: "field: birth_date,"))
    #expect(refused?.words.zh.hasPrefix("没有栏目 birth_date；有：line、") == true)
  }

  @Test(
    "a form that is wrong is refused with its line",
    arguments: [
      ("field: name, width: 8}", "field: nam, width: 8}", "没有栏目 nam"),
      ("masking: masked", "masking: hidden", "没有脱敏口径 hidden"),
      ("masking: masked", "masking: full", "默认口径不能是完整号码"),
      ("version: \"1\"", "", "缺少 version"),
      ("form: standard", "form: standard\ncolour: red", "没有“colour”"),
      ("    - {field: sources, width: 8}\n", "", "须有 field: sources"),
      ("field: name, width: 8}", "field: name, width: 800}", "width 应为 2 到 120"),
      ("field: sex, width: 4}", "field: name, width: 4}", "内容相同"),
      ("id_number: last_two", "id_number: none", "id_number 应为 last_four"),
      ("title: 助餐补贴明细表", "title: 表；样", "不含分号"), ("form: standard", "- form", "YAML"),
    ])
  func refused(part: String, other: String, words: String) {
    let document = standard.replacing(part, with: other, maxReplacements: 1)
    let found = refusal(document)
    #expect(found?.words.zh.contains(words) == true, "\(String(describing: found))")
    #expect(found?.sentence.zh.hasPrefix("某区.yaml 第 ") == true)
  }

  @Test
  func `a fixed column of one source is taken out of those that are listed by themselves`() throws {
    let document = standard.replacing(
      "    - {field: sources, width: 8}", with: "    - {field: source.city}\n    - {field: sources}"
    )
    let form = try StatementForm(document: document, file: "x")
    let column = form.details.columns.first { $0.content == .source(.city) }
    #expect(column?.title == "市级")
  }
}
