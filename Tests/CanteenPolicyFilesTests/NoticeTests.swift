import CanteenDomain
import CanteenPolicyFiles
import Testing

/// Invented notices of towns that do not exist, written down from the documentation alone and priced
/// by hand: what an office somewhere else will do.
@Suite("Notices that nobody has seen before")
struct NoticeTests {
  /// Prices a case and gives for each meal `id: what the diner pays; source amount, …`, in yuan.
  private func tried(_ documents: [String], _ scene: String) throws -> [String] {
    let readings = documents.enumerated().map { PolicyFile.read($1, name: "notice \($0)") }
    let findings = PolicyCheck.findings(in: readings).filter { $0.severity != .warning }
    try #require(findings.isEmpty, "\(findings.map { $0.text(in: .en) })")
    let lines = try PolicyCase(scene).run(with: readings.compactMap(\.policy))
    return lines.filter { $0.kind != "total" }.map { line in
      let paid = (line.dinerFen ?? line.fen ?? 0).yuan
      let sources = line.sources.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.yuan)" }
      return "\(line.id ?? ""): \(paid); \(sources.joined(separator: ", "))"
    }
  }

  @Test("half-yuan amounts by period, and who bears a share depends on where the meal is")
  func regionalSplit() throws {
    let notice = """
      policy: linjiang
      version: "2025"
      title: 临江市老年助餐补贴
      document: 临民发〔2025〕18号
      valid_from: 2025-07-01
      valid_to: 2027-06-30
      region: 320900
      exclude: [in_institution]
      who:
        any:
          - {hukou: 320900}
          - {permit: yes, residence: 320900, residence_months: 12}
      caps: [{per: period, times: 1}, {per: day, times: 2}]
      stages:
        - stage: subsidy
          code: base
          unfunded_to: diner
          split:
            - {source: city, percent: 40%}
            - {source: district, percent: 40%, when: {residence_same_as_canteen: district}}
            - {source: street, percent: 20%, when: {residence_same_as_canteen: street}}
            - source: operator
              percent: 20%
              when: {residence_same_as_canteen: district, none: [{residence_same_as_canteen: street}]}
          groups:
            - {age: 60-79, fixed: {breakfast: 0.50, lunch: 1.50, dinner: 1.50}}
            - {age: 80+, fixed: {breakfast: 1.00, lunch: 2.50, dinner: 2.50}}
        - stage: subsidy
          code: extra
          periods: [lunch]
          source: city
          groups: [{who: {age: 60+, category: [低保, 特困]}, fixed: 1.00}]

      """
    let scene = """
      {"persons": [
        {"name": "甲", "birth_date": "1950-05-01", "hukou": "320902001001",
         "residence": "320902001001"},
        {"name": "乙", "birth_date": "1940-05-01", "hukou": "320902001001",
         "residence": "320902001001", "category": ["DIBAO"]},
        {"name": "丙", "birth_date": "1960-01-01", "hukou": "340100", "residence": "320902001001",
         "residence_since": "2024-10-01", "residence_permit": true}],
       "canteens": [{"code": "S", "region": "320902001001"}, {"code": "D", "region": "320902002001"},
         {"code": "X", "region": "320903001001"}],
       "meals": [
        {"id": "1", "person": "甲", "date": "2025-08-04", "period": "breakfast", "canteen": "S",
         "list": "4.00"},
        {"id": "2", "person": "甲", "date": "2025-08-04", "period": "lunch", "canteen": "D",
         "list": "12.00"},
        {"id": "3", "person": "甲", "date": "2025-08-04", "period": "dinner", "canteen": "S",
         "list": "12.00"},
        {"id": "4", "person": "乙", "date": "2025-08-05", "canteen": "X", "list": "12.00"},
        {"id": "5", "person": "丙", "date": "2025-09-30", "canteen": "S", "list": "12.00"},
        {"id": "6", "person": "丙", "date": "2025-10-01", "canteen": "S", "list": "12.00"}]}
      """
    #expect(
      try tried([notice], scene) == [
        "1: 3.50; city 0.20, district 0.20, street 0.10",
        "2: 10.50; city 0.60, district 0.60, operator 0.30", "3: 12.00; ",
        "4: 10.00; city 2.00", "5: 12.00; ", "6: 10.50; city 0.60, district 0.60, street 0.30",
      ])
  }

  @Test("a schedule by the meal of the day, paid in half yuan and never above its own limit")
  func nthMeal() throws {
    let notice = """
      policy: jiangdu
      version: "1"
      title: 江都助餐
      valid_from: 2026-01-01
      region: 321012
      exclude: [in_institution]
      rounding: {unit: 0.50, mode: half_up, side: diner}
      stages:
        - stage: subsidy
          source: district
          groups:
            - {age: 60-74, nth_meal: [2.00, 1.00]}
            - {age: 75-84, nth_meal: [3.00, 1.50, 1.00]}
            - {age: 85+, nth_meal: [{target_price: free, cap: 15.00}, {percent: 50%, cap: 5.00}, {percent: 50%, cap: 5.00}]}

      """
    let scene = """
      {"persons": [{"name": "甲", "birth_date": "1960-05-01"}, {"name": "丙", "birth_date": "1935-05-01"}],
       "canteens": [{"code": "S", "region": "321012"}],
       "meals": [
        {"id": "1", "person": "甲", "date": "2026-08-04", "period": "breakfast", "list": "4.30"},
        {"id": "2", "person": "甲", "date": "2026-08-04", "period": "lunch", "list": "12.00"},
        {"id": "3", "person": "甲", "date": "2026-08-04", "period": "dinner", "list": "12.00"},
        {"id": "4", "person": "丙", "date": "2026-08-05", "period": "breakfast", "list": "16.20"},
        {"id": "5", "person": "丙", "date": "2026-08-05", "period": "lunch", "list": "8.00"},
        {"id": "6", "person": "丙", "date": "2026-08-05", "period": "dinner", "list": "13.00"}]}
      """
    #expect(
      try tried([notice], scene) == [
        "1: 2.50; district 1.80", "2: 11.00; district 1.00", "3: 12.00; ",
        "4: 1.50; district 14.70", "5: 4.00; district 4.00", "6: 8.00; district 5.00",
      ])
  }

  @Test("charity after the subsidy until its budget is spent, then a discount on what is left")
  func charity() throws {
    let notice = """
      policy: haifeng
      version: "1"
      title: 海丰助餐
      valid_from: 2026-01-01
      region: 441521
      exclude: [in_institution]
      budgets: [{source: charity, year: 2026, amount: 500000.00, when_exhausted: stop}]
      stages:
        - {stage: subsidy, code: meal, basis: list, source: district, min_copay: 3.00, groups: [{age: 60+, percent: 20%, cap: 4.00}]}
        - stage: charity
          code: fund
          source: charity
          caps: [{per: month, amount: 60.00}]
          groups: [{age: 60+, category: [低收入, 独居], percent: 50%}]
        - {stage: discount, code: after, source: operator, groups: [{age: 80+, discount: 九折}]}

      """
    let scene = """
      {"persons": [{"name": "甲", "birth_date": "1940-05-01", "category": "独居"},
        {"name": "乙", "birth_date": "1960-05-01"}],
       "canteens": [{"code": "S", "region": "441521"}],
       "meals": [
        {"id": "1", "person": "甲", "date": "2026-08-04", "list": "15.00"},
        {"id": "2", "person": "乙", "date": "2026-08-04", "list": "3.50"},
        {"id": "3", "person": "乙", "date": "2026-08-05", "list": "25.00"},
        {"id": "4", "person": "甲", "date": "2026-08-06", "list": "2.00"}],
       "budget_spent": [{"policy": "haifeng", "source": "charity", "year": 2026, "amount": "499993.50"}]}
      """
    #expect(
      try tried([notice], scene) == [
        "1: 5.40; charity 6.00, district 3.00, operator 0.60", "2: 3.00; district 0.50",
        "3: 21.00; district 4.00", "4: 1.80; operator 0.20",
      ])
  }

  @Test("more on holidays and on one festival, couriers paid apart, an operator's tiers by volume")
  func holidays() throws {
    let notice = """
      policy: yunling
      version: "1"
      title: 云岭助餐
      valid_from: 2026-01-01
      region: 530100
      exclude: [in_institution]
      periods: [lunch]
      caps: {day: 1次}
      stages:
        - stage: subsidy
          code: meal
          stack: exclusive
          source: county
          groups:
            - {code: feast, days: holiday, age: 60+, fixed: 5.00}
            - {code: work, days: legal_workday, age: 60+, fixed: 3.00}
            - {code: rest, age: 60+, fixed: 2.00}
        - {stage: subsidy, code: elders, source: city, dates: 2026-10-18, groups: [{age: 60+, fixed: 10.00}]}
      operating:
        - code: volume
          per: served
          source: district
          tiers:
            average_of: served
            divided_by: open_days
            mode: marginal
            steps: [{from: 0, amount: 0.50}, {from: 30, amount: 1.00}, {from: 60, amount: 1.50}]
          multipliers: {优秀: 120%, 不合格: 0%}
          maximum: 10000.00
      delivery:
        - {code: team, care_level: 中度, per: meal, amount: 2.00, toward: courier, payee: 送餐队, caps: {day: 2次}, source: district}

      """
    let scene = """
      {"persons": [{"name": "甲", "birth_date": "1950-05-01", "care_level": "重度"}],
       "canteens": [{"code": "S", "region": "530100"}],
       "legal_calendar": {"holidays": ["2026-10-01"], "make_up_workdays": ["2026-10-10"]},
       "meals": [
        {"id": "1", "person": "甲", "date": "2026-10-01", "list": "15.00"},
        {"id": "2", "person": "甲", "date": "2026-10-10", "list": "15.00"},
        {"id": "3", "person": "甲", "date": "2026-10-11", "list": "15.00", "mode": "home_delivery",
         "delivery_fee": "3.00"},
        {"id": "4", "person": "甲", "date": "2026-10-18", "list": "15.00"}],
       "operating": [
        {"from": "2026-10-01", "to": "2026-10-31", "canteen": "S", "open_days": 20, "served": 1400,
         "rating": "优秀"}]}
      """
    #expect(
      try tried([notice], scene) == [
        "1: 10.00; district 5.00", "2: 12.00; district 3.00", "3: 13.00; district 2.00",
        "4: 3.00; city 10.00, district 2.00", "volume: 1440.00; district 1440.00",
      ])
  }

  @Test("two policies that are not enjoyed together, and a count by the month within one of them")
  func notTogether() throws {
    let county = """
      policy: east-county
      version: "1"
      title: 东县
      valid_from: 2026-01-01
      region: 370102
      exclude: [in_institution]
      not_together: 就餐补贴
      stages:
        - {stage: discount, code: card, source: operator, groups: [{age: 60+, discount: 5%}]}
        - stage: subsidy
          code: meal
          source: district
          min_spend: {more_than: 10.00, of: after_discount}
          who: {age: 60+}
          groups:
            - {code: first, fixed: 3.00, caps: {month: 2次}}
            - {code: later, fixed: 1.00}

      """
    let city = """
      policy: town
      version: "1"
      title: 东市
      valid_from: 2026-01-01
      region: 370100
      exclude: [in_institution]
      not_together: 就餐补贴
      stages:
        - {stage: subsidy, source: city, groups: [{age: 60+, percent: 20%, cap: 4.00}]}

      """
    let scene = """
      {"persons": [{"name": "甲", "birth_date": "1950-05-01"}],
       "canteens": [{"code": "S", "region": "370102"}],
       "meals": [
        {"id": "1", "person": "甲", "date": "2026-08-03", "list": "12.00"},
        {"id": "2", "person": "甲", "date": "2026-08-04", "list": "10.00"},
        {"id": "3", "person": "甲", "date": "2026-08-05", "list": "12.00"},
        {"id": "4", "person": "甲", "date": "2026-08-06", "list": "12.00"},
        {"id": "5", "person": "甲", "date": "2026-09-01", "list": "12.00"}]}
      """
    #expect(
      try tried([county, city], scene) == [
        "1: 8.40; district 3.00, operator 0.60", "2: 8.00; city 2.00",
        "3: 8.40; district 3.00, operator 0.60", "4: 9.60; city 2.40",
        "5: 8.40; district 3.00, operator 0.60",
      ])
  }
}
