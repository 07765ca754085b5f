import CanteenDomain

/// The rows of a table told from what stands among them, from its header down.
///
/// A header that comes again, as on each printed page, holds for the rows below it, even if it has the
/// columns in another order.
struct TableSplit {
  private(set) var rows: [Row] = []
  private(set) var skipped: [SkippedLine] = []
  /// The names of the first header, and behind them those that only later ones have.
  private(set) var header: [String]
  /// What the columns of each header mean.
  private(set) var mappings: [(line: Int, mapping: ColumnMapping)] = []

  /// The lines of headings that end what stands above them.
  private(set) var sections: [Int] = []

  private let columns: ColumnNames
  private let source: TableRecords
  private var section: Section
  /// Columns of the section that its header does not name and that have contents.
  private var filled: Set<Int> = []
  private var width: Int
  /// The cells of the row above, and which of them are crossed out where the row is not.
  private var above: (texts: [String], struck: [Int]) = ([], [])
  private var headings: RowHeadings
  /// The lines of the rows that are crossed out.
  private(set) var crossedOut: [Int] = []

  /// The rows below one header.
  private struct Section {
    let header: TableHeader
    let sieve: RowSieve
    let layout: Row.Layout
    let nameless: [Int]

    init(_ header: TableHeader, places: [Int]?, _ columns: ColumnNames, _ source: TableRecords) {
      self.header = header
      sieve = RowSieve(header, columns: columns.columns)
      layout = Row.Layout(
        fileName: source.fileName, width: header.names.count, indexes: header.indexes,
        places: places, isText: source.isText)
      nameless = header.names.indices.filter { header.names[$0].isEmpty }
    }
  }

  /// - Parameters:
  ///   - start: the record of the first header.
  ///   - title: what stands above it.
  /// - Throws: `FileRefusal` if a later header has a column twice.
  init(
    _ source: TableRecords, from start: Int, title: String, _ first: TableHeader,
    _ columns: ColumnNames
  ) throws(FileRefusal) {
    self.source = source
    self.columns = columns
    header = first.names
    width = first.names.count
    section = Section(first, places: nil, columns, source)
    headings = RowHeadings(titles: [title, source.sheet ?? ""].filter { !$0.isEmpty })
    var index = start + first.records
    rows.reserveCapacity(max(0, source.records.count - index))
    while index < source.records.count {
      if let again = headerAgain(at: index) {
        for record in source.records[index..<(index + again.records)] {
          skipped.append(
            SkippedLine(
              line: record.line, reason: Sentence(zh: "再次出现的表头", en: "the header again")))
        }
        index += again.records
        try begin(again)
      } else {
        take(source.records[index])
        index += 1
      }
    }
    endSection()
  }

  private mutating func take(_ record: TableRecord) {
    var record = record
    record.repeatMarked(from: above.texts, struck: above.struck)
    if section.sieve.isCrossedOut(record) {
      crossedOut.append(record.line)
      // 同上 below still means what stands here, and of whom a struck heading spoke nobody knows.
      above = (record.texts, [])
      if section.sieve.heading(record.texts) != nil { headings.community = "" }
      skipped.append(
        SkippedLine(line: record.line, reason: Sentence(zh: "划掉的行", en: "crossed out")))
      return
    }
    if let cells = record.cells {
      if let heading = section.sieve.heading(cells) { begin(heading, in: record.line) }
      if let reason = section.sieve.reason(cells) {
        skipped.append(SkippedLine(line: record.line, reason: reason))
        return
      }
    }
    rows.append(
      Row(
        line: record.line, cells: record.cells, struck: record.struck, layout: section.layout,
        headings: headings))
    let cells = record.texts
    above = (cells, record.struck)
    for index in section.nameless where index < cells.count && !cells[index].isBlank {
      filled.insert(index)
    }
    let named = section.header.names.count
    guard cells.count > named, !source.isText else { return }
    for index in named..<cells.count where !cells[index].isBlank { filled.insert(index) }
    width = max(width, cells.count)
  }

  /// A heading ends the section above it, also where it names no community; the title again, as on
  /// each printed page, does not.
  private mutating func begin(_ heading: RowSieve.Heading, in line: Int) {
    switch heading {
    case .community(let text):
      guard text != headings.community else { return }
      headings.community = text
    case .other(let text):
      guard !headings.titles.contains(where: { $0.contains(text) }) else { return }
      headings.community = nil
    }
    sections.append(line)
  }

  // MARK: - Headers that come again

  /// The header that stands in a record, in whatever order; nil for anything else.
  private func headerAgain(at index: Int) -> TableHeader? {
    guard let cells = source.records[index].cells, section.sieve.mayBeHeader(cells) else {
      return nil
    }
    let header = TableHeader(source.records, at: index, columns: columns)
    let named = header.names.count { !$0.isEmpty }
    return header.missing.isEmpty && header.count > 1 && header.count * 2 >= named ? header : nil
  }

  private mutating func begin(_ again: TableHeader) throws(FileRefusal) {
    guard again.names != section.header.names else { return }
    try again.refuseDoubles(columns, fileName: source.fileName)
    endSection()
    section = Section(again, places: places(of: again.names), columns, source)
    (filled, width, above) = ([], again.names.count, ([], []))
  }

  private mutating func endSection() {
    mappings.append(
      (section.header.line, section.header.mapping(filled: filled.contains, width: width)))
  }

  /// Where the cells below a later header stand among `header`; what is new goes to its end.
  private mutating func places(of names: [String]) -> [Int] {
    var free = Array(header.indices)
    return names.map { name in
      let key = Column.key(name)
      let meaning = columns[name]?.column
      let hit =
        free.firstIndex { Column.key(header[$0]) == key }
        ?? free.firstIndex { meaning != nil && columns[header[$0]]?.column == meaning }
      if let hit { return free.remove(at: hit) }
      header.append(name)
      return header.count - 1
    }
  }

  // MARK: - What should be known

  var remarks: [Sentence] {
    let later: [Sentence] = mappings.dropFirst().flatMap { line, mapping in
      [
        Sentence(
          zh: "第 \(line) 行又有表头，与上面的不同，其下各行按它读取",
          en: "the header in line \(line) differs from the one above; rows below are read by it")
      ]
        + mapping.warnings.map {
          Sentence(zh: "第 \(line) 行的表头：\($0.zh)", en: "the header in line \(line): \($0.en)")
        }
    }
    guard !crossedOut.isEmpty else { return later }
    let shown = crossedOut.prefix(10).map(String.init)
    let isCut = crossedOut.count > 10
    return later + [
      Sentence(
        zh: "第 \(shown.joined(separator: "、"))\(isCut ? " 等" : "") 行划了删除线，没有读入；"
          + "仍有效的请去掉删除线再导入",
        en: "lines \(shown.joined(separator: ", "))\(isCut ? " …" : "") are crossed out and not "
          + "read; take the line off those that hold")
    ]
  }
}
