import Foundation

/// Workbooks as other programs write them, made by hand: parts stored in a zip archive.
public enum ZipFile {
  /// `xl/workbook.xml` with one sheet.
  public static let workbookPart = """
    <workbook xmlns:r="r"><workbookPr/><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>\
    </workbook>
    """

  /// Styles 1 and 2 are dates, built in and of its own; 3 pads with zeros.
  public static let styles = """
    <styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>\
    <numFmt numFmtId="177" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="0"/>\
    <xf numFmtId="14"/><xf numFmtId="176"/><xf numFmtId="177"/></cellXfs></styleSheet>
    """

  /// A workbook of one sheet with these rows; `parts` replace or add to its parts.
  public static func workbook(sheet: String, parts: [String: String], after: String = "") -> [UInt8]
  {
    let types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    var all = [
      "xl/workbook.xml": workbookPart,
      "xl/_rels/workbook.xml.rels": """
      <Relationships><Relationship Id="rId1" Type="\(types)/worksheet" \
      Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="\(types)/sharedStrings" \
      Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="\(types)/styles" \
      Target="styles.xml"/></Relationships>
      """,
      "xl/worksheets/sheet1.xml": """
      <worksheet><sheetData>\(sheet)</sheetData>\(after)</worksheet>
      """,
    ]
    all.merge(parts) { _, new in new }
    return bytes(all)
  }

  /// A zip archive whose parts are stored without compression.
  public static func bytes(_ parts: [String: String]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, text) in parts.sorted(by: { $0.key < $1.key }) {
      let contents = Array(text.utf8)
      let meta =
        little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(crc(contents), 4)
        + little(contents.count, 4) + little(contents.count, 4) + little(name.utf8.count, 2)
        + little(0, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + meta
      directory += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
      directory += little(file.count, 4) + Array(name.utf8)
      file += little(0x0403_4B50, 4) + meta + Array(name.utf8) + contents
    }
    let start = file.count
    return file + directory + little(0x0605_4B50, 4) + little(0, 4) + little(parts.count, 2)
      + little(parts.count, 2) + little(directory.count, 4) + little(start, 4) + little(0, 2)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func crc(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
}
