import Foundation

/// Writes the text files below a folder into one Swift file, and refuses those that break the rules
/// of the house: the build fails with a sentence instead of the program at the customer's.
@main
struct EmbedTextTool {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Complaint("usage: EmbedTextTool FOLDER OUTPUT") }
    let folder = URL(fileURLWithPath: arguments[1])
    var complaints: [String] = []
    var entries: [(path: String, text: String)] = []
    for path in try textFiles(below: folder) {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      complaints += faults(in: text, at: path)
      entries.append((path, text))
    }
    complaints += numberingFaults(entries.map(\.path))
    guard complaints.isEmpty else { throw Complaint(complaints.joined(separator: "\n")) }
    try swiftSource(of: entries)
      .write(to: URL(fileURLWithPath: arguments[2]), atomically: true, encoding: .utf8)
  }

  private static let endings: Set = ["sql", "yaml", "json", "html", "css", "js", "svg"]

  /// Paths of text files relative to the folder, links followed, in order.
  static func textFiles(below folder: URL) throws -> [String] {
    let manager = FileManager.default
    var paths: [String] = []
    func visit(_ prefix: String) throws {
      let here = folder.appendingPathComponent(prefix).resolvingSymlinksInPath()
      for name in try manager.contentsOfDirectory(atPath: here.path) {
        let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
        var isFolder: ObjCBool = false
        let full = here.appendingPathComponent(name).resolvingSymlinksInPath().path
        guard manager.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
        if isFolder.boolValue {
          try visit(path)
        } else if endings.contains(full.split(separator: ".").last.map(String.init) ?? "") {
          paths.append(path)
        }
      }
    }
    try visit("")
    return paths.sorted()
  }

  static func faults(in text: String, at path: String) -> [String] {
    var faults: [String] = []
    if text.contains("\t") { faults.append("error: \(path): has a tab; indent with spaces") }
    if text.contains("\r") { faults.append("error: \(path): has a carriage return") }
    if !text.hasSuffix("\n") { faults.append("error: \(path): does not end in a newline") }
    if text.contains("\"####") { faults.append("error: \(path): holds the quoting mark \"####") }
    return faults
  }

  /// Migrations are `NNNN_words.sql`, numbered from 0001 without a gap or a double.
  static func numberingFaults(_ paths: [String]) -> [String] {
    let names = paths.filter { $0.contains("migrations/") }.map {
      $0.split(separator: "/").last.map(String.init) ?? $0
    }
    return names.enumerated().compactMap { index, name in
      let expected = String(repeating: "0", count: 4 - String(index + 1).count) + "\(index + 1)_"
      let words = name.dropFirst(5).dropLast(4)
      guard name.hasPrefix(expected), !words.isEmpty,
        words.allSatisfy({ $0.isLowercase || $0 == "_" })
      else { return "error: \(name): the next migration must be named \(expected)words.sql" }
      return nil
    }
  }

  static func swiftSource(of entries: [(path: String, text: String)]) -> String {
    var source = """
      /// The text files that this target carries, in the order of their paths.
      enum EmbeddedText {
        static let files: [(path: String, text: String)] = [

      """
    for entry in entries {
      source += "    (\"\(entry.path)\", ####\"\"\"\n\(entry.text)\n\"\"\"####),\n"
    }
    return source + "  ]\n}\n"
  }
}

/// What is wrong with the files, one sentence a line.
struct Complaint: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
