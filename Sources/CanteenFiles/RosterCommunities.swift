import CanteenDomain

/// What rows leave out of the column 居住社区, as offices write a community once: beside the first of its
/// people, or above the table.
struct RosterCommunities: Sendable {
  /// The community of the group, by the line of a row that is blank there.
  private(set) var carried: [Int: String] = [:]
  /// The first of these lines.
  private(set) var firstCarried: Int?
  /// Whether no row has a community of its own, so that what stands above may speak for them.
  let isLeftOut: Bool

  /// Blank cells take the community above them only where the column looks as merged cells print: it
  /// begins with one, has none twice, and most of it is blank. Else a blank may be what was forgotten.
  init(_ rows: [Row]) {
    let column = RosterRow.Columns.community.name
    let cells = rows.map { $0[column] }
    let filled = cells.filter { !$0.isEmpty }
    isLeftOut = filled.isEmpty
    guard let first = cells.first, !first.isEmpty, filled.count * 3 <= cells.count,
      Set(filled).count == filled.count
    else { return }
    var (community, heading) = (first, rows[0].headings.community)
    for (row, cell) in zip(rows, cells) {
      if !cell.isEmpty {
        (community, heading) = (cell, row.headings.community)
      } else if row.headings.community == heading {
        carried[row.line] = community
        firstCarried = firstCarried ?? row.line
      }
    }
  }
}

extension RowReader {
  /// 居住社区, in the row itself or by its group.
  mutating func community(_ column: Column, _ communities: RosterCommunities) -> String? {
    if let own = optionalText(column) { return own }
    guard let carried = communities.carried[row.line] else { return nil }
    if row.line == communities.firstCarried {
      warn(
        column,
        Sentence(
          zh: "只写在每组的第一行，其下空白的各行都按上一行的“\(carried)”等录入，请核对",
          en: "stands in the first row of each group only; blank rows take that of the row above, "
            + "such as \(carried)"))
    }
    return carried
  }
}
