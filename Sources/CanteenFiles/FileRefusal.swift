import CanteenDomain
import Spreadsheets

/// Why a file as a whole cannot be read; what is wrong with one row only is a `RowFault`.
public enum FileRefusal: Refusal, Hashable {
  case missing(file: String)
  case directory(file: String)
  case empty(file: String)
  /// A workbook (xlsx, xls) or another archive where only a text can be read.
  case spreadsheet(file: String)
  /// A workbook with several such tables where one is taken at a time.
  case severalSheets(file: String, sheets: [String])
  /// A workbook in the form before 2007 (xls, et).
  case oldWorkbook(file: String)
  /// A page of HTML or XML that a system wrote under the name of a workbook.
  case webPage(file: String)
  /// A printed or photographed table: a PDF or a picture.
  case printed(file: String, form: String)
  /// A workbook that cannot be read.
  case workbook(file: String, WorkbookFault)
  case unreadable(file: String, reason: String)
  /// A file that cannot be written: the folder is missing, full or closed to us.
  case unwritable(file: String, reason: String)
  /// Neither UTF-8 nor GB18030 nor UTF-16 with its mark: where the reading broke off.
  case encoding(file: String, line: Int, byte: Int)
  /// A zero byte, which no text has.
  case notText(file: String, line: Int, byte: Int)
  /// A quotation mark that opens a cell and has no partner; the line where it stands.
  case unclosedQuote(file: String, line: Int)
  case missingColumns(file: String, missing: [String], found: [String])
  /// Two columns of the header that mean the same.
  case columnTwice(file: String, column: String, line: Int)
  /// Columns of different names that mean the same needed thing.
  case columnsAlike(file: String, column: String, found: [String], line: Int)

  /// One row that spoils a table which is taken whole or not at all.
  case row(RowFault)

  public var kind: RefusalKind {
    switch self {
    case .missing: .notFound
    default: .invalid
    }
  }

  /// What the system calls what went wrong with a file, in Chinese; as it is where nobody has put it.
  /// - Parameter reason: such as `strerror` has it.
  public static func inChinese(_ reason: String) -> String { words[reason] ?? reason }

  private static let words = [
    "No such file or directory": "没有这个文件或文件夹", "Is a directory": "这是一个文件夹",
    "Not a directory": "路径中有一段不是文件夹", "Permission denied": "没有权限",
    "No space left on device": "磁盘已满", "Read-only file system": "磁盘是只读的",
    "File name too long": "文件名太长", "File exists": "已经存在", "Input/output error": "无法读写",
    "Not a zip archive": "不是完整的 .xlsx 文件", "Zip archive inconsistent": "文件内部不一致",
    "Premature end of file": "文件不完整",
    "Invalid or incomplete multibyte or wide character": "内容无法识别",
  ]

  /// The message for people.
  public var sentence: Sentence {
    switch self {
    case .missing(let file):
      Sentence(zh: "找不到文件：\(file)", en: "there is no file \(file)")
    case .directory(let file):
      Sentence(
        zh: "\(file) 是文件夹，请指定其中的表格文件", en: "\(file) is a folder; name a table file inside it")
    case .empty(let file):
      Sentence(zh: "\(file) 是空文件，没有任何内容", en: "\(file) is empty")
    case .severalSheets(let file, let sheets):
      Sentence(
        zh: "\(file) 有几张这样的表（\(sheets.joined(separator: "、"))），一次只收一张，请各存为单独的文件",
        en:
          "\(file) has several such tables (\(sheets.joined(separator: ", "))); save each as a file of "
          + "its own")
    case .spreadsheet(let file):
      Sentence(
        zh: "\(file) 是电子表格（Excel 或压缩文件），不是 CSV。请用“另存为”选“CSV UTF-8（逗号分隔）”后再导入",
        en:
          "\(file) is a workbook (Excel or a zip file), not CSV; save it as “CSV UTF-8”"
      )
    case .oldWorkbook(let file):
      Sentence(
        zh: "\(file) 是旧版表格（.xls 或 .et）。请用 Excel 或 WPS 打开，“另存为”选“Excel 工作簿（*.xlsx）”后再导入",
        en: "\(file) is a workbook in its old form (.xls); open it and save it as “Excel workbook "
          + "(*.xlsx)”")
    case .webPage(let file):
      Sentence(
        zh: "\(file) 是网页，不是表格（有些系统导出的 .xls 就是这样）。请用 Excel 或 WPS 打开，“另存为”选“Excel 工作簿（*.xlsx）”后再导入",
        en: "\(file) is a web page, not a table, as some systems export it; open it and save it as "
          + "“Excel workbook (*.xlsx)”")
    case .printed(let file, let form):
      Sentence(
        zh: "\(file) 是 \(form)，不是表格，里面的字无法按行列读取。请向制表人要原来的 Excel 或 WPS 文件，"
          + "“另存为”选“Excel 工作簿（*.xlsx）”或 CSV 后再导入",
        en: "\(file) is a \(form), not a table; ask for the file that it was printed from and save "
          + "it as “Excel workbook (*.xlsx)” or CSV")
    case .row(let fault): fault.sentence
    case .workbook(let file, let fault): FileRefusal.sentence(file, fault)
    case .unreadable(let file, let reason):
      Sentence(
        zh: "无法读取 \(file)：\(Self.inChinese(reason))", en: "cannot read \(file): \(reason)")
    case .unwritable(let file, let reason):
      Sentence(
        zh: "无法写入 \(file)：\(Self.inChinese(reason))", en: "cannot write \(file): \(reason)")
    case .encoding(let file, let line, let byte):
      Sentence(
        zh: "\(file) 第 \(line) 行（第 \(byte) 字节）无法识别文字编码，请另存为 UTF-8 或 GB18030 编码的 CSV",
        en:
          "\(file), line \(line) (byte \(byte)): neither UTF-8 nor GB18030; save it in one of these"
      )
    case .notText(let file, let line, let byte):
      Sentence(
        zh: "\(file) 第 \(line) 行（第 \(byte) 字节）不是文字内容，这个文件不是 CSV",
        en: "\(file), line \(line) (byte \(byte)): not text; this file is not CSV")
    case .unclosedQuote(let file, let line):
      Sentence(
        zh: "\(file) 第 \(line) 行有一个双引号没有配对，其后的内容无法分列",
        en: "\(file), line \(line): a quotation mark is never closed, so what follows has no cells")
    case .missingColumns(let file, let missing, let found):
      Sentence(
        zh:
          "\(file) 缺少列：\(missing.joined(separator: "、"))。"
          + "表头中有：\(FileRefusal.list(found, "、", "（无）"))",
        en: "\(file) lacks the columns \(missing.joined(separator: ", ")); "
          + "its header has: \(FileRefusal.list(found, ", ", "(nothing)"))")
    case .columnTwice(let file, let column, let line):
      Sentence(
        zh: "\(file) 第 \(line) 行的表头里“\(column)”出现了两次，请只保留一列",
        en: "\(file), line \(line): the header has “\(column)” twice; keep one of the columns")
    case .columnsAlike(let file, let column, let found, let line):
      Sentence(
        zh: "\(file) 第 \(line) 行的表头里 \(found.map { "“\($0)”" }.joined(separator: "、")) "
          + "都表示“\(column)”，请只保留一列",
        en: "\(file), line \(line): \(found.map { "“\($0)”" }.joined(separator: ", ")) "
          + "all mean \(column); keep one of the columns")
    }
  }

  private static func sentence(_ file: String, _ fault: WorkbookFault) -> Sentence {
    switch fault {
    case .corrupt(let reason):
      Sentence(
        zh: "\(file) 已损坏或不完整，无法读取（\(inChinese(reason))）。"
          + "请重新取得文件，或用 Excel、WPS 打开修复后另存为 .xlsx 或 CSV",
        en: "\(file) is damaged or incomplete (\(reason)); fetch it again, or open it and save it "
          + "anew as .xlsx or CSV"
      )
    case .noWorkbook:
      Sentence(
        zh: "\(file) 不是 Excel 工作簿（.xlsx），里面没有工作表",
        en: "\(file) is no Excel workbook (.xlsx): there is no sheet in it")
    case .binaryForm:
      Sentence(
        zh: "\(file) 是二进制工作簿（.xlsb），请“另存为”“Excel 工作簿（*.xlsx）”后再导入",
        en: "\(file) is a binary workbook (.xlsb); save it as “Excel workbook (*.xlsx)”")
    case .encrypted:
      Sentence(
        zh: "\(file) 加了密码，无法读取。请打开后取消密码，另存为 .xlsx 再导入",
        en: "\(file) is protected by a password; take the password off and save it as .xlsx")
    case .tooLarge(let limit):
      Sentence(
        zh: "\(file) 展开后过大（超过 \(limit)），不像一份正常的表格，已拒绝",
        en: "\(file) unpacks to more than \(limit), which no honest table does; refused")
    case .documentType(let part):
      Sentence(
        zh: "\(file) 含有不应出现的 XML 声明（\(part)），可能是恶意文件，已拒绝",
        en: "\(file) declares a document type (\(part)), as attacks do; refused")
    }
  }

  private static func list(_ names: [String], _ separator: String, _ none: String) -> String {
    let named = names.filter { !$0.isEmpty }
    return named.isEmpty ? none : named.joined(separator: separator)
  }
}
