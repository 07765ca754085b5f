import CanteenDomain
import CanteenFiles
import Foundation

/// Prints what is wrong with rows of a file: one sentence a row, with file, line and column.
enum RowReport {
  /// Some rows are faulty; each was named.
  struct RowsRefused: Refusal, Hashable {
    /// What became of the other rows.
    enum Others { case taken, left, previewed }

    var count: Int
    var others: Others

    var kind: RefusalKind { .invalid }
    var sentence: Sentence {
      switch others {
      case .taken:
        Sentence(
          zh: "有 \(count) 行未导入，原因如上；其余各行已处理",
          en: "\(count) rows were not taken; the reasons stand above. The others are done")
      case .left:
        Sentence(
          zh: "有 \(count) 行有误，原因如上；整张表未导入，请改好后重新导入",
          en:
            "\(count) rows are faulty; the reasons stand above. Nothing of the table was taken: mend it"
            + " and import it again")
      case .previewed:
        Sentence(
          zh: "有 \(count) 行有误，原因如上",
          en: "\(count) rows are faulty; the reasons stand above")
      }
    }
  }

  /// For tables that are taken whole or not at all.
  static func refuseAny<Value>(_ readings: [RowReading<Value>]) throws {
    let faults = readings.flatMap { $0.faults + ($0.duplicate.map { [$0] } ?? []) }
    guard !faults.isEmpty else { return }
    say(faults)
    throw RowsRefused(count: rows(faults), others: .left)
  }

  /// How many rows are faulty; one with several faults is one.
  static func rows(_ faults: [RowFault]) -> Int { Set(faults.map(\.address.line)).count }

  static func say(_ faults: [RowFault]) {
    for fault in faults { Failure.say(fault.sentence) }
  }

  static func warn(_ faults: [RowFault]) {
    for fault in faults {
      Failure.say(
        Sentence(zh: "提醒：\(fault.sentence.zh)", en: "note: \(fault.sentence.en)"))
    }
  }

  /// What became of a row of which something is said.
  enum Fate: String {
    case refused
    /// For a person to judge.
    case kept
    case duplicate
    /// It was taken, and should be looked at.
    case warning

    /// The word for a remark that has none of its own.
    fileprivate var code: String {
      switch self {
      // What is kept always has a word of its own.
      case .refused, .kept: "cell_invalid"
      case .duplicate: "row_repeated"
      case .warning: "cell_doubtful"
      }
    }
  }

  /// Remarks as JSON has them: where the row stands, what became of it, and why.
  static func objects(
    _ faults: [RowFault], _ fate: Fate, of table: Table
  ) -> [[String: Any]] {
    let sheet: Any = table.sheet.map { $0 as Any } ?? NSNull()
    return faults.map { fault -> [String: Any] in
      let column: Any = fault.address.column.map { $0 as Any } ?? NSNull()
      let sentence = fault.cellSentence
      return [
        "sheet": sheet, "line": fault.address.line, "column": column, "fate": fate.rawValue,
        "code": fault.code ?? fate.code, "sentence": sentence.json,
      ]
    }
  }

  /// Prints what an import came to: its counts, and as JSON what is said of single rows beside them.
  static func print(
    _ counts: Listing, _ format: OutputFormat, remarks: [[String: Any]],
    and more: [String: Any] = [:]
  ) throws {
    guard format == .json, let object = counts.objects.first else {
      return try counts.printSummary(format)
    }
    let told = more.merging(["remarks": remarks]) { first, _ in first }
    try printJSON(object.merging(told) { first, _ in first })
  }

  /// A file's name as sentences about its rows have it.
  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
