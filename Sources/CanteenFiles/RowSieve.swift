import CanteenDomain

/// A line below the header that is no row of the table.
public struct SkippedLine: Sendable, Hashable {
  /// From 1.
  public let line: Int
  /// What it was taken for.
  public let reason: Sentence
}

/// Tells rows from what offices write among and below them: totals, signatures, notes, headings of
/// sections, the header again on each page, and numbered lines that nobody filled in.
struct RowSieve {
  private let header: [String]
  private let required: [Int]
  private let serial: Int?

  init(_ header: TableHeader, columns: [Column]) {
    self.header = header.names.map { Column.key($0) }
    required = columns.filter(\.isRequired).compactMap { header.indexes[$0.name]?.first }
    serial = header.names.firstIndex { ["序号", "编号"].contains(Column.key($0)) }
  }

  /// Why these cells are no row; nil for a row.
  func reason(_ cells: [String]) -> Sentence? {
    // Nearly every record is a row with its first required cells filled; ask no more of it.
    guard let first = cells.firstIndex(where: { !$0.isBlank }) else { return nil }
    let text = cells[first]
    if isFilled(cells), let byte = text.utf8.first, (0x30...0x39).contains(byte) { return nil }
    let filled = cells.indices.filter { !cells[$0].isBlank }
    if isHeader(cells) { return Sentence(zh: "再次出现的表头", en: "the header again") }
    if filled.count == 1, first == serial, text.trimmedSpaces().allSatisfy(\.isASCIIDigit) {
      return Sentence(zh: "只有序号，没有内容", en: "a number and nothing else")
    }
    let key = Column.key(text)
    let strange = required.filter { $0 != first && $0 < cells.count && !cells[$0].isBlank }
      .filter { !RowSieve.isNote(cells[$0]) }
    if RowSieve.isTotal(key) || RowSieve.isNote(text), strange.count * 2 <= required.count {
      return Sentence(zh: "合计、签名或说明，不是名册中的一行", en: "a total, a signature or a note")
    }
    if filled.count == 1, header.count >= 4, isHeading(key, at: first) {
      return Sentence(zh: "小标题或说明，不是名册中的一行", en: "a heading or a note")
    }
    return nil
  }

  /// Whether a record may be a header, at little cost for nearly every row: a needed cell of it
  /// begins with a digit.
  func mayBeHeader(_ cells: [String]) -> Bool {
    !required.isEmpty
      && !required.contains { index in
        // A mark may stand before it that keeps a spreadsheet's hands off.
        index < cells.count && cells[index].utf8.prefix(2).contains { (0x30...0x39).contains($0) }
      }
      && cells.count { !$0.isBlank } >= required.count
  }

  /// Whether a row is crossed out: all of its needed cells are, or all of its cells where it has none
  /// of these.
  func isCrossedOut(_ record: TableRecord) -> Bool {
    guard !record.struck.isEmpty else { return false }
    let texts = record.texts
    let filled = texts.indices.filter { !texts[$0].isBlank && $0 != serial }
    let needed = filled.filter { required.contains($0) }
    return (needed.isEmpty ? filled : needed).allSatisfy { record.struck.contains($0) }
  }

  private func isFilled(_ cells: [String]) -> Bool {
    required.allSatisfy { $0 < cells.count && !cells[$0].isBlank }
  }

  private func isHeader(_ cells: [String]) -> Bool {
    !required.isEmpty
      && required.allSatisfy { $0 < cells.count && Column.key(cells[$0]) == header[$0] }
  }

  private func isHeading(_ key: String, at index: Int) -> Bool {
    if index == serial { return true }
    let isPlace = key.count > 2 && ["社区", "村", "居委会", "村委会"].contains { key.hasSuffix($0) }
    return index == 0 && (key.count > 8 || RowSieve.isSection(key) || isPlace)
  }

  /// `一、低保老人`, `第二居民小组`.
  private static func isSection(_ key: String) -> Bool {
    ["一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、", "九、", "十、", "第"]
      .contains { key.hasPrefix($0) }
  }

  /// A line with one text that stands above the rows of a section.
  enum Heading {
    /// It speaks of a community.
    case community(String)
    case other(String)
  }

  /// What a line says of the rows below it; nil if it is no heading. A table of few columns, or one
  /// whose heading stands further right, has headings too that `reason` leaves to be refused as rows.
  func heading(_ cells: [String]) -> Heading? {
    guard !isFilled(cells) else { return nil }
    let filled = cells.indices.filter { !cells[$0].isBlank }
    guard filled.count == 1, let index = filled.first else { return nil }
    let text = cells[index].trimmedSpaces()
    guard !text.allSatisfy(\.isASCIIDigit),
      !["小计", "合计", "共计", "总计"].contains(where: { text.contains($0) })
    else { return nil }
    let plain = text.replacing("农村", with: "")
    if ["社区", "村", "居委会"].contains(where: { plain.contains($0) }) { return .community(text) }
    let key = Column.key(text)
    guard !RowSieve.isTotal(key), !RowSieve.isNote(text),
      RowSieve.isSection(key) || isHeading(key, at: index)
    else { return nil }
    return .other(text)
  }

  private static let totals = [
    "合计", "总计", "小计", "共计", "累计", "总人数", "本页小计", "本页合计", "本组合计", "人数合计",
  ]
  private static let notes = [
    "填表人", "制表人", "审核人", "复核人", "负责人", "经办人", "经手人", "填报人", "统计人", "联系人", "单位负责人",
    "填报单位", "制表单位", "填表单位", "填表日期", "填报日期", "制表日期", "填报时间", "制表时间", "填表时间", "日期", "制表",
    "填表", "审核", "复核", "主管", "主管领导", "分管领导", "备注", "注", "说明", "填表说明", "附注", "单位", "盖章",
    "单位盖章", "签字", "签名", "联系电话", "社区", "街道", "书记", "主任",
  ]

  private static func isTotal(_ key: String) -> Bool {
    if key.hasPrefix("共"), let last = key.last, "人户行条名".contains(last), key.count <= 10 {
      return true
    }
    guard let word = totals.first(where: { key.hasPrefix($0) }) else { return false }
    let rest = key.dropFirst(word.count)
    return rest.isEmpty || rest.first.map { $0.isASCIIDigit || "人户:,，元".contains($0) } == true
  }

  /// `制表人：张三`, `注：…`, `（盖章）`.
  static func isNote(_ text: String) -> Bool {
    let plain = text.normalisedWidth().unicodeScalars.filter { !$0.properties.isWhitespace }
    let line = String(String.UnicodeScalarView(plain))
    if ["盖章)", "签章)", "公章)", "签字)"].contains(where: { line.hasSuffix($0) }) { return true }
    guard let colon = line.firstIndex(of: ":") else { return false }
    var word = String(line[..<colon])
    if let bracket = word.firstIndex(of: "(") { word = String(word[..<bracket]) }
    return notes.contains(word)
  }
}
