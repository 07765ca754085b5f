import CanteenDomain

/// Whether a split gives the whole benefit in every region case.
extension DocumentCheck {
  /// Tries every way in which the conditions of the shares may hold together and says for which of
  /// them the sum is wrong.
  mutating func checkSplit(_ split: FundingSplit, of benefits: [Benefit], _ path: String) {
    if split.shares.contains(where: { $0.source == .diner }) {
      report(
        .error, reading.lines["\(path).source"] == nil ? "\(path).split" : "\(path).source",
        zh: "个人不能是资金来源：个人付的就是没有补贴的部分",
        en: "the diner is no source: what is not paid is the diner's anyway")
      return
    }
    for source in Set(split.shares.map(\.source)).sorted() where source.isUnusual {
      report(
        .warning, reading.lines["\(path).source"] == nil ? "\(path).split" : "\(path).source",
        zh: "资金来源“\(source.rawValue)”不是常用的名称（如 district 区县、street 街道）；不是本地自定来源的，请更正",
        en:
          "“\(source.rawValue)” is none of the usual sources; mend it unless the place has such a fund"
      )
    }
    let conditions = split.shares.map(\.when).filter { !$0.isEmpty }
    var distinct: [Condition] = []
    for condition in conditions where !distinct.contains(condition) { distinct.append(condition) }
    guard distinct.count <= 8 else { return }
    let isStated = reading.lines["\(path).unfunded_to"] != nil
    var told: Set<String> = []
    for mask in 0..<(1 << distinct.count) {
      let holding = distinct.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element)
      guard !holding.contains(where: { one in holding.contains { one.excludes($0) } }) else {
        continue
      }
      let shares = split.shares.filter { $0.when.isEmpty || holding.contains($0.when) }
      let place = holding.isEmpty ? "" : "（\(holding.map(\.shortName.zh).joined(separator: "，且"))时）"
      let other = distinct.isEmpty || !holding.isEmpty ? place : "（各项地区条件都不符合时）"
      check(shares, benefits, path, place: other, isStated: isStated, &told)
    }
  }

  private mutating func check(
    _ shares: [SplitShare], _ benefits: [Benefit], _ path: String, place: String, isStated: Bool,
    _ told: inout Set<String>
  ) {
    let rates = shares.compactMap(\.rate).reduce(0) { $0 + $1.millionths }
    let fixed = shares.compactMap(\.amount).sum()
    let hasResidual = shares.contains(where: \.isResidual)
    if rates > 1_000_000 {
      tell(
        .error, path, &told, zh: "资金分担比例合计 \(Rate(millionths: rates).percent)，超过 100%\(place)",
        en: "the rates of the split add up to \(Rate(millionths: rates).percent)")
      return
    }
    if hasResidual || isStated { return }
    let isWhole =
      fixed == 0
      ? rates == 1_000_000
      : rates == 0 && !benefits.isEmpty
        && benefits.allSatisfy { $0.amount == fixed && $0.form == .fixed }
    guard !isWhole else { return }
    let sum =
      fixed == 0
      ? Rate(millionths: rates).percent : "\(fixed.yuan)元加\(Rate(millionths: rates).percent)"
    tell(
      .error, path, &told,
      zh: "资金分担合计只有 \(sum)\(place)，不等于补贴额；请补足，或给一项写 rest: yes，或用 unfunded_to 写明由谁承担缺口",
      en: "the split adds up to \(sum) only in some case; complete it, give one source rest: yes, "
        + "or say with unfunded_to who bears the gap")
  }

  private mutating func tell(
    _ severity: PolicyFinding.Severity, _ path: String, _ told: inout Set<String>, zh: String,
    en: String
  ) {
    guard told.insert(zh).inserted else { return }
    let written = ["split", "source"].map { "\(path).\($0)" }.first { reading.lines[$0] != nil }
    report(severity, written ?? path, zh: zh, en: en)
  }
}

extension Condition {
  /// Whether the two cannot hold together as far as they tell: one rules the other out in words, or
  /// they ask for canteens (or homes) in regions of which none lies inside another.
  func excludes(_ other: Condition) -> Bool {
    let pairs = [
      (canteenWithin, other.canteenWithin), (hukou, other.hukou), (residence, other.residence),
      (home, other.home),
    ]
    if self == other { return false }
    if none.contains(other) || other.none.contains(self) { return true }
    return pairs.contains { mine, theirs in
      !mine.isEmpty && !theirs.isEmpty
        && !mine.contains { one in theirs.contains { one.mayMeet($0) } }
    }
  }

  /// The condition in a few words, for a message.
  var shortName: Sentence { Policy.words(for: self) }
}

extension Region.Code {
  /// Whether one lies inside the other by the national scheme of codes.
  func mayMeet(_ other: Region.Code) -> Bool {
    let (mine, theirs) = (RegionPath(expanding: text), RegionPath(expanding: other.text))
    return mine.isWithin(other) || theirs.isWithin(self)
  }
}
