import CanteenDomain
import Yams

extension StatementForm {
  /// The forms that the product carries. A statement remembers the one that it was closed with, so a
  /// form that was released is never changed; a better one gets another version.
  public static let builtIn: [StatementForm] = EmbeddedText.files.compactMap { file in
    try? StatementForm(document: file.text, file: file.path)
  }

  /// The documents of the built-in forms by their ids, to write one's own from.
  public static let documents: [String: String] = Dictionary(
    EmbeddedText.files.compactMap { file in
      (try? StatementForm(document: file.text, file: file.path)).map { ($0.id, file.text) }
    }, uniquingKeysWith: { first, _ in first })

  /// What statements are closed with until an office adds a form of its own.
  public static let standardID = "standard 1"

  /// Reads a form as an office writes it, in YAML.
  /// - Throws: `FormRefusal`, with the line.
  public init(document: String, file: String) throws(FormRefusal) {
    let node: Node?
    do {
      node = try compose(yaml: document)
    } catch {
      throw FormRefusal(file: file, line: 1, zh: "不是有效的 YAML：\(error)", en: "no YAML: \(error)")
    }
    guard case .mapping(let top)? = node else {
      throw FormRefusal(
        file: file, line: 1, zh: "应由“字段: 内容”组成，如 form: 某某区表样", en: "consists of fields")
    }
    let reader = FormReader(file: file)
    try reader.check(
      top,
      [
        "form", "version", "masking", "profiles", "signatures", "cover", "summary", "details",
        "findings",
      ])
    name = try reader.text(top, "form")
    version = try reader.text(top, "version")
    profiles = try reader.profiles(top)
    masking = try reader.text(top, "masking", orElse: "masked")
    guard profiles[masking] != nil else {
      throw reader.refusal(
        top["masking"], "没有脱敏口径 \(masking)；有：\(profiles.keys.sorted().joined(separator: "、"))",
        "there is no masking \(masking)")
    }
    guard profiles[masking]?.isFull == false else {
      throw reader.refusal(
        top["masking"], "默认口径不能是完整号码", "full numbers cannot be the default")
    }
    signatures = try reader.texts(top, "signatures")
    cover = try reader.table(top, "cover", list: "rows")
    summary = try reader.table(top, "summary", list: "columns")
    details = try reader.table(top, "details", list: "columns")
    findings = try reader.table(top, "findings", list: "columns")
    try reader.checkMoney(cover.columns, top["cover"])
    try reader.checkMoney(summary.columns, top["summary"])
    try reader.checkMoney(details.columns, top["details"])
  }
}

/// What is wrong with a form's document, and where.
public struct FormRefusal: Refusal, Hashable {
  public var file: String
  public var line: Int
  public var words: Sentence

  init(file: String, line: Int, zh: String, en: String) {
    self.file = file
    self.line = line
    words = Sentence(zh: zh, en: en)
  }

  public var kind: RefusalKind { .invalid }
  public var sentence: Sentence {
    Sentence(
      zh: "\(file) 第 \(line) 行：\(words.zh)", en: "\(file), line \(line): \(words.en)")
  }
}

/// Reads the parts of a form's document.
private struct FormReader {
  let file: String

  func refusal(_ node: Node?, _ zh: String, _ en: String) -> FormRefusal {
    FormRefusal(file: file, line: node?.mark?.line ?? 1, zh: zh, en: en)
  }

  func check(_ mapping: Node.Mapping, _ known: Set<String>) throws(FormRefusal) {
    for (key, _) in mapping where !known.contains(key.string ?? "") {
      let names = known.sorted()
      throw refusal(
        key, "没有“\(key.string ?? "")”；有：\(names.joined(separator: "、"))",
        "there is no \(key.string ?? ""); there are: \(names.joined(separator: ", "))")
    }
  }

  func text(
    _ mapping: Node.Mapping, _ key: String, orElse other: String? = nil
  ) throws(FormRefusal) -> String {
    guard let node = mapping[key] else {
      if let other { return other }
      throw refusal(nil, "缺少 \(key)", "\(key) is missing")
    }
    // Semicolons and line breaks would break the line by which a file is checked.
    guard let text = node.scalar?.string, !text.isEmpty, text.unicodeScalars.count <= 60,
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "；" })
    else {
      throw refusal(
        node, "\(key) 应为一行文字，不超过 60 个字，不含分号", "\(key) is a line of at most 60 characters")
    }
    return text
  }

  func texts(_ mapping: Node.Mapping, _ key: String) throws(FormRefusal) -> [String] {
    guard let node = mapping[key] else { return [] }
    guard let items = node.sequence else {
      throw refusal(node, "\(key) 应为列表", "\(key) is a list")
    }
    return items.compactMap(\.string)
  }

  /// The three that every form has, and those of its own.
  func profiles(_ top: Node.Mapping) throws(FormRefusal) -> [String: MaskingProfile] {
    var profiles: [String: MaskingProfile] = [
      "masked": MaskingProfile(name: .masked, idNumber: .lastFour),
      "public": MaskingProfile(name: .masked, idNumber: .hidden),
      "full": MaskingProfile(name: .full, idNumber: .full),
    ]
    guard let node = top["profiles"] else { return profiles }
    guard case .mapping(let own) = node else {
      throw refusal(node, "profiles 应由名称和口径组成", "profiles consists of names and maskings")
    }
    for (key, value) in own {
      guard case .mapping(let parts) = value else {
        throw refusal(value, "写法如 {name: masked, id_number: last_two}", "is written {name: masked}")
      }
      try check(parts, ["name", "id_number"])
      profiles[try profileName(key)] = MaskingProfile(
        name: try code(parts, "name"), idNumber: try code(parts, "id_number"))
    }
    return profiles
  }

  private func profileName(_ key: Node) throws(FormRefusal) -> String {
    guard let name = key.string, !name.isEmpty, !name.contains("；"), name.count <= 20 else {
      throw refusal(key, "口径名称不超过 20 个字", "a masking's name has at most 20 characters")
    }
    return name
  }

  private func code<Code: RawRepresentable<String> & CaseIterable>(
    _ mapping: Node.Mapping, _ key: String
  ) throws(FormRefusal) -> Code {
    let word = try text(mapping, key)
    guard let code = Code(rawValue: word) else {
      let known = Code.allCases.map(\.rawValue).joined(separator: "、")
      throw refusal(mapping[key], "\(key) 应为 \(known)", "\(key) is one of \(known)")
    }
    return code
  }

  func table<Field: FormField>(
    _ top: Node.Mapping, _ key: String, list: String
  ) throws(FormRefusal) -> StatementForm.Table<Field> {
    guard case .mapping(let parts)? = top[key] else {
      throw refusal(top[key], "缺少 \(key)（title 和 \(list)）", "\(key) is missing")
    }
    try check(parts, ["title", list])
    guard let items = parts[list]?.sequence, !items.isEmpty else {
      throw refusal(top[key], "\(key) 缺少 \(list)", "\(key) lacks \(list)")
    }
    var columns: [StatementForm.Column<Field>] = []
    for item in items { columns.append(try column(item)) }
    let twice = Dictionary(grouping: columns, by: \.content).first {
      $0.key != .blank && $0.value.count > 1
    }
    if let twice {
      throw refusal(
        top[key], "\(key) 里“\(twice.value[1].title)”与“\(twice.value[0].title)”内容相同",
        "\(key) has the same column twice")
    }
    return StatementForm.Table(title: try text(parts, "title"), columns: columns)
  }

  private func column<Field: FormField>(
    _ node: Node
  ) throws(FormRefusal) -> StatementForm.Column<Field> {
    guard case .mapping(let parts) = node else {
      throw refusal(node, "写法如 {title: 姓名, field: name}", "is written {title: 姓名, field: name}")
    }
    try check(parts, ["title", "field", "width"])
    let content: FormContent<Field> = try content(parts)
    var width: Int?
    if let node = parts["width"] {
      guard let value = node.int, (2...120).contains(value) else {
        throw refusal(node, "width 应为 2 到 120", "width is 2 to 120")
      }
      width = value
    }
    let title: String
    switch content {
    case .sources: title = try text(parts, "title", orElse: "")
    case .source(let source): title = try text(parts, "title", orElse: source.name.zh)
    case .field, .blank: title = try text(parts, "title")
    }
    return StatementForm.Column(title: title, content: content, width: width)
  }

  private func content<Field: FormField>(
    _ parts: Node.Mapping
  ) throws(FormRefusal) -> FormContent<Field> {
    guard parts["field"] != nil else { return .blank }
    let word = try text(parts, "field")
    if word == "sources" { return .sources }
    if word.hasPrefix("source.") { return .source(FundingSource(String(word.dropFirst(7)))) }
    guard let field = Field(rawValue: word) else {
      let known = (Field.allCases.map(\.rawValue) + ["sources", "source.city"])
      throw refusal(
        parts["field"], "没有栏目 \(word)；有：\(known.joined(separator: "、"))",
        "there is no field \(word); there are: \(known.joined(separator: ", "))")
    }
    return .field(field)
  }

  /// A table that shows money shows every source: else its columns would not add up to the claim.
  func checkMoney<Field: FormField>(
    _ columns: [StatementForm.Column<Field>], _ node: Node?
  ) throws(FormRefusal) {
    guard columns.contains(where: { $0.content == .sources }) else {
      throw refusal(
        node, "须有 field: sources，否则有的资金来源不会列出", "needs field: sources, so that none is left out")
    }
  }
}
