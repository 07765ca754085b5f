import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices
import CanteenVault
import EmbeddedPostgres
import Foundation
import Postgres

/// Turns an error into one sentence on standard error and a status: the only place that does.
enum Failure {
  /// 1 for what is broken, 2 for what is not allowed, 3 for findings, 64 for a wrong call.
  /// - Parameter command: which was called.
  static func report(
    _ error: any Error, of command: any ParsableCommand.Type = CanteenCommand.self
  ) -> Int32 {
    switch error {
    case let rows as RowReport.RowsRefused where rows.others == .taken:
      say(rows.sentence)
      return 2
    case let error as any Refusal:
      say(Sentence(zh: "未执行：\(error.sentence.zh)", en: "refused: \(error.sentence.en)"))
      return 2
    case let error as RefusedCheckIn:
      let status = report(error.refusal)
      if case .alreadyCheckedIn = error.refusal {
        say(
          Sentence(
            zh: "如需再打一份，请加 --full-price（按原价）；待处理的用 accept_full_price",
            en:
              "for a further meal add --full-price (at full price); of an exception, accept_full_price"
          ))
      }
      return status
    case let ended as EndedWith:
      return ended.status
    default:
      if let sentence = fault(error) {
        say(Sentence(zh: "故障：\(sentence.zh)", en: "fault: \(sentence.en)"))
        // Details may hold people's data, so they are shown only to whoever asks for them.
        if ProcessInfo.processInfo.environment["CANTEEN_DEBUG"] == "1" {
          let details = report(of: error)
          say(Sentence(zh: details, en: details))
        }
        return 1
      }
      return reportUsage(error, of: command)
    }
  }

  /// All that an error knows of itself.
  private static func report(of error: any Error) -> String {
    switch error {
    case let error as ServerError: error.report
    case let error as ConnectionError: error.report
    default: String(reflecting: error)
    }
  }

  /// A status that says something by itself, when everything was printed already.
  struct EndedWith: Error {
    var status: Int32
  }

  /// What is broken, in a sentence; nil for what the argument parser has to say.
  private static func fault(_ error: any Error) -> Sentence? {
    switch error {
    case let error as SchemaFault: error.sentence
    case let error as StatementFault: error.sentence
    case let error as PolicyFault: error.sentence
    case let error as VaultFault: error.sentence
    case let error as ClusterError: Sentence(zh: error.zh, en: error.en)
    case let error as ConnectionError: sentence(error)
    case let error as PoolError:
      Sentence(zh: "数据库太忙，没有等到空闲的连接", en: "\(error)")
    case let error as ServerError: Sentence(zh: "数据库：\(error)", en: "database: \(error)")
    case let error as TransactionError: Sentence(zh: "数据库：\(error)", en: "database: \(error)")
    case let error as RowDecodingError: Sentence(zh: "数据库：\(error)", en: "database: \(error)")
    case let error as ParameterError: Sentence(zh: "数据库：\(error)", en: "database: \(error)")
    case let error as CocoaError: sentence(error)
    case is CancellationError: Sentence(zh: "已中断", en: "interrupted")
    default: nil
    }
  }

  /// Of a file or folder; the library speaks English only.
  private static func sentence(_ error: CocoaError) -> Sentence {
    let place = error.filePath ?? error.url?.path
    let code =
      switch error.code {
      case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
      case .fileReadNoPermission, .fileWriteNoPermission: EACCES
      case .fileWriteFileExists: EEXIST
      case .fileWriteOutOfSpace: ENOSPC
      case .fileWriteVolumeReadOnly: EROFS
      case .fileReadInvalidFileName, .fileWriteInvalidFileName: ENAMETOOLONG
      case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: EILSEQ
      default: EIO
      }
    let reason = FileRefusal.inChinese(String(cString: strerror(code)))
    return Sentence(
      zh: "文件：\(reason)\(place.map { "：\($0)" } ?? "")",
      en: "file: \(error.localizedDescription)\(place.map { " (\($0))" } ?? "")")
  }

  private static func sentence(_ error: ConnectionError) -> Sentence {
    switch error {
    case .cannotConnect(let text):
      let reason = text.split(separator: "\n").first.map(String.init) ?? ""
      return Sentence(
        zh: "连不上数据库服务器：\(reason)", en: "cannot connect to the database server: \(reason)")
    case .lost: return Sentence(zh: "与数据库服务器的连接中断", en: "\(error)")
    case .timedOut: return Sentence(zh: "数据库服务器没有按时应答", en: "\(error)")
    case .closed, .busy: return Sentence(zh: "与数据库服务器的连接已关闭", en: "\(error)")
    case .outcomeUnknown:
      return Sentence(
        zh: "提交后没有收到数据库的回答，结果未知；请原样再运行一次，不会重复计数",
        en: "\(error); run the same command again, nothing is counted twice")
    }
  }

  private static func reportUsage(
    _ error: any Error, of command: any ParsableCommand.Type
  ) -> Int32 {
    let code = CanteenCommand.exitCode(for: error)
    var text = CanteenCommand.fullMessage(for: error)
    if error is ValidationError {
      // Found by a command that runs already: the parser says how the whole program is called.
      let usage = CanteenCommand.usageString(for: command)
      let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }
      text = text.replacing(CanteenCommand.usageString(), with: usage)
        .replacing("'canteen --help'", with: "'\(name.joined(separator: " ")) --help'")
    }
    text = HelpText.localised(text)
    if code.isSuccess {
      print(text)
      fflush(nil)
      return 0
    }
    let isUsage = code == .validationFailure
    FileHandle.standardError.write(Data((text + "\n").utf8))
    return isUsage ? 64 : 1
  }

  static func say(_ sentence: Sentence) {
    FileHandle.standardError.write(Data((sentence.text(in: .current) + "\n").utf8))
  }
}
