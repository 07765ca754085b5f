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
  /// Whether the rows came back from a table that they were refused in: what stood around them there is
  /// gone, so each has to name its community.
  let mustStand: Bool

  /// Blank cells take the community above them only where the column looks as merged cells print: it
  /// begins with one, has none twice, and most of it is blank. Else a blank may be what was forgotten.
  ///
  /// What is crossed out may have been the first of a group, whose community then nobody names.
  init(_ table: Table) {
    let (rows, column) = (table.rows, RosterRow.Columns.community.name)
    let cells = rows.map { $0[column] }
    let filled = cells.filter { !$0.isEmpty }
    let isStruck =
      (!table.crossedOut.isEmpty && rows.contains { $0.has(column) })
      || rows.contains { $0.crossedOut.contains(column) }
    mustStand = table.isOfRejectedRows
    isLeftOut = filled.isEmpty && !isStruck && !mustStand
    guard !isStruck, !mustStand, let first = cells.first, !first.isEmpty,
      filled.count * 3 <= cells.count, Set(filled).count == filled.count
    else { return }
    var (community, section) = (first, 0)
    var sections = table.sections[...]
    for (row, cell) in zip(rows, cells) {
      while let heading = sections.first, heading < row.line { sections.removeFirst() }
      if !cell.isEmpty {
        (community, section) = (cell, sections.count)
      } else if sections.count == section {
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
    if communities.mustStand {
      fail(
        column,
        Sentence(
          zh: "不能为空：未导入的行已离开原表，请在“居住社区”一列逐行写明社区（没有这一列的请添上）",
          en: "must not be blank: rows that were not taken stand apart from their table; write the "
            + "community in each, in a column 居住社区"))
      return nil
    }
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
