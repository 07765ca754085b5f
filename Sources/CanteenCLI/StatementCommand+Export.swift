import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

extension StatementCommand {
  /// What files are written.
  enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
    case xlsx
    case csv
    case html
    /// Every form, and a list of their hashes.
    case all

    var formats: [StatementExportService.Format] {
      switch self {
      case .xlsx: [.xlsx]
      case .csv: [.csv]
      case .html: [.html]
      case .all: [.xlsx, .csv, .html]
      }
    }
  }

  /// Writes the files.
  struct Export: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "导出申报表、汇总表、明细表、异常清单（XLSX、CSV、可打印网页）", "write its files (XLSX, CSV, a page to print)"),
        discussion: said(
          "同一张结算单每次导出的文件逐字节相同，可用 canteen audit verify --file 核验。号码默认脱敏；完整号码用 --masking full 并写明 --reason，须有权限（canteen right grant），并留下记录。",
          "The same statement gives the same bytes each time; canteen audit verify --file checks them. Numbers are masked; --masking full needs a right and a --reason, and is recorded."
        ))
    }
    @Argument(help: ArgumentHelp(said("结算单号", "its number"))) var number: String
    @Option(
      help: ArgumentHelp(
        said(
          "xlsx 工作簿、csv 每表一个文件、html 打印用、all 全部并附 SHA-256 清单",
          "xlsx; csv, a file for each table; html, for print; all, with a list of hashes"),
        valueName: "xlsx|csv|html|all"))
    var format: ExportFormat = .xlsx
    @Option(
      help: ArgumentHelp(
        said("放到哪个文件夹，或文件名（.xlsx、.csv、.html）；默认当前文件夹", "a folder, or a file; the current folder")))
    var out: String = "."
    @Option(
      help: ArgumentHelp(said("表样，如“标准 1”；默认结算时的表样", "form, e.g. 'standard 1'; its own"))) var form:
      String?
    @Option(
      help: ArgumentHelp(
        said("脱敏口径：masked、public、full 或表样自定", "masked, public, full or the form's")))
    var masking: String?
    @Option(help: ArgumentHelp(said("导出完整号码的原因", "why full numbers"))) var reason: String = ""
    @OptionGroup var common: CommonOptions

    func validate() throws {
      let ending = URL(fileURLWithPath: out).pathExtension.lowercased()
      guard !["pdf", "xls", "et", "ods", "doc", "docx", "json", "txt", "zip"].contains(ending)
      else {
        throw ValidationError(
          said("--out 的文件名应以 .xlsx、.csv 或 .html 结尾", "--out names a file in .xlsx, .csv or .html"))
      }
    }

    func run() async throws {
      let place = try place()
      try await Workspace.run(common) { workspace in
        let progress = ProgressLine("导出 \(number)", "exporting \(number)")
        let service = try await StatementExportService(
          workspace.database, calendar: workspace.calendar, vault: workspace.vaultWhenNeeded())
        let order = StatementExportService.Order(
          number, formats: format.formats, form: form, masking: masking, reason: reason)
        var written = try await service.export(order, to: place, by: workspace.attribution) {
          progress.report($0.done, of: $0.total)
        }
        if format == .all { written.append(try StatementExportService.list(written, at: place)) }
        for file in written { print(file.path) }
      }
    }

    /// A file's path without its ending; folders are made.
    private func place() throws -> String {
      let out = URL(fileURLWithPath: out)
      let isFile = ["xlsx", "csv", "html"].contains(out.pathExtension.lowercased())
      let folder = isFile ? out.deletingLastPathComponent() : out
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return isFile
        ? out.deletingPathExtension().path
        : folder.appendingPathComponent(number.replacing("/", with: "-")).path
    }
  }
}
