/// 异常: something that a reconciliation check found and a person should look at.
public struct Finding: Sendable, Hashable, Codable {
  /// How much a finding weighs.
  public enum Severity: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// A statement cannot be closed over it unless it is explained.
    case blocking
    case warning
    case notice

    public var name: Sentence {
      switch self {
      case .blocking: Sentence(zh: "须说明", en: "blocking")
      case .warning: Sentence(zh: "提醒", en: "warning")
      case .notice: Sentence(zh: "告知", en: "notice")
      }
    }
  }

  /// What a person said or did about a finding.
  public enum Step: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case explained
    case accepted
    case disallowed
    case recovered

    public var name: Sentence {
      switch self {
      case .explained: Sentence(zh: "已说明", en: "explained")
      case .accepted: Sentence(zh: "已认可", en: "accepted")
      case .disallowed: Sentence(zh: "已核减", en: "disallowed")
      case .recovered: Sentence(zh: "已追回", en: "recovered")
      }
    }

    /// An explanation comes first and may be mended until somebody decides; only what was disallowed
    /// is recovered.
    public func mayFollow(_ step: Step?) -> Bool {
      switch self {
      case .explained: step == nil || step == .explained
      case .accepted, .disallowed: step == .explained
      case .recovered: step == .disallowed
      }
    }
  }

  /// 原因: what most explanations come down to.
  public enum Reason: String, Word, Sendable, Hashable, Codable, CaseIterable {
    case dataEntry = "data_entry"
    case lateSync = "late_sync"
    case visitingGroup = "visiting_group"
    case registeredProxy = "registered_proxy"
    case countingError = "counting_error"
    case registerOutdated = "register_outdated"
    case policyChanged = "policy_changed"
    case misuse
    case other

    public var name: Sentence {
      switch self {
      case .dataEntry: Sentence(zh: "录入错误", en: "data entry")
      case .lateSync: Sentence(zh: "断网补传", en: "sent late")
      case .visitingGroup: Sentence(zh: "团体来访", en: "visiting group")
      case .registeredProxy: Sentence(zh: "登记的代领", en: "registered proxy")
      case .countingError: Sentence(zh: "清点错误", en: "counting error")
      case .registerOutdated: Sentence(zh: "登记未及时更新", en: "register out of date")
      case .policyChanged: Sentence(zh: "政策变更", en: "policy changed")
      case .misuse: Sentence(zh: "冒用、套取", en: "misuse")
      case .other: Sentence(zh: "其他", en: "other")
      }
    }
  }

  /// `R13`; with canteen, day and subject it is the finding's identity.
  public var check: String
  public var title: Sentence
  public var severity: Severity
  public var canteen: Canteen.Code
  public var day: Day
  /// What it is about, such as a check-in's key.
  public var subject: String
  public var sentence: Sentence
  /// What a person said about it; nil while it is open.
  public var explanation: String?
  /// Why another one decided as he did; nil while nobody did.
  public var decision: String?
  /// Where it stands; nil while it is open.
  public var step: Step?

  /// Both in one cell: the explanation, and why it was decided so.
  public var account: String? {
    let said = [explanation, decision].compactMap { $0 }
    return said.isEmpty ? nil : said.joined(separator: "；")
  }

  /// Whether no statement can be closed over it as it stands.
  public var awaitsExplanation: Bool { severity == .blocking && explanation == nil }

  public init(
    check: String, title: Sentence, severity: Severity, canteen: Canteen.Code, day: Day,
    subject: String, sentence: Sentence, explanation: String? = nil,
    decision: String? = nil, step: Step? = nil
  ) {
    self.check = check
    self.title = title
    self.severity = severity
    self.canteen = canteen
    self.day = day
    self.subject = subject
    self.sentence = sentence
    self.explanation = explanation
    self.decision = decision
    self.step = step
  }
}

/// Why a finding is not explained.
public enum FindingRefusal: Refusal, Hashable {
  case unknown(check: String, subject: String?)
  /// No subject was named, and the check found several that day.
  case several([String])
  case explanationMissing
  case outOfOrder(Finding.Step, after: Finding.Step?)
  /// Who explained a finding does not decide on it.
  case sameHands(String)
  case unknownCheck(String)
  case unknownParameter(String, known: [String])
  /// The policies in force say it, so that nobody can say otherwise here.
  case givenByPolicies(check: String, parameter: String)
  case badValue(String, parameter: String, form: Sentence)

  public var kind: RefusalKind {
    switch self {
    case .unknown, .unknownCheck: .notFound
    case .several, .explanationMissing, .unknownParameter, .badValue: .invalid
    case .givenByPolicies, .sameHands: .notAllowed
    case .outOfOrder: .conflict
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let check, let subject?):
      Sentence(zh: "没有异常 \(check) \(subject)", en: "there is no finding \(check) \(subject)")
    case .unknown(let check, nil):
      Sentence(zh: "该日没有异常 \(check)", en: "there is no finding \(check) of that day")
    case .several(let subjects):
      Sentence(
        zh: "该日这项检查有 \(subjects.count) 条异常，请写明对象："
          + subjects.map { "“\(Finding.name(ofSubject: $0).zh)”" }.joined(separator: "、"),
        en: "the check found \(subjects.count) that day; name the subject: "
          + subjects.map { "\"\($0)\"" }.joined(separator: ", "))
    case .explanationMissing:
      Sentence(zh: "请写明原因", en: "say what the reason is")
    case .outOfOrder(let step, let before):
      Sentence(
        zh: before == step
          ? "该异常已经是“\(step.name.zh)”"
          : "该异常\(before?.name.zh ?? "尚未说明")，不能改为\(step.name.zh)",
        en: "the finding is \(before?.name.en ?? "open"); it cannot become \(step.name.en)")
    case .sameHands(let name):
      Sentence(
        zh: "\(name) 说明了这条异常，须由另一人处理",
        en: "\(name) explained it; somebody else decides on it")
    case .unknownCheck(let check):
      Sentence(zh: "没有检查 \(check)", en: "there is no check \(check)")
    case .unknownParameter(let name, let known):
      Sentence(
        zh: "没有参数 \(name)；有：\(known.joined(separator: "、"))",
        en: "there is no parameter \(name); there are: \(known.joined(separator: ", "))")
    case .givenByPolicies(let check, let parameter):
      Sentence(
        zh: "\(check) 的 \(parameter) 取自现行政策，请修改政策",
        en: "\(parameter) of \(check) is taken from the policies in force; change the policy")
    case .badValue(let value, let parameter, let form):
      Sentence(
        zh: "\(parameter) 不能是“\(value)”，应为\(form.zh)",
        en: "\(parameter) cannot be \"\(value)\"; it is \(form.en)")
    }
  }
}

/// Why no day is looked at.
public enum ReconciliationRefusal: Refusal, Hashable {
  case notCome(Day)
  /// The first day lies after the last one.
  case reversed(Day, Day)

  public var kind: RefusalKind {
    switch self {
    case .notCome: .notAllowed
    case .reversed: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .notCome(let day):
      Sentence(
        zh: "\(day) 尚未到来，不能核对", en: "\(day) has not come yet and cannot be reconciled")
    case .reversed(let first, let last):
      Sentence(zh: "起日 \(first) 晚于止日 \(last)", en: "\(first) comes after \(last)")
    }
  }
}
