import CanteenDomain
import CanteenFiles
import Testing

/// Levels of care that a word is only taken for, and what else the row says of them.
@Suite("Levels of care in words")
struct AssumedLevelTests {
  private func reading(_ header: String, _ cells: String) throws -> RowReading<RosterRow> {
    let text = "姓名,身份证号,\(header)\n王秀英,511323194308150022,\(cells)\n"
    let table = try Table(
      bytes: Array(text.utf8), fileName: "名册.csv", columns: RosterRow.columns)
    return RosterRow.read(table, asOf: try #require(Day(2026, 11, 24)))[0]
  }

  @Test(
    "a level in its column counts before one that the word is only taken for",
    arguments: ["半失能", "部分失能", "完全失能", "失能、半失能"])
  func column(_ word: String) throws {
    let reading = try reading("人员类别,照护等级", "\(word),轻度")
    #expect(reading.faults.isEmpty && reading.warnings.isEmpty)
    #expect(reading.value?.terms.map(\.careLevel?.rawValue) == ["mild"])
  }

  @Test(
    "a level that only a word is taken for is warned of, whichever word brings it",
    arguments: [
      ("人员类别", "失能、半失能"), ("人员类别", "半失能、失能"), ("失能,半失能", "√,√"),
      ("人员类别,半失能", "失能,√"),
    ])
  func warned(_ header: String, _ cells: String) throws {
    let reading = try reading(header, cells)
    #expect(reading.value?.terms.map(\.careLevel?.rawValue) == ["moderate"])
    #expect(reading.warnings.map(\.address.column) == ["人员类别"])
    #expect(reading.warnings.first?.reason.zh.contains("没有写明失能等级") == true)
  }

  @Test("a level that a word says counts before one that another is only taken for")
  func said() throws {
    for words in ["半失能、轻度失能", "轻度失能、半失能"] {
      let reading = try reading("人员类别", words)
      #expect(reading.value?.terms.map(\.careLevel?.rawValue) == ["mild"])
      #expect(reading.warnings.isEmpty)
    }
  }

  @Test("two levels in one cell are called that; two cells are compared with each other")
  func contradictions() throws {
    let within = try reading("人员类别", "重度失能、轻度失能")
    let beside = try reading("人员类别,照护等级", "重度失能,轻度")
    let numbers = try reading("人员类别,照护等级", "5级失能,3级")
    #expect(within.faults.map(\.reason.zh) == ["写了两个不同的等级，请核对"])
    for reading in [beside, numbers] {
      #expect(reading.faults.map(\.reason.zh) == ["与“人员类别”中写的等级不符，请核对"])
    }
  }

  @Test(
    "care of level 0 is no category, and the others keep what is said of them",
    arguments: [
      ("人员类别,类别起始", "失能0级、低保,—、2024-03-01"), ("人员类别,照护等级,类别起始", "低保、失能,0级,2024-03-01"),
    ])
  func well(_ header: String, _ cells: String) throws {
    let reading = try reading(header, cells)
    #expect(reading.value?.categories.map(\.rawValue) == ["DIBAO"])
    #expect(reading.value?.terms.first?.from?.description == "2024-03-01")
    #expect(reading.warnings.map(\.address.column) == ["人员类别"])
  }

  @Test("a word with a level and a column that says none refuse the row")
  func wellAndNot() throws {
    #expect(try reading("人员类别,照护等级", "重度失能,0级").value == nil)
    #expect(try reading("人员类别,照护等级", "失能0级,重度").value == nil)
  }
}
