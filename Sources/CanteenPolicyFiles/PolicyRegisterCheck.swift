import CanteenDomain

/// Conditions on what check-ins do not carry yet: they can be tried with a case, and hold for nobody
/// at the counter.
extension DocumentCheck {
  mutating func checkRegister() {
    let conditions = policy.everyCondition
    let asked: [(field: String, zh: String, en: String, isAsked: Bool)] = [
      (
        "permit", "居住证", "residence permits", conditions.contains { $0.hasResidencePermit != nil }
      ),
      (
        "disability_grade", "残疾等级", "disability grades",
        conditions.contains { $0.disabilityGradeMax != nil }
      ),
      (
        "canteen_grade", "食堂等级", "grades of canteens",
        conditions.contains { !$0.canteenGrades.isEmpty }
      ),
      (
        "standard_set", "是否标准套餐", "whether a meal is the standard set",
        conditions.contains { $0.standardSet != nil }
      ),
      (
        "evidence", "照片、签字等凭证", "photos and signatures",
        conditions.contains { !$0.evidence.isEmpty }
      ),
    ]
    for entry in asked where entry.isAsked {
      report(
        .warning, place(of: entry.field),
        zh: "签到目前不登记\(entry.zh)，这个条件在柜台不会成立（试算时可以写在用例里）",
        en: "check-ins do not carry \(entry.en) yet: at the counter this never holds (a case may)")
    }
  }

  /// Parts of a policy that are priced in a case and that the books do not carry yet.
  mutating func checkSettlement() {
    if policy.delivery.contains(where: { $0.per != .trip && $0.toward == .fee }) {
      report(
        .warning, "delivery", zh: "签到目前不登记送餐费，抵减送餐费的补贴在柜台为零，只能试算",
        en:
          "check-ins carry no delivery fee yet: what goes toward the fee is nothing at the counter")
    }
  }

  /// The first path at which a field stands.
  private func place(of field: String) -> String {
    reading.lines.filter { $0.key == field || $0.key.hasSuffix(".\(field)") }
      .min { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? "stages"
  }
}
