import CanteenDomain

/// The rows of a table that were not taken, as a file of the same shape: its title, the columns of the
/// table in their order, every cell as it was read, and a last column that says why.
///
/// What a row took from around it goes with it: the community of its group and what 同上 stood for; a
/// cell that was crossed out stays away, as the line through it would.
public struct RejectedRows: Sendable {
  /// The header of the last column; a roster that still has it reads as if it had not.
  public static let reasonHeader = "未导入原因"

  /// What stands above the header, such as whose list of which month it is.
  public let title: String
  /// The header with the column of reasons.
  public let header: [String]
  /// The cells of each row with its reason.
  public let rows: [[String]]

  /// - Parameters:
  ///   - reasons: why a row was not taken, by its line; rows that are not in it were taken.
  ///   - language: in which the reasons are written.
  public init(_ table: Table, reasons: [Int: [Sentence]], language: Language = .zh) {
    // A file of rejected rows that is rejected again has its old reasons replaced.
    let kept = table.header.indices.filter { table.header[$0] != Self.reasonHeader }
    let community = RosterRow.Columns.community.name
    let carried = RosterCommunities(table).carried
    let place = table.mapping.taken.first { $0.column == community }.map { $0.place.position - 1 }
    title = table.title
    header = kept.map { table.header[$0] } + [Self.reasonHeader]
    rows = table.rows.compactMap { row in
      guard let sentences = reasons[row.line] else { return nil }
      var cells = row.unstruckTexts
      if let place, place < cells.count, let own = carried[row.line] { cells[place] = own }
      let reason = sentences.map { $0.text(in: language) }.joined(
        separator: language == .zh ? "；" : "; ")
      return kept.map { $0 < cells.count ? cells[$0] : "" } + [reason]
    }
  }

  /// The rows that their readings reject.
  public init<Value>(_ table: Table, _ readings: [RowReading<Value>], language: Language = .zh) {
    let reasons = readings.filter { !$0.faults.isEmpty }.map { reading in
      (reading.line, reading.faults.map(\.cellSentence))
    }
    self.init(
      table, reasons: Dictionary(reasons, uniquingKeysWith: { $0 + $1 }), language: language)
  }

  /// The rows as a file in which every cell is text.
  public var file: TableFile {
    TableFile(
      sheet: Self.reasonHeader, title: title, header: header,
      rows: rows.map { $0.map { .text($0) } }, titleInText: true)
  }
}

extension Table {
  /// Whether its rows come back after they were not taken, without what stood among them.
  var isOfRejectedRows: Bool { header.contains { Column.key($0) == RejectedRows.reasonHeader } }
}

extension RowFault {
  /// The column and what is wrong, without file and line: `「身份证号」校验位不符，请核对原件`.
  public var cellSentence: Sentence {
    guard let column = address.column else { return reason }
    return Sentence(zh: "「\(column)」\(reason.zh)", en: "“\(column)” \(reason.en)")
  }
}
