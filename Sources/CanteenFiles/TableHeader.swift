import CanteenDomain

/// The columns found in one record that may be the header.
///
/// Offices split headers over two rows (紧急联系人 above 姓名 and 电话): a label above, or names
/// below, are joined to a name where only that tells what it means.
struct TableHeader {
  let line: Int
  /// The names as the file has them, without blank ones at the end.
  let names: [String]
  /// How many records the header takes, from `line` on.
  let records: Int
  /// Where each wanted column stands, by its first name.
  private(set) var indexes: [String: [Int]] = [:]
  private(set) var missing: [String] = []
  private(set) var twice: String?
  private(set) var alike: [ColumnMapping.Alike] = []
  /// Positions of names that no column has.
  private(set) var unknown: [Int] = []

  /// How many wanted columns were found.
  var count: Int { indexes.count }

  init(_ records: [TableRecord], at index: Int, columns: ColumnNames) {
    let record = records[index]
    line = record.line
    let own = TableHeader.trimmed(record.texts)
    let above = index > 0 ? records[index - 1].texts : []
    let joined = TableHeader.joined(own, above: above, columns)
    let next = index + 1
    if next < records.count,
      let full = TableHeader.joined(joined, below: records[next].texts, columns)
    {
      names = full
      self.records = 2
    } else {
      names = joined
      self.records = 1
    }
    place(columns)
  }

  private mutating func place(_ columns: ColumnNames) {
    var found: [String: [(rank: Int, index: Int)]] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      if let hit = columns[name] {
        found[hit.column.name, default: []].append((hit.rank, index))
      } else {
        unknown.append(index)
      }
    }
    for column in columns.columns {
      guard var hits = found[column.name] else {
        if column.isRequired { missing.append(column.name) }
        continue
      }
      // An earlier name wins over a later one.
      if !column.mayRepeat { hits.sort { $0 < $1 } }
      indexes[column.name] = column.mayRepeat ? hits.map(\.index) : [hits[0].index]
      guard hits.count > 1, !column.mayRepeat else { continue }
      if hits[1].rank == hits[0].rank { twice = twice ?? names[hits[0].index] }
      alike.append(
        ColumnMapping.Alike(column: column.name, places: hits.map { place($0.index) }))
    }
  }

  /// A column of the file by its position from 0.
  func place(_ index: Int) -> ColumnMapping.Place {
    ColumnMapping.Place(
      header: index < names.count ? names[index] : "", position: index + 1)
  }

  /// - Throws: `FileRefusal` for a column that stands twice, or several that claim a needed meaning.
  func refuseDoubles(_ columns: ColumnNames, fileName: String) throws(FileRefusal) {
    if let twice { throw .columnTwice(file: fileName, column: twice, line: line) }
    let unique = Set(columns.columns.filter(\.isUnique).map(\.name))
    guard let alike = alike.first(where: { unique.contains($0.column) }) else { return }
    throw .columnsAlike(
      file: fileName, column: alike.column, found: alike.places.map(\.header), line: line)
  }

  /// What was taken and what was not.
  /// - Parameter filled: whether a column has contents below the header.
  func mapping(filled: (Int) -> Bool, width: Int) -> ColumnMapping {
    let taken = indexes.flatMap { column, indexes in
      indexes.map { ColumnMapping.Taken(column: column, place: place($0)) }
    }
    let nameless = (0..<max(width, names.count)).filter {
      ($0 >= names.count || names[$0].isEmpty) && filled($0)
    }
    return ColumnMapping(
      taken: taken.sorted { $0.place.position < $1.place.position },
      unknown: (unknown + nameless).sorted().map(place), alike: alike)
  }

  private static func trimmed(_ cells: [String]) -> [String] {
    var names = cells.map {
      $0.split(whereSeparator: \.isNewline).joined().trimmedSpaces()
    }
    while names.last?.isEmpty == true { names.removeLast() }
    return names
  }

  /// Names that stand twice, told apart by the label above them.
  private static func joined(
    _ names: [String], above: [String], _ columns: ColumnNames
  ) -> [String] {
    guard !above.isEmpty else { return names }
    var counts: [String: Int] = [:]
    for name in names { if let hit = columns[name] { counts[hit.column.name, default: 0] += 1 } }
    var label = ""
    return names.enumerated().map { index, name in
      if index < above.count, !above[index].isBlank { label = above[index].trimmedSpaces() }
      guard !label.isEmpty, let hit = columns[name], counts[hit.column.name, default: 0] > 1,
        let full = columns[label + name], full.column != hit.column
      else { return name }
      return label + name
    }
  }

  /// Names completed by those of a second header row; nil if the next row is none.
  private static func joined(
    _ names: [String], below: [String], _ columns: ColumnNames
  ) -> [String]? {
    // A name that is merged over both rows stands in both.
    let second = trimmed(below).enumerated().map { $0 < names.count && $1 == names[$0] ? "" : $1 }
    let filled = second.indices.filter { !second[$0].isEmpty }
    let required = names.indices.filter { columns[names[$0]]?.column.isRequired == true }
    guard !filled.isEmpty, !required.isEmpty,
      required.allSatisfy({ $0 >= second.count || second[$0].isEmpty }),
      filled.allSatisfy({ second[$0].utf8.allSatisfy { !(0x30...0x39).contains($0) } })
    else { return nil }
    var result = names + Array(repeating: "", count: max(0, second.count - names.count))
    var label = ""
    var isKnown = false
    for index in result.indices {
      if !result[index].isEmpty { label = result[index] }
      guard index < second.count, !second[index].isEmpty else { continue }
      let full = label + second[index]
      if columns[full] != nil { isKnown = true }
      result[index] = full
    }
    return isKnown ? result : nil
  }
}

/// The names of all wanted columns, each with its column.
struct ColumnNames {
  let columns: [Column]
  private var byKey: [String: (column: Column, rank: Int)] = [:]

  init(_ columns: [Column]) {
    self.columns = columns
    for column in columns {
      for (rank, name) in column.names.enumerated() {
        let key = Column.key(name)
        if byKey[key] == nil { byKey[key] = (column, rank) }
      }
    }
  }

  /// The column that a header cell names; of several names in one cell (`身份证号/护照号`) all that
  /// are known must mean the same.
  subscript(_ name: String) -> (column: Column, rank: Int)? {
    let key = Column.key(name)
    if let hit = byKey[key] { return hit }
    let parts = key.split { "/或、,;|".contains($0) }
    guard parts.count > 1 else { return nil }
    let hits = parts.compactMap { byKey[String($0)] }
    guard let first = hits.first, hits.allSatisfy({ $0.column == first.column }) else { return nil }
    return first
  }
}
