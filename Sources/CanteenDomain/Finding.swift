/// 异常: something that a reconciliation check found and a person should look at.
public struct Finding: Sendable, Hashable, Codable {
  /// How much a finding weighs.
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
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

  /// `R13`; with canteen, day and subject it is the finding's identity.
  public var check: String
  public var title: Sentence
  public var severity: Severity
  public var canteen: Canteen.Code
  public var day: Day
  /// What it is about, such as a check-in's key.
  public var subject: String
  public var sentence: Sentence
  /// What a person said about it last; nil while it is open.
  public var explanation: String?

  public init(
    check: String, title: Sentence, severity: Severity, canteen: Canteen.Code, day: Day,
    subject: String, sentence: Sentence, explanation: String? = nil
  ) {
    self.check = check
    self.title = title
    self.severity = severity
    self.canteen = canteen
    self.day = day
    self.subject = subject
    self.sentence = sentence
    self.explanation = explanation
  }
}

/// Why a finding is not explained.
public enum FindingRefusal: Refusal, Hashable {
  case unknown(check: String, subject: String)
  case explanationMissing

  public var kind: RefusalKind {
    switch self {
    case .unknown: .notFound
    case .explanationMissing: .invalid
    }
  }

  public var sentence: Sentence {
    switch self {
    case .unknown(let check, let subject):
      Sentence(zh: "没有异常 \(check) \(subject)", en: "there is no finding \(check) \(subject)")
    case .explanationMissing:
      Sentence(zh: "请写明原因", en: "say what the reason is")
    }
  }
}
