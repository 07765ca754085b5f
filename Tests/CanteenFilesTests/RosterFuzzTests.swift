import CanteenDomain
import CanteenFiles
import Testing

@Suite("Spoilt rosters")
struct RosterFuzzTests {
  /// SplitMix64: the same seed gives the same files everywhere.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  private static let header = [
    "序号", "姓名", "性别", "证件类型", "身份证号", "出生日期", "联系电话", "人员类别", "类别起始", "类别截止", "残疾等级", "状态",
    "卡号", "备注",
  ]
  private static let pieces = [
    "", " ", "王秀英", "#N/A", "=1+1", "5.11323E+17", "511323194308150022", "511323194308150000",
    "Ｘ", "'", "\"", "\"\"", "\u{0}", "\u{FEFF}", "\u{202E}", "👵🏻", "e\u{301}", "2024-02-30", "99999",
    "-1", "1e309", "合计", "制表人：", "无", "护照", "E12345678", "死亡", "2024年", "、", "；", "，", "低保", "长期",
    "９９", "٣", "\r", "\u{2028}", String(repeating: "长", count: 300),
  ]

  private func mutated(_ cell: String, _ random: inout Generator) -> String {
    var scalars = Array(cell.unicodeScalars)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Self.pieces.randomElement(using: &random) ?? ""
    case 1 where !scalars.isEmpty:
      scalars.remove(at: Int.random(in: 0..<scalars.count, using: &random))
    case 2:
      let place = Int.random(in: 0...scalars.count, using: &random)
      scalars.insert(
        contentsOf: (Self.pieces.randomElement(using: &random) ?? "").unicodeScalars, at: place)
    case 3 where scalars.count > 1:
      scalars.swapAt(0, Int.random(in: 1..<scalars.count, using: &random))
    case 4:
      let value = UInt32.random(in: 0...0x10FFFF, using: &random)
      scalars.append(Unicode.Scalar(value) ?? "?")
    default: scalars += scalars
    }
    return String(String.UnicodeScalarView(scalars))
  }

  @Test("Each of 100,000 mutated rows is accepted, explained, or named as no row; none is lost")
  func rows() throws {
    var random = Generator(state: 20_261_124)
    let clean = [
      "1", "王秀英", "女", "", "511323194308150022", "1943-08-15", "13800138000", "低保、失能", "2024-01-01",
      "长期", "一级", "正常", "XF000001", "",
    ]
    let today = try #require(Day(2026, 11, 24))
    var left = 100_000
    var accepted = 0
    while left > 0 {
      let count = min(20_000, left)
      left -= count
      var text = Self.header.joined(separator: ",") + "\n"
      for number in 0..<count {
        var cells = clean
        cells[0] = "\(number)"
        cells[12] = "XF\(left)-\(number)"
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let column = Int.random(in: 0..<cells.count, using: &random)
          cells[column] = mutated(cells[column], &random)
        }
        // A serial that is kept tells afterwards that no row vanished.
        cells[0] = "\(number)"
        text +=
          cells.map { "\"\($0.replacing("\"", with: "\"\"").replacing("\u{0}", with: "?"))\"" }
          .joined(separator: ",") + "\n"
      }

      let table = try Table(
        bytes: Array(text.utf8), fileName: "fuzz.csv", columns: RosterRow.columns)
      let readings = RosterRow.read(table, asOf: today)

      #expect(table.rows.count + table.skipped.count == count)
      #expect(readings.count == table.rows.count)
      #expect(readings.allSatisfy { Self.isExplained($0) })
      accepted += readings.count { $0.value != nil }
    }
    #expect(accepted > 0)
  }

  private static func isExplained(_ reading: RowReading<RosterRow>) -> Bool {
    if reading.value != nil { return reading.faults.isEmpty && reading.duplicate == nil }
    let reasons = reading.faults + [reading.duplicate].compactMap(\.self)
    return !reasons.isEmpty && reasons.allSatisfy { !$0.reason.zh.isEmpty && !$0.reason.en.isEmpty }
  }

  @Test("A workbook with any byte spoilt is read or refused, never a crash")
  func workbooks() throws {
    var random = Generator(state: 7)
    let whole = try SmallWorkbook.roster(rows: 40)
    var refused = 0
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if Bool.random(using: &random) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      do throws(FileRefusal) {
        _ = try Table(bytes: bytes, fileName: "fuzz.xlsx", columns: RosterRow.columns)
      } catch {
        #expect(!error.sentence.zh.isEmpty)
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}
