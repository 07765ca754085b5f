import Foundation
import Testing

/// A page of HTML as Chromium prints it, read by poppler.
enum Paper {
  /// One printed page: its size in points, what stands on it, and how far to the sides.
  struct Page {
    var width: Double
    var height: Double
    var left: Double
    var right: Double
    var words: [String]

    /// All words on end: a cell's text may be broken over lines.
    var text: String { words.joined() }
  }

  /// Prints a file and gives the PDF's path.
  static func print(_ path: String) throws -> String {
    let pdf = path + ".pdf"
    try run(
      "/usr/bin/chromium",
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(path).profile", "--no-pdf-header-footer", "--print-to-pdf=\(pdf)",
        "file://\(path)",
      ])
    return pdf
  }

  static func pages(_ pdf: String) throws -> [Page] {
    let list = pdf + ".bbox"
    try run("/usr/bin/pdftotext", ["-bbox", pdf, list])
    let text = try String(contentsOfFile: list, encoding: .utf8)
    return text.components(separatedBy: "<page ").dropFirst().map { part in
      let words = part.matches(
        of: /<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)<\/word>/)
      return Page(
        width: number(part, "width"), height: number(part, "height"),
        left: words.compactMap { Double($0.1) }.min() ?? 0,
        right: words.compactMap { Double($0.2) }.max() ?? 0, words: words.map { String($0.3) })
    }
  }

  private static func number(_ text: String, _ name: String) -> Double {
    text.components(separatedBy: "\(name)=\"").dropFirst().first
      .flatMap { Double($0.prefix { $0 != "\"" }) } ?? 0
  }

  /// Keeps pictures of the pages in .build/screenshots.
  static func picture(_ pdf: String, _ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".build/screenshots")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try run(
      "/usr/bin/pdftoppm",
      ["-png", "-r", "80", "-l", "6", pdf, folder.appendingPathComponent(name).path])
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program)")
  }
}
