import CanteenDomain
import Foundation

/// The words of the argument parser, which speaks English only, in the reader's language.
enum HelpText {
  private static let headings = [
    ("OVERVIEW: ", "简介："), ("USAGE: ", "用法："), ("Usage: ", "用法："), ("ARGUMENTS:", "参数："),
    ("OPTIONS:", "选项："), ("SUBCOMMANDS:", "子命令："), (" SUBCOMMANDS:", "："), ("Error: ", "参数有误："),
    ("Help:  ", "说明："),
    ("<subcommand>", "<子命令>"), ("<options>", "<选项>"), (" (default)", "（默认）"),
    ("Show help information.", "显示说明"), ("Show the version.", "显示版本"),
    ("Show subcommand help information.", "显示子命令的说明"),
    ("Missing expected argument ", "缺少参数 "), ("Unknown option ", "没有这个选项 "),
    ("Unexpected argument ", "多余的参数 "), ("Missing value for ", "缺少取值："),
    ("Missing one of: ", "须给出其中之一："), (". Please provide one of the following:", "，可用的有："),
    ("See '", "用 '"), ("for detailed help.", "查看子命令的说明"), ("for more information.", "查看说明"),
  ]

  /// Sentences about a wrong call, and remarks that may be wrapped, as patterns, since a Chinese one has its
  /// words in another order.
  private static let sentences = [
    ("\\(values:\\s+([^()]*);\\s+default:\\s+([^()]*)\\)", "（可选：$1；默认：$2）"),
    ("\\(values:\\s+([^()]*)\\)", "（可选：$1）"), ("\\(default:\\s+([^()]*)\\)", "（默认：$1）"),
    (
      "The option '(.+?)' does not take any value, but '(.*)' was specified\\.",
      "选项 '$1' 不带取值，却写了 '$2'"
    ),
    ("Unknown option '(.+?)'\\. Did you mean '(.+?)'\\?", "没有这个选项 '$1'，是否想用 '$2'？"),
    ("(\\d+) unexpected arguments: ", "多余的 $1 个参数："),
    ("The value '(.*?)' is invalid for '(.+?)'", "取值 '$1' 不适用于 '$2'"),
    ("The value '(.*?)' is invalid\\.", "取值 '$1' 无效。"),
    ("Value to be set with flag (.+) had already been set with flag (.+)", "$1 与 $2 只能给一个"),
    ("Missing required subcommand\\.", "缺少子命令"), ("Invalid option: ", "无效的选项："),
    ("\\. Please provide one of (.+?)\\.", "，可用的有 $1"),
    ("(?<=') (?:and|or) (?=')", "、"), ("', (?:and |or )?'", "'、'"), ("\\n   or: ", "\n   或："),
  ]

  static func localised(_ text: String) -> String {
    guard Language.current == .zh else { return text }
    let told = sentences.reduce(text) {
      $0.replacingOccurrences(of: $1.0, with: $1.1, options: .regularExpression)
    }
    return headings.reduce(told) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
