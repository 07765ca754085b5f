import CanteenDomain
import CanteenPolicyFiles
import Foundation
import Testing

@Suite("What the author's documentation shows can be written")
struct DocumentedExampleTests {
  /// A page of the documentation.
  static func page(_ name: String) -> URL {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent("docs/\(name).md")
  }

  func findings(_ text: String) -> [String] {
    PolicyCheck.findings(in: [PolicyFile.read(text, name: "doc")])
      .filter { $0.severity != .warning }.map { $0.text(in: .en) }
  }

  @Test(
    "every benefit form and its short form",
    arguments: [
      "fixed: 3.00", "fixed: {breakfast: 0.50, lunch: 1.50}", "percent: 25%, cap: 3.00",
      "up_to: 10.00", "target_price: 10.50", "target_price: free", "free: yes", "discount: 15%",
      "discount: 8.5折", "discount: 八五折", "nth_meal: [3.00, 2.00]",
      "nth_meal: [{fixed: 3.00}, {percent: 30%, cap: 2.00}], nth_counts_all: yes",
      "fixed: 3.00, caps: {day: 1次, month: 300.00元}",
      "fixed: 3.00, min_spend: {more_than: 5.00, of: 标价}",
      "fixed: 3.00, split: {city: 60%, street: rest}",
      "fixed: 3.00, split: [{source: city, amount: 1.00}, {source: street, rest: yes}]",
    ])
  func benefits(body: String) {
    let rules = "stages: [{stage: subsidy, source: district, groups: [{\(body)}]}]\n"
    #expect(findings(EdgeCaseTests.head + rules) == [])
  }

  @Test(
    "every condition",
    arguments: [
      "age: 60-69", "age: 80周岁以上", "age: {min: 60, max: 69}", "age_counts_from: month_of",
      "sex: 女", "category: [低保, 特困]", "category_all: [DIBAO, LIVES_ALONE]", "care_level: 重度",
      "care_level: 2", "disability_grade: 2", "hukou: 310000", "residence: [310107, 310106]",
      "home: 普陀区", "residence_months: 6", "permit: yes", "residence_same_as_canteen: street",
      "hukou_same_as_canteen: district", "home_same_as_canteen: city",
      "split_residence: district", "in_institution: no", "staff: no", "canteen_in: 310107",
      "canteens: [C1]", "canteen_grade: 一级", "periods: [午餐]", "modes: [堂食, 自提]",
      "days: legal_workday", "days: any", "dates: [2026-10-18, 2026-02-16至2026-02-22]",
      "time: 10:30-13:00", "auth: [id_card, face]",
      "evidence: photo", "standard_set: yes", "price_min: 13.00, price_max: 20.00",
      "any: [{age: 80+}, {category: 低保}]", "none: [{category: 低保}]",
      "all: [{any: [{age: 80+}]}, {any: [{sex: male}]}]",
    ])
  func conditions(body: String) {
    let rules = """
      places: {普陀区: 310107}
      stages: [{stage: subsidy, source: district, groups: [{who: {\(body)}, fixed: 1.00}]}]

      """
    #expect(findings(EdgeCaseTests.head + rules) == [])
    let direct =
      "places: {普陀区: 310107}\nstages: [{stage: subsidy, source: city, groups: [{\(body), fixed: 1.00}]}]\n"
    #expect(findings(EdgeCaseTests.head + direct) == [])
  }

  @Test("every field at the top, in its documented form, and its paragraph")
  func everything() throws {
    let text = """
      policy: all
      version: "1"
      title: 全部字段
      authority: 示例
      document: 民发〔2025〕1号
      valid_from: 2025年1月1日
      valid_to: 2025-12-21
      places: {普陀区: 310107}
      region: [普陀区, 310106]
      applies_by: any
      canteens: [C1]
      age_counts_from: day_after
      home_is: hukou
      care_scale: {轻度: 1, 中度: 3, 重度: 5}
      exclude: [in_institution, staff, subsidised_elsewhere, {age: -54}]
      periods: [lunch, dinner]
      modes: 堂食
      days: not_holiday
      when: {standard_set: yes}
      guide_price: {amount: 13.00, float: 50%, outside: no_subsidy, standard_set_only: no}
      caps: [{per: day, times: 1}, {per: month, amount: 300.00, periods: [lunch]}]
      min_copay: 2.00
      rounding: {unit: 0.10, mode: half_up, side: diner, at: line}
      not_together: 就餐补贴
      priority: 1
      stages:
        - {stage: discount, source: operator, groups: [{discount: 10%}]}
        - stage: subsidy
          code: meal
          stack: additive
          basis: list
          basis_max: 20.00
          min_spend: {at_least: 15.00, of: after_discount}
          min_copay: 3.00
          unfunded_to: operator
          remainder_to: city
          split:
            - {source: city, percent: 50%}
            - {source: street, percent: 50%, when: {residence_same_as_canteen: street}}
          groups: [{code: a, title: 甲, who: {age: 60+}, fixed: 3.00}]
        - {stage: charity, source: charity, only_if_granted: [meal], groups: [{percent: 30%}]}
        - {stage: discount, code: after, source: operator, unless_granted: [charity], groups: [{discount: 5%}]}
      delivery:
        - {code: care, when: {care_level: 2}, per: trip, amount: 4.00, toward: courier, payee: 志愿队, source: district}
      operating:
        - per: served
          source: district
          tiers:
            average_of: served
            divided_by: workdays
            mode: marginal
            steps: [{from: 0, amount: 0.50}, {from: 30, amount: 1.00}]
          multipliers: {优秀: 120%, 不合格: 0%}
          maximum: 20000.00
        - {code: lump, per: settlement, amount: 500.00, source: city}
      budgets: [{source: city, year: 2025, amount: 50000.00, when_exhausted: warn}]
      settlement: {period: quarter, cutoff_day: 5, claim_within_days: 30, retro_months: 3, adjust_to: canteen, clawback: diner, operator_advance: yes}
      evidence: {auth: [id_card, manual], required: {dine_in: [photo]}, manual_share_max: 10%}
      output: {form: T1, columns: [姓名, 金额], masking: strict}
      notes: 说明

      """
    #expect(findings(text) == [])
    let paragraph = try policy(text).paragraph().zh
    for part in ["民发〔2025〕1号", "按季度结算", "志愿队", "缺口由企业让利承担", "优秀120%", "与同属“就餐补贴”的其他政策不重复享受"] {
      #expect(paragraph.contains(part))
    }
  }

  @Test("the tutorial's policy is open while it holds ASK and gives its worked case without")
  func tutorial() throws {
    let text = """
      policy: wuhu
      version: "2022"
      title: 芜湖市老年人助餐补贴
      valid_from: 2022-01-01
      region: 340200
      exclude: [in_institution]
      periods: [lunch]
      caps: [{per: day, times: 1}]
      age_counts_from: ASK 生日当天还是次日起算
      stages:
        - stage: subsidy
          code: meal
          stack: best_of
          who: {residence: 340200}
          source: city
          groups:
            - {code: 60-69, title: 60—69周岁, who: {age: 60-69}, fixed: 3.00}
            - {code: 70-79, title: 70—79周岁, who: {age: 70-79}, fixed: 4.00}

      """
    #expect(PolicyFile.read(text, name: "t").isUsable == false)
    let scene = try PolicyCase(
      """
      {"persons": [{"name": "甲", "birth_date": "1956-03-16", "residence": "340202"}],
       "canteens": [{"code": "C1", "region": "340202"}],
       "meals": [{"id": "1", "person": "甲", "date": "2026-03-13", "list": "15.00"},
                 {"id": "2", "person": "甲", "date": "2026-03-16", "list": "15.00"}]}
      """)
    let answered = try policy(text.replacing("ASK 生日当天还是次日起算", with: "birthday"))
    #expect(try scene.run(with: [answered]).compactMap(\.dinerFen) == [1200, 1100, 2300])
  }

  @Test("the reference's case, as it stands on the page, gives the line that the page shows")
  func referenceCase() throws {
    let page = try String(contentsOf: Self.page("policy-reference"), encoding: .utf8)
    let start = try #require(page.range(of: "```json\n")?.upperBound)
    let end = try #require(page[start...].range(of: "```")?.lowerBound)
    let scene = try PolicyCase(String(page[start..<end]))
    let lines = try scene.run(with: [example("putuo-2025")])
    #expect(lines.map(\.kind) == ["meal", "total"])
    #expect(lines[0].sources == ["operator": 270, "district": 500])
    let shown = try #require(page.split(separator: "\n").first { $0.hasPrefix("`{\"age\":82") })
    let line = try lines[0].json()
    for part in [
      "\"age\":82", "\"diner_fen\":1030", "\"sources\":{\"district\":500,\"operator\":270}",
    ] {
      #expect(shown.contains(part) && line.contains(part), "\(part)")
    }
  }
}
