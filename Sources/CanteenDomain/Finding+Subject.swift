/// What findings are about, in the words of the field.
extension Finding {
  /// The subject for people; it is named by either form.
  public var subjectName: Sentence { Self.name(ofSubject: subject) }

  /// What a subject begins with, or is altogether.
  private static let kinds = [
    "approved": "批准", "block": "同数", "budget": "预算", "capacity": "容量", "closed": "停餐",
    "counts": "清点", "delivered": "送达", "diner": "登记号", "enrolled": "登记", "manual": "人工核验",
    "operator": "操作人", "persons": "人数", "phone": "电话", "proxies": "代领", "proxy": "代领人",
    "roster": "名册", "sample": "留样", "samples": "留样记录", "share": "占比", "speed": "速度",
    "spot checks": "抽查", "till": "收银",
  ]

  /// Checks write subjects in codes, so that they stay the same; whatever has a name is told by it.
  static func name(ofSubject subject: String) -> Sentence {
    if let kind = kinds[subject] { return Sentence(zh: kind, en: subject) }
    let words = subject.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let names = words.enumerated().map { place, word in
      (place == 0 ? kinds[word] : nil) ?? name(ofWord: word)
    }
    return Sentence(zh: names.joined(separator: " "), en: subject)
  }

  private static func name(ofWord word: String) -> String {
    if let period = MealPeriod(rawValue: word) { return period.name.zh }
    if let means = MeansOfPayment(rawValue: word) { return means.name.zh }
    return FundingSource(word).name.zh
  }
}
