import ArgumentParser
import CanteenDomain
import CanteenFiles
import Foundation
import Synchronization

/// How a command prints its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
  case csv
}

/// One value of a listing.
enum Cell {
  case text(String)
  /// What has a code of its own and a name in each language: JSON has the code, people read the name.
  case word(String, Sentence)
  /// Several of them.
  case words([(code: String, name: Sentence)])
  /// What is told in words: JSON has both languages, people read theirs.
  case sentence(Sentence)
  case sentences([Sentence])
  case integer(Int)
  case money(Fen)
  case boolean(Bool)
  case list([String])
  /// What each source pays.
  case sources([Statement.SourceTotal])
  case none

  static func word(_ word: some Word) -> Cell { .word(word.rawValue, word.name) }

  /// The group under which a meal was counted, by what its policy calls it; none means full price.
  static func tier(_ code: String, titled title: String?) -> Cell {
    guard !code.isEmpty else {
      return .word("full_price", Sentence(zh: "原价", en: "full price"))
    }
    return .word(code, title.map { Sentence(zh: $0, en: $0) } ?? Category(code).name)
  }

  static func words(_ words: [some Word]) -> Cell { .words(words.map { ($0.rawValue, $0.name) }) }

  var plain: String {
    switch self {
    case .text(let text): text
    case .word(_, let name): name.text(in: .current)
    case .words(let words):
      words.map { $0.name.text(in: .current) }.joined(separator: said("、", ", "))
    case .sentence(let sentence): sentence.text(in: .current)
    case .sentences(let sentences):
      sentences.map { $0.text(in: .current) }.joined(separator: said("、", ", "))
    case .integer(let value): "\(value)"
    case .money(let fen): fen.yuan
    case .boolean(let value): value ? said("是", "yes") : said("否", "no")
    case .list(let values): values.joined(separator: said("、", ", "))
    case .sources(let sums):
      sums.map { "\($0.source.name.text(in: .current)) \($0.fen.yuan)" }
        .joined(separator: said("、", ", "))
    case .none: ""
    }
  }

  var csv: CSVCell {
    switch self {
    case .integer(let value): .integer(value)
    case .money(let fen): .money(fen)
    case .none: .empty
    default: .text(plain)
    }
  }

  /// Money is fen in JSON, and its key says so.
  var json: Any {
    switch self {
    case .text(let text): text
    case .word(let code, _): code
    case .words(let words): words.map(\.code)
    case .sentence(let sentence): sentence.json
    case .sentences(let sentences): sentences.map(\.json)
    case .integer(let value): value
    case .money(let fen): fen.count
    case .boolean(let value): value
    case .list(let values): values
    case .sources(let sums):
      sums.map { ["source": $0.source.rawValue, "fen": $0.fen.count] as [String: Any] }
    case .none: NSNull()
    }
  }
}

extension Sentence {
  /// Both languages, each by its code.
  var json: [String: String] { [Language.zh.rawValue: zh, Language.en.rawValue: en] }
}

/// A column: its key in JSON, and its title for people. A key in `fen` is money, which people read in yuan.
struct ListingColumn {
  var key: String
  var title: String
  var isNumber = false

  init(_ key: String, _ zh: String, _ en: String, number: Bool = false) {
    self.key = key
    let isMoney = key == "fen" || key.hasSuffix("_fen")
    title = isMoney ? said("\(zh)（元）", "\(en) (yuan)") : said(zh, en)
    isNumber = number
  }
}

/// Rows of data as every command prints them: a table, JSON, or CSV.
struct Listing {
  var columns: [ListingColumn]
  var rows: [[Cell]] = []

  init(_ columns: [ListingColumn]) { self.columns = columns }

  mutating func append(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells)
  }

  /// - Parameter days: the first and the last day that were looked through, told where nothing was found.
  func print(_ format: OutputFormat, _ days: (from: Day, to: Day)? = nil) throws {
    switch format {
    case .text:
      Swift.print(text, terminator: "")
      if rows.isEmpty {
        Swift.print(said("（\(span(days, " 至 ", " "))没有）", "(\(span(days, " to ", ": "))none)"))
      }
    case .json: try printJSON(objects)
    case .csv:
      let bytes = CSVWriter.bytes(
        header: columns.map(\.title), rows: rows.map { $0.map(\.csv) })
      fflush(nil)
      FileHandle.standardOutput.write(Data(bytes))
    }
  }

  private func span(_ days: (from: Day, to: Day)?, _ to: String, _ end: String) -> String {
    guard let (first, last) = days else { return "" }
    return (first == last ? "\(first)" : "\(first)\(to)\(last)") + end
  }

  /// For the summary of one act: named values under each other, or one JSON object.
  func printSummary(_ format: OutputFormat) throws {
    guard let row = rows.first else { return }
    switch format {
    case .text:
      let width = columns.map { TextTable.width(of: $0.title) }.max() ?? 0
      for (column, cell) in zip(columns, row) {
        let padding = String(repeating: " ", count: width - TextTable.width(of: column.title))
        Swift.print("\(column.title)\(padding)  \(cell.plain)")
      }
    case .json: try printJSON(object(row))
    case .csv: try print(.csv)
    }
  }

  var text: String {
    var table = TextTable(
      header: columns.map(\.title), alignments: columns.map { $0.isNumber ? .right : .left })
    for row in rows { table.append(row.map(\.plain)) }
    return table.text()
  }

  /// The rows as JSON has them.
  var objects: [[String: Any]] { rows.map(object) }

  private func object(_ row: [Cell]) -> [String: Any] {
    Dictionary(zip(columns.map(\.key), row.map(\.json)), uniquingKeysWith: { first, _ in first })
  }
}

/// What an act came to: one sentence for people, the same named one by one as data.
enum Outcome {
  static func print(
    _ format: OutputFormat, _ sentence: @autoclosure () -> String,
    _ values: [(ListingColumn, Cell)]
  ) throws {
    guard format != .text else { return Swift.print(sentence()) }
    var listing = Listing(values.map(\.0))
    listing.append(values.map(\.1))
    try listing.printSummary(format)
  }
}

/// A value as JSON with sorted keys.
func jsonBytes(_ value: Any) throws -> [UInt8] {
  [UInt8](
    try JSONSerialization.data(
      withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]))
}

/// Prints a value as JSON with sorted keys.
func printJSON(_ value: Any) throws {
  print(String(decoding: try jsonBytes(value), as: UTF8.self))
}

/// A line on standard error that shows how far a long task has come, at most once a second.
final class ProgressLine: Sendable {
  private let label: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let last = Mutex(Date.distantPast)

  init(_ zh: String, _ en: String) { label = said(zh, en) }

  func report(_ done: Int, of total: Int) {
    let now = Date()
    let isDue = last.withLock { last -> Bool in
      guard now.timeIntervalSince(last) >= (isTerminal ? 0.1 : 1) || done == total else {
        return false
      }
      last = now
      return true
    }
    guard isDue else { return }
    let text = "\(label) \(done)/\(total)"
    let line = isTerminal ? "\r\(text)\(done == total ? "\n" : "")" : text + "\n"
    FileHandle.standardError.write(Data(line.utf8))
  }
}
