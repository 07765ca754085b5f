import CanteenDomain
import CanteenFiles
import Foundation
import Testing

@Suite("A messy roster of an office")
struct XingfuRosterTests {
  private let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data").path

  private func read() throws -> (table: Table, readings: [RowReading<RosterRow>]) {
    let table = try Table(
      contentsOf: "\(folder)/xingfu-roster.xlsx", columns: RosterRow.columns)
    return (table, RosterRow.read(table, asOf: try #require(Day(2026, 11, 24))))
  }

  @Test("Every row has the fate that the key gives it")
  func fates() throws {
    let key = try Table(
      contentsOf: "\(folder)/xingfu-roster.key.csv",
      columns: [Column("序号", required: true), Column("kind"), Column("fate", required: true)])

    let (table, readings) = try read()

    let found = zip(table.rows, readings).map { row, reading in
      let fate =
        reading.duplicate != nil
        ? "duplicate"
        : reading.value == nil
          ? "reject" : reading.warnings.isEmpty ? "accept" : "accept_with_warning"
      return "\(row["序号"]) \(fate)"
    }
    #expect(found == key.rows.map { "\($0["序号"]) \($0["fate"])" })
    #expect(found.count == 428)
  }

  @Test("The mapping names every column, and the footer is known for what it is")
  func mapping() throws {
    let (table, _) = try read()

    #expect(table.mapping.taken.count == 16)
    #expect(table.mapping.warnings.isEmpty)
    #expect(table.sheet == "花名册" && table.encoding == nil && table.headerLine == 2)
    #expect(table.title.contains("花名册"))
    #expect(table.skipped.map(\.line) == [432])
  }

  @Test("No sentence about a row repeats a number")
  func discreet() throws {
    let (table, readings) = try read()

    for (row, reading) in zip(table.rows, readings) {
      let number = row["身份证号"].filter { !$0.isWhitespace }
      guard number.count > 8 else { continue }
      for fault in reading.faults + reading.warnings {
        #expect(!fault.sentence.zh.contains(number) && !fault.sentence.en.contains(number))
      }
    }
  }

  @Test("Rejected rows come back in the same shape with the reason, as workbook and as CSV")
  func rejected() throws {
    let (table, readings) = try read()
    let rejected = RejectedRows(table, readings)
    let path = NSTemporaryDirectory() + "canteen-rejected-\(UUID().uuidString).xlsx"
    let textPath = path + ".csv"
    defer { for path in [path, textPath] { try? FileManager.default.removeItem(atPath: path) } }

    for path in [path, textPath] {
      try rejected.file.write(to: path, createdAt: Instant(seconds: 1_800_000_000))
    }
    let (workbook, text) = try (
      Table(contentsOf: path, columns: RosterRow.columns),
      Table(contentsOf: textPath, columns: RosterRow.columns)
    )

    let faulty = readings.filter { !$0.faults.isEmpty }.map(\.line)
    let originals = table.rows.filter { faulty.contains($0.line) }
    #expect(rejected.header == table.header + ["未导入原因"])
    #expect(workbook.rows.count == faulty.count && text.rows.count == faulty.count)
    for (original, back) in zip(originals, workbook.rows) {
      #expect(Array(back.texts.dropLast()) == original.texts)
    }
    for back in [workbook, text] {
      #expect(back.mapping.warnings.isEmpty)
      #expect(back.rows.allSatisfy { !$0["未导入原因"].isEmpty })
      let again = RosterRow.read(back, asOf: try #require(Day(2026, 11, 24)))
      // Two names for one number were a fault only beside each other.
      #expect(again.filter { $0.value != nil }.count == 4)
    }
    #expect(workbook.rows.contains { $0["未导入原因"].contains("「身份证号」是15位旧号码") })
  }
}
