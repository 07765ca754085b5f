import CanteenDomain
import CanteenFiles

/// Prints what is wrong with rows of a file: one sentence a row, with file, line and column.
enum RowReport {
  /// Some rows were not taken; each was named.
  struct RowsRefused: Refusal, Hashable {
    var count: Int
    /// Whether the good rows of the file were taken all the same.
    var othersWereTaken: Bool
    var kind: RefusalKind { .invalid }
    var sentence: Sentence {
      let sentence = Sentence(
        zh: "有 \(count) 行未导入，原因如上", en: "\(count) rows were not taken; the reasons stand above")
      guard othersWereTaken else { return sentence }
      return Sentence(
        zh: sentence.zh + "；其余各行已处理", en: sentence.en + ". The others are done")
    }
  }

  /// For tables that are taken whole or not at all.
  static func refuseAny<Value>(_ readings: [RowReading<Value>]) throws {
    let faults = readings.flatMap { $0.faults + ($0.duplicate.map { [$0] } ?? []) }
    guard !faults.isEmpty else { return }
    say(faults)
    throw RowsRefused(count: faults.count, othersWereTaken: false)
  }

  static func say(_ faults: [RowFault]) {
    for fault in faults { Failure.say(fault.sentence) }
  }

  static func warn(_ faults: [RowFault]) {
    for fault in faults {
      Failure.say(
        Sentence(zh: "提醒：\(fault.sentence.zh)", en: "note: \(fault.sentence.en)"))
    }
  }

  /// A file's name as sentences about its rows have it.
  static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
