import CanteenDomain

/// All tables on one page of HTML that is ready for print: A4 across, every table on a sheet of its
/// own, its header on each sheet, no column beyond the edge of the paper.
public final class PageSheets: SheetWriter {
  public let paths: [String]
  private let title: String
  private var file: OutputFile?
  private var figures: [Bool] = []

  public init(path: String, title: String) {
    paths = [path]
    self.title = title
  }

  public func begin(_ head: SheetHead) throws {
    let file = try file ?? beginPage()
    figures = head.columns.map(\.isFigure)
    let whole = head.columns.reduce(0) { $0 + $1.width + 1 }
    let widths = head.columns.map { "<col style=\"width:\(percent($0.width + 1, of: whole))\">" }
    let titles = head.columns.map { "<th>\(Self.escape($0.title))</th>" }
    try file.write(
      """
      <section><table data-sheet="\(Self.escape(head.name))" style="font-size:\(size(whole))">
      <colgroup>\(widths.joined())</colgroup>
      <thead><tr class="title"><th colspan="\(titles.count)">\(Self.escape(head.title))\
      <small>\(Self.escape(head.subtitle))</small></th></tr>
      <tr>\(titles.joined())</tr></thead>
      <tbody>

      """.utf8)
  }

  /// Ten points where the paper is wide enough, at least five and a half: below nobody reads it.
  private func size(_ digits: Int) -> String {
    // A digit takes 0.194 mm a point; 281 mm lie between the margins.
    let tenths = min(100, max(55, 281 * 10_000 / (max(1, digits) * 194)))
    return "\(tenths / 10).\(tenths % 10)pt"
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    let tenths = part * 1000 / max(1, whole)
    return "\(tenths / 10).\(tenths % 10)%"
  }

  public func append(_ cells: [CSVCell], isTotal: Bool) throws {
    var line = isTotal ? "<tr class=\"total\">" : "<tr>"
    for (index, cell) in cells.enumerated() {
      line += figures[index] ? "<td class=\"n\">" : "<td>"
      line += Self.escape(cell.shown) + "</td>"
    }
    try file?.write((line + "</tr>\n").utf8)
  }

  public func end(seal: String, signatures: String) throws {
    let sign = signatures.isEmpty ? "" : "<p class=\"sign\">\(Self.escape(signatures))</p>\n"
    try file?.write(
      """
      </tbody></table>
      <p class="seal">\(Self.escape(seal))</p>
      \(sign)</section>

      """.utf8)
  }

  public func close() throws {
    try file?.write("</body></html>\n".utf8)
    try file?.close()
  }

  private func beginPage() throws -> OutputFile {
    let file = try OutputFile(paths[0])
    self.file = file
    try file.write(
      """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8"><title>\(Self.escape(title))</title>
      <style>
      \(Self.style)
      </style></head><body>

      """.utf8)
    return file
  }

  private static let style = """
    @page { size: A4 landscape; margin: 10mm 8mm 14mm;
      @bottom-center { content: "第 " counter(page) " 页，共 " counter(pages) " 页"; font-size: 9pt; } }
    body { margin: 0; color: #000; font: 10pt/1.35 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
    section + section { break-before: page; }
    table { border-collapse: collapse; width: calc(100% - 0.5mm); table-layout: fixed; }
    thead { display: table-header-group; }
    tr { break-inside: avoid; }
    th, td { border: 0.25mm solid #444; padding: 0.5mm 0.6mm; overflow-wrap: anywhere;
      text-align: left; vertical-align: middle; }
    thead th { background: #ddebf7; text-align: center; print-color-adjust: exact; }
    .title th { border: 0; background: none; font-size: 15pt; padding: 0 0 2mm; }
    .title small { display: block; font-size: 9pt; font-weight: normal; }
    td.n { text-align: right; font-variant-numeric: tabular-nums; }
    .total td { font-weight: bold; }
    .seal { font-size: 6.5pt; color: #444; overflow-wrap: anywhere; }
    .sign { margin-top: 8mm; font-size: 11pt; white-space: pre-wrap; break-inside: avoid; }
    @media screen { body { margin: 2em; } section { margin-bottom: 4em; overflow-x: auto; } }
    """

  /// Text as it may stand in a page; a line break stays one line.
  static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || "&<>\"".utf8.contains($0) }) else { return text }
    var result = ""
    for scalar in text.oneLine.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
