import Foundation
import Testing

/// The documentation shows nothing that was not compiled.
@Suite struct DocumentationTests {
  private static let room = URL(filePath: #filePath)
    .deletingLastPathComponent().appending(path: "../../Sources/Postgres").standardizedFileURL

  @Test func `every Swift sample stands word for word among the tests that run it`() throws {
    let compiled = try lines(
      of: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "DocumentedSampleTests.swift"))
    var count = 0
    for (name, page) in try Self.pages() {
      for sample in Self.samples(in: page) {
        count += 1
        let isCompiled = Self.stands(sample, in: compiled)
        #expect(isCompiled, "\(name): \(sample.joined(separator: "\n"))")
      }
    }
    #expect(count >= 20)
  }

  @Test func `every link leads to a page or to something that the room declares`() throws {
    let pages = try Self.pages()
    var sources = ""
    for file in try Self.files(in: Self.room, endingIn: "swift") {
      sources += try String(contentsOf: file, encoding: .utf8)
    }
    for (name, page) in pages {
      let text = Self.prose(of: page)
      for match in text.matches(of: /<doc:([A-Za-z]+)>/) {
        #expect(pages["\(match.1).md"] != nil, "\(name): \(match.0)")
      }
      for match in text.matches(of: /``([^`]+)``/) where match.1 != "Postgres" {
        for part in match.1.split(separator: "/") {
          let word = part.prefix { $0 != "(" }
          let declaration = try Regex("(struct|enum|class|actor|protocol|func|var|case) \(word)\\b")
          let isDeclared = sources.contains(declaration)
          #expect(isDeclared, "\(name): \(match.0)")
        }
      }
    }
  }

  @Test func `each page is reached from the first`() throws {
    let pages = try Self.pages()
    let first = try #require(pages["Postgres.md"]).joined(separator: "\n")
    for name in pages.keys where name != "Postgres.md" {
      #expect(first.contains("<doc:\(name.dropLast(3))>"), "\(name)")
    }
  }

  private static func pages() throws -> [String: [String]] {
    let folder = room.appending(path: "Postgres.docc")
    return try files(in: folder, endingIn: "md").reduce(into: [:]) { pages, file in
      pages[file.lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        .components(separatedBy: "\n")
    }
  }

  private static func files(in folder: URL, endingIn suffix: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == suffix }
  }

  private func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
  }

  /// The blocks between a line "```swift" and the next "```".
  private static func samples(in page: [String]) -> [[String]] {
    var samples: [[String]] = []
    var isInside = false
    for line in page {
      if line == "```swift" {
        isInside = true
        samples.append([])
      } else if line == "```" {
        isInside = false
      } else if isInside {
        samples[samples.count - 1].append(line)
      }
    }
    return samples
  }

  /// The page without its samples.
  private static func prose(of page: [String]) -> String {
    var isInside = false
    return page.filter { line in
      if line.hasPrefix("```") { isInside.toggle() }
      return !isInside && !line.hasPrefix("```")
    }.joined(separator: "\n")
  }

  /// Whether the lines follow each other somewhere, all of them indented alike.
  private static func stands(_ sample: [String], in source: [String]) -> Bool {
    guard let first = sample.first, !first.isEmpty else { return false }
    return source.indices.contains { start in
      guard start + sample.count <= source.count, source[start].hasSuffix(first) else {
        return false
      }
      let indent = source[start].dropLast(first.count)
      guard indent.allSatisfy({ $0 == " " }) else { return false }
      return zip(source[start...], sample).allSatisfy { line, wanted in
        line == (wanted.isEmpty ? "" : indent + wanted)
      }
    }
  }
}
