import CanteenDomain

/// One thing that the reader or the checker says about a policy document, with its place.
public struct PolicyFinding: Sendable, Hashable, Codable {
  /// How grave it is.
  public enum Severity: String, Word, Sendable, Hashable, Codable, CaseIterable {
    /// The document cannot be used.
    case error
    /// The published text leaves it open (`ASK`); the document cannot be activated.
    case question
    /// It can be used; somebody should look.
    case warning

    public var name: Sentence {
      switch self {
      case .error: Sentence(zh: "错误", en: "error")
      case .question: Sentence(zh: "待明确", en: "open question")
      case .warning: Sentence(zh: "提醒", en: "warning")
      }
    }
  }

  public var severity: Severity
  public var file: String
  /// Counted from 1; 0 if it belongs to no line.
  public var line: Int
  /// Where in the document, such as `stages[0].groups[1].fixed`.
  public var path: String
  public var sentence: Sentence

  public init(severity: Severity, file: String, line: Int, path: String, sentence: Sentence) {
    self.severity = severity
    self.file = file
    self.line = line
    self.path = path
    self.sentence = sentence
  }

  /// `wuhu.yaml 第12行 错误：…`.
  public func text(in language: Language) -> String {
    switch language {
    case .zh: "\(file) 第\(line)行 \(severity.name.zh)：\(sentence.zh)"
    case .en: "\(file) line \(line), \(severity.name.en): \(sentence.en)"
    }
  }
}

/// What reading one document gave: the policy, if it can be understood, and what there is to say.
public struct PolicyReading: Sendable {
  public var name: String
  /// Nil if the document has errors. A policy with open questions is there, and says so itself.
  public var policy: Policy?
  public var findings: [PolicyFinding]
  /// The line of every field of the document, by its path.
  public var lines: [String: Int]

  public init(
    name: String, policy: Policy?, findings: [PolicyFinding], lines: [String: Int] = [:]
  ) {
    self.name = name
    self.policy = policy
    self.findings = findings
    self.lines = lines
  }

  /// Whether the policy may be activated as far as this document alone tells.
  public var isUsable: Bool { policy?.openQuestions.isEmpty ?? false }

  /// The line of a field, or of the nearest thing around it that is written down.
  public func line(of path: String) -> Int {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = String(path[..<cut])
    }
    return lines[""] ?? 1
  }
}
