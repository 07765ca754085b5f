/// 审批环节: how far an application for an entitlement has come. It prices only when active.
public enum ApprovalStep: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case submitted
  case communityChecked = "community_checked"
  case streetApproved = "street_approved"
  case published
  case active
  /// Ends the way at any point before `active`.
  case refused

  public var name: Sentence {
    switch self {
    case .submitted: Sentence(zh: "已申请", en: "submitted")
    case .communityChecked: Sentence(zh: "社区已核实", en: "checked by the community")
    case .streetApproved: Sentence(zh: "街道已批准", en: "approved by the street")
    case .published: Sentence(zh: "已公示", en: "published")
    case .active: Sentence(zh: "已生效", en: "active")
    case .refused: Sentence(zh: "未通过", en: "refused")
    }
  }

  /// Its place on the way, from 1.
  public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  /// Whether nothing comes after it.
  public var isLast: Bool { self == .active || self == .refused }

  /// Whether it may follow `last`, the step taken before; nil at the start.
  public func mayFollow(_ last: ApprovalStep?) -> Bool {
    guard let last else { return self == .submitted }
    if self == .refused { return !last.isLast }
    return !last.isLast && number == last.number + 1
  }
}

/// Why a step is not taken.
public enum EntitlementRefusal: Refusal, Hashable {
  case unknown(Category)
  /// Another of the same category is on its way or holds.
  case alreadyThere(Category)
  case outOfTurn(ApprovalStep, after: ApprovalStep?)
  /// It came with an approved roster and takes no steps.
  case fromRoster(Category)
  case reasonMissing
  case endsBeforeItBegins(from: Day, to: Day)

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .alreadyThere, .outOfTurn, .fromRoster: .conflict
    case .reasonMissing, .endsBeforeItBegins: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let category):
      Sentence(
        zh: "这个人没有“\(category.name.zh)”的资格或申请",
        en: "the person has neither an entitlement nor an application “\(category.name.en)”")
    case .alreadyThere(let category):
      Sentence(
        zh: "“\(category.name.zh)”的资格已有，或申请正在办理",
        en: "“\(category.name.en)” holds already or is being applied for")
    case .outOfTurn(let step, let last):
      Sentence(
        zh: "不能直接到“\(step.name.zh)”：目前是“\(last?.name.zh ?? "未申请")”，须按 申请→社区核实→街道批准→公示→生效 逐步办理",
        en:
          "“\(step.name.en)” cannot follow “\(last?.name.en ?? "nothing")”; the steps are submitted, checked, approved, published, active"
      )
    case .fromRoster(let category):
      Sentence(
        zh: "“\(category.name.zh)”来自已批准的花名册，无须再办审批",
        en: "“\(category.name.en)” came with an approved roster and takes no steps")
    case .reasonMissing:
      Sentence(zh: "请说明原因（--note）", en: "say why (--note)")
    case .endsBeforeItBegins(let from, let to):
      Sentence(
        zh: "截止日期 \(to) 早于起始日期 \(from)", en: "the last day \(to) is before the first day \(from)")
    }
  }
}
