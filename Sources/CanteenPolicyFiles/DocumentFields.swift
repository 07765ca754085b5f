import CanteenDomain
import Yams

/// One mapping of a document, read field by field; what nobody asked for is an error at the end.
final class Fields {
  let reader: DocumentReader
  let path: String
  let line: Int
  private let entries: [(key: String, written: String, node: Node)]
  private var asked: Set<String> = []

  init(_ reader: DocumentReader, _ mapping: Node.Mapping, path: String, line: Int) {
    self.reader = reader
    self.path = path
    self.line = line
    var entries: [(key: String, written: String, node: Node)] = []
    for (key, value) in mapping {
      let written = key.scalar?.string ?? ""
      let name = PolicyWords.key(written)
      if entries.contains(where: { $0.key == name }) {
        reader.error(
          path, key.line, zh: "“\(written)”写了两次", en: "\(written) is written twice")
        continue
      }
      entries.append((name, written, value))
      reader.place(Fields.join(path, name), at: key.line)
    }
    self.entries = entries
    reader.place(path, at: line)
  }

  private static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  func path(of key: String) -> String { Fields.join(path, key) }
  func line(of key: String) -> Int { reader.lines[path(of: key)] ?? line }

  /// The node of a field; from now on the field counts as understood.
  func node(_ key: String) -> Node? {
    asked.insert(key)
    return entries.first { $0.key == key }?.node
  }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  func error(_ key: String, zh: String, en: String) {
    reader.error(path(of: key), line(of: key), zh: zh, en: en)
  }

  func require(_ key: String, zh: String, en: String) {
    guard !has(key) else { return }
    reader.error(path, line, zh: "缺少“\(key)”：\(zh)", en: "\(key) is missing: \(en)")
  }

  /// Says of every field that nobody asked for that the format does not have it.
  func finish() {
    for entry in entries where !asked.contains(entry.key) {
      let near = PolicyWords.nearest(to: entry.key, among: asked)
      error(
        entry.key,
        zh: "没有“\(entry.written)”这个字段" + (near.map { "，是否想写“\($0)”？" } ?? "；此处可写：\(listed)"),
        en: "there is no field \(entry.written) here"
          + (near.map { "; did you mean \($0)?" } ?? "; there are: \(listed)"))
    }
  }

  private var listed: String { asked.sorted().joined(separator: ", ") }

  // MARK: - Scalars

  /// The text of a scalar field; nil if it is missing, open (ASK), empty or no scalar.
  func text(_ key: String) -> String? {
    guard let node = node(key) else { return nil }
    return text(node, path(of: key))
  }

  private func text(_ node: Node, _ path: String) -> String? {
    guard let scalar = node.scalar else {
      reader.error(
        path, node.line, zh: "此处应是一个值，不是列表或子项", en: "one value is expected here")
      return nil
    }
    if let question = PolicyWords.openQuestion(scalar.string) {
      reader.ask(path, node.line, question)
      return nil
    }
    let text = scalar.string.trimmedSpaces()
    if text.isEmpty {
      reader.error(path, node.line, zh: "没有填写内容", en: "has no value")
      return nil
    }
    return text
  }

  /// A scalar field of some type; a text that does not fit is an error that says what to write.
  func value<T>(_ key: String, _ form: Form<T>) -> T? {
    guard let node = node(key) else { return nil }
    return value(node, path(of: key), form)
  }

  /// A field that is one scalar or a list of them.
  func values<T>(_ key: String, _ form: Form<T>) -> [T] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let sequence) = node else {
      return value(node, path(of: key), form).map { [$0] } ?? []
    }
    return sequence.enumerated().compactMap { value($1, "\(path(of: key))[\($0)]", form) }
  }

  func value<T>(_ node: Node, _ path: String, _ form: Form<T>) -> T? {
    reader.place(path, at: node.line)
    guard let text = text(node, path) else { return nil }
    if let value = form.read(text, reader) { return value }
    reader.error(
      path, node.line, zh: "“\(text)”看不懂：\(form.hint.zh)",
      en: "\(text) is not understood: \(form.hint.en)")
    return nil
  }

  // MARK: - Nested mappings

  /// A field that is a mapping; open (ASK) counts as missing.
  func map(_ key: String) -> Fields? {
    guard let node = node(key) else { return nil }
    return map(node, path(of: key))
  }

  /// A field that is a list of mappings, or a single one.
  func maps(_ key: String) -> [Fields] {
    guard let node = node(key) else { return [] }
    guard case .sequence(let sequence) = node else {
      return map(node, path(of: key)).map { [$0] } ?? []
    }
    return sequence.enumerated().compactMap { map($1, "\(path(of: key))[\($0)]") }
  }

  func map(_ node: Node, _ path: String) -> Fields? {
    if case .mapping(let mapping) = node {
      return Fields(reader, mapping, path: path, line: node.line)
    }
    if let scalar = node.scalar, let question = PolicyWords.openQuestion(scalar.string) {
      reader.ask(path, node.line, question)
      return nil
    }
    reader.error(
      path, node.line, zh: "此处应分项写明，如“字段: 内容”", en: "fields are expected here, such as key: value")
    return nil
  }

  /// The keys and nodes of a mapping whose keys are the author's own words.
  var ownWords: [(key: String, node: Node)] {
    entries.map {
      asked.insert($0.key)
      return ($0.written, $0.node)
    }
  }
}
