import CanteenDomain
import CanteenFiles
import CanteenForms
import CanteenVault

/// 校验: what binds a table of a file to the statement it was made from. Every row ends in a code of
/// eight digits over its cells; the line under the table names the statement, its SHA-256 and a hash
/// over all of the table, so that the file can be checked without the books.
struct TableSeal: Sendable {
  /// What a table says of itself.
  struct Head: Sendable, Hashable {
    var number: String
    var sha256: String
    var table: String
    var form: String
    var masking: String
    var kinds: [ColumnKind]

    /// What comes before the first row in the hash.
    var text: String {
      [number, sha256, table, form, masking, String(kinds.map(\.rawValue))].joined(separator: "；")
    }
  }

  /// Makes the codes of a table's rows: what all of them begin with is hashed once.
  struct RowCodes: Sendable {
    private var start = SealStream()

    init(_ head: Head) { start.update(head.sha256 + head.table) }

    /// - Parameter text: a row's cells as they count.
    func code(of text: ArraySlice<UInt8>) -> String {
      var stream = start
      stream.update(text)
      return String(stream.seal().hex.prefix(8))
    }
  }

  /// The title of the column of codes, and what stands there in a row that is filled in by hand.
  static let codeTitle = "校验码"
  static let byHand = "手填"

  let head: Head
  let codes: RowCodes
  private(set) var rows = 0
  private(set) var hasTotal = false
  private var stream = SealStream()

  init(_ head: Head, titles: [String]) {
    self.head = head
    codes = RowCodes(head)
    stream.update(head.text + "\n" + titles.joined(separator: "\u{1F}") + "\n")
  }

  /// Takes the next row.
  /// - Parameters:
  ///   - cells: as `CSVCell.plain` or a file gives them.
  ///   - isByHand: only its first cell counts then.
  /// - Returns: the row's code.
  mutating func append(
    _ cells: [String], isTotal: Bool = false, isByHand: Bool = false
  ) -> String {
    let text = canonical(isByHand ? Array(cells.prefix(1)) : cells)
    stream.update(text + "\n")
    if isTotal { hasTotal = true } else { rows += 1 }
    return isByHand ? Self.byHand : codes.code(of: Array(text.utf8)[...])
  }

  /// Takes rows that were made beforehand.
  /// - Parameter texts: each row's cells as they count, with a line feed behind.
  mutating func append(rows count: Int, texts: [UInt8]) {
    stream.update(texts)
    rows += count
  }

  /// Between two cells; no cell holds it.
  static let separator: UInt8 = 0x1F

  private func canonical(_ cells: [String]) -> String {
    var text = ""
    for (index, kind) in head.kinds.enumerated() {
      if index > 0 { text.unicodeScalars.append(Unicode.Scalar(Self.separator)) }
      text += Self.counted(index < cells.count ? cells[index] : "", kind)
    }
    return text
  }

  /// A cell as it counts: an amount however many zeros stand behind it.
  static func counted(_ cell: String, _ kind: ColumnKind) -> String {
    switch kind {
    case .money: Fen(yuan: cell)?.yuan ?? cell
    case .value: trimmedAmount(cell)
    case .blank: ""
    case .text, .count, .number, .day: cell
    }
  }

  /// `12.50` and `12.5` are one amount.
  private static func trimmedAmount(_ text: String) -> String {
    guard let point = text.firstIndex(of: "."), Fen(yuan: text) != nil else { return text }
    var fraction = text[point...]
    while fraction.last == "0" { fraction.removeLast() }
    if fraction == "." { fraction = "" }
    return String(text[..<point] + fraction)
  }

  /// The line under the table.
  var line: String {
    let parts = [
      ("结算单", head.number), ("SHA-256", head.sha256), ("表", head.table), ("表样", head.form),
      ("口径", head.masking), ("列型", String(head.kinds.map(\.rawValue))), ("行数", "\(rows)"),
      ("合计", hasTotal ? "有" : "无"), ("校验", stream.seal().hex),
    ]
    return parts.map { "\($0) \($1)" }.joined(separator: "；")
  }

  /// What a line under a table says; nil if it is no such line.
  struct Line: Sendable, Hashable {
    var head: Head
    var rows: Int
    var hasTotal: Bool
    var seal: String

    init?(_ text: String) {
      let parts = Dictionary(
        text.split(separator: "；").compactMap { part -> (String, String)? in
          let words = part.split(separator: " ", maxSplits: 1).map(String.init)
          return words.count == 2 ? (words[0], words[1]) : nil
        }, uniquingKeysWith: { first, _ in first })
      guard let number = parts["结算单"], let sha256 = parts["SHA-256"], let table = parts["表"],
        let form = parts["表样"], let masking = parts["口径"], let kinds = parts["列型"],
        let rows = parts["行数"].flatMap({ Int($0) }), let total = parts["合计"],
        let seal = parts["校验"]
      else { return nil }
      let known = kinds.compactMap(ColumnKind.init(rawValue:))
      guard known.count == kinds.count, !known.isEmpty else { return nil }
      head = Head(
        number: number, sha256: sha256, table: table, form: form, masking: masking, kinds: known)
      self.rows = rows
      hasTotal = total == "有"
      self.seal = seal
    }
  }
}
