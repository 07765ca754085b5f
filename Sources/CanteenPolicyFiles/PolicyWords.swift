import CanteenDomain

/// The words that documents may use: other spellings of fields and values, and the marks of an open
/// question.
enum PolicyWords {
  /// A key or value in the form that the format uses: lower case, with underscores.
  static func plain(_ text: String) -> String {
    String(
      text.normalisedWidth().trimmedSpaces().lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 })
  }

  static func key(_ written: String) -> String {
    let word = plain(written)
    return keys[word] ?? word
  }

  /// What stands after ASK; nil if the text is not an open question.
  static func openQuestion(_ text: String) -> String? {
    let plain = text.trimmedSpaces()
    for mark in ["ASK", "待明确", "待定"] where plain.uppercased().hasPrefix(mark) {
      let rest = plain.dropFirst(mark.count)
      guard rest.first?.isLetter != true || mark != "ASK" else { continue }
      return String(
        rest.drop { " :：(（".contains($0) }.reversed().drop { ")）".contains($0) }.reversed())
    }
    return nil
  }

  /// The known word that differs least, if it differs little.
  static func nearest(to word: String, among known: Set<String>) -> String? {
    known.map { (word: $0, distance: distance($0, word)) }
      .filter { $0.distance <= max(1, word.count / 3) }
      .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let kept = row[j + 1]
        row[j + 1] = min(row[j] + 1, kept + 1, previous + (a == b ? 0 : 1))
        previous = kept
      }
    }
    return row[right.count]
  }

  /// Other ways to write a field.
  static let keys: [String: String] = [
    "policy_id": "policy", "政策": "policy", "版本": "version", "名称": "title",
    "标题": "title", "发文单位": "authority", "文号": "document", "document_number": "document",
    "生效日期": "valid_from", "from_date": "valid_from", "失效日期": "valid_to", "地区": "region",
    "regions": "region", "区域": "region", "不予补贴": "exclude", "exclusions": "exclude",
    "阶段": "stages", "规则": "groups", "rules": "groups", "年龄": "age", "ages": "age",
    "户籍": "hukou", "常住": "residence", "类别": "category", "categories": "category",
    "category_any": "category", "categories_any": "category", "categories_all": "category_all",
    "餐次": "periods",
    "用餐方式": "modes", "日期类型": "days", "calendar": "days",
    "资金来源": "source", "分担": "split", "funding": "split", "上限": "caps",
    "定额": "fixed", "比例": "percent", "pct": "percent", "最高": "cap",
    "自付价": "target_price", "优惠": "discount", "最低消费": "min_spend",
    "最低自付": "min_copay", "条件": "when", "对象": "who", "说明": "notes", "备注": "notes",
    "stacking": "stack", "叠加方式": "stack", "residual": "rest", "其余": "rest",
    "exclusive_group": "not_together", "不重复享受": "not_together", "up_to_actual": "up_to",
    "care_level_min": "care_level", "disability_grade_max": "disability_grade",
    "count": "times", "次数": "times", "金额": "amount",
  ]

  static let sources: [String: String] = [
    "省级": "province", "市级": "city", "市": "city", "区级": "district", "区县": "district",
    "县级": "district", "区": "district", "county": "district", "街道": "street", "镇街": "street",
    "村集体": "village", "慈善": "charity", "企业让利": "operator", "企业": "operator",
    "食堂": "operator", "积分": "points", "个人": "diner",
  ]

  static let periods: [String: MealPeriod] = [
    "早餐": .breakfast, "早": .breakfast, "午餐": .lunch, "中餐": .lunch, "午": .lunch,
    "晚餐": .dinner, "晚": .dinner,
  ]

  static let modes: [String: ServiceMode] = [
    "堂食": .dineIn, "自提": .pickup, "打包": .pickup, "送餐": .homeDelivery, "delivery": .homeDelivery,
    "送餐上门": .homeDelivery,
  ]

  static let days: [String: DayKind] = [
    "工作日": .workday, "法定工作日": .workday, "workday": .workday, "节假日": .holiday,
    "法定节假日": .holiday, "周一至周五": .weekday, "weekday": .weekday, "周末": .weekend,
    "holidays_excluded": .notHoliday, "周一": .monday, "周二": .tuesday, "周三": .wednesday,
    "周四": .thursday, "周五": .friday, "周六": .saturday, "周日": .sunday,
  ]

  static let stacking: [String: Stacking] = [
    "就高不就低": .bestOf, "就高": .bestOf, "best": .bestOf, "叠加": .additive, "add": .additive,
    "sum": .additive, "不重复享受": .exclusive, "first": .exclusive,
  ]

  static let bases: [String: Basis] = [
    "标价": .list, "list_price": .list, "优惠后": .afterDiscount, "net": .afterDiscount,
    "应付额": .remaining,
  ]

  static let levels: [String: Region.Level] = [
    "district": .county, "省": .province, "市": .city, "区": .county, "县": .county, "区县": .county,
    "街道": .street, "镇": .street, "乡镇": .street, "社区": .community, "村": .community, "小组": .group,
  ]

  static let windows: [String: Cap.Window] = [
    "每餐": .meal, "每餐次": .period, "meal_period": .period, "每日": .day, "每天": .day,
    "person_day": .day, "每周": .week, "natural_week": .week, "自然周": .week, "每月": .month,
    "每季度": .quarter, "每年": .year,
  ]

  static let exclusions: [String: PolicyExclusion] = [
    "入住养老机构": .inInstitution, "institution": .inInstitution, "去世": .deceased, "dead": .deceased,
    "暂停": .suspended, "工作人员": .staff, "已享受其他补贴": .subsidisedElsewhere,
  ]

  static let stages: [String: StageKind] = [
    "优惠": .discount, "补贴": .subsidy, "慈善": .charity,
  ]

  static let attain: [String: AttainRule] = [
    "生日": .birthday, "生日当天": .birthday, "生日次日": .dayAfter, "当月": .monthOf, "次月": .monthAfter,
  ]
}
