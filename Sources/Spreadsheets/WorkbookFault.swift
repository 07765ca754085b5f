/// Why a workbook cannot be read as a whole.
public enum WorkbookFault: Error, Sendable, Hashable {
  /// No zip archive, or one whose contents do not fit their checksums; what the reader said.
  case corrupt(reason: String)
  /// An archive without a workbook in it, such as a text document.
  case noWorkbook
  /// A workbook in its binary form (xlsb).
  case binaryForm
  /// A workbook or a part of it that is protected with a password.
  case encrypted
  /// More unpacked than any honest table: the limit that was reached.
  case tooLarge(limit: String)
  /// A part that declares a document type, as no spreadsheet writes it and attacks do.
  case documentType(part: String)
}
