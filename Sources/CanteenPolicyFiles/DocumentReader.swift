import CanteenDomain
import Yams

/// The state of reading one document: what was found wrong, what is open, and where things stand.
final class DocumentReader {
  let file: String
  private(set) var findings: [PolicyFinding] = []
  private(set) var questions: [OpenQuestion] = []
  private(set) var lines: [String: Int] = [:]
  /// Names of regions that the document defines for itself.
  var places: [String: Region.Code] = [:]

  init(file: String) { self.file = file }

  func place(_ path: String, at line: Int) { lines[path] = line }

  func error(_ path: String, _ line: Int, zh: String, en: String) {
    findings.append(
      PolicyFinding(
        severity: .error, file: file, line: line, path: path, sentence: Sentence(zh: zh, en: en)))
  }

  /// Writes down that the text is open here; it is no error, but it keeps the policy from being used.
  func ask(_ path: String, _ line: Int, _ question: String) {
    questions.append(OpenQuestion(path: path, line: line, question: question))
    let words = question.isEmpty ? "" : "：\(question)"
    findings.append(
      PolicyFinding(
        severity: .question, file: file, line: line, path: path,
        sentence: Sentence(
          zh: "“\(path)”原文未写明\(words)。请向发文单位问清后填写，填写前不能启用",
          en: "the published text leaves \(path) open; ask the authority, then fill it in")))
  }

  /// The top of the document; nil (and a finding) if it is no mapping or not YAML at all.
  func top(of text: String) -> Fields? {
    do {
      guard let node = try compose(yaml: text) else {
        error("", 1, zh: "文件是空的", en: "the file is empty")
        return nil
      }
      guard case .mapping(let mapping) = node else {
        error(
          "", 1, zh: "文件应由“字段: 内容”组成，如 policy: wuhu",
          en: "the file must consist of fields, such as policy: wuhu")
        return nil
      }
      return Fields(self, mapping, path: "", line: 1)
    } catch {
      report(error)
      return nil
    }
  }

  private func report(_ fault: any Error) {
    switch fault {
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      error(
        "", mark.line, zh: "第\(mark.column)列附近写法有误（常见原因：缩进不齐、冒号后没有空格、引号没有配对）：\(problem)",
        en: "near column \(mark.column): \(problem)")
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      error(
        "", context.mark.line, zh: "同一处有字段写了两次：\(duplicates)", en: "written twice: \(duplicates)")
    default:
      error("", 1, zh: "文件无法读取：\(fault)", en: "cannot be read: \(fault)")
    }
  }
}

extension Node {
  var line: Int { mark?.line ?? 0 }
}
