import CanteenDomain

/// The words of the argument parser, which speaks English only, in the reader's language.
enum HelpText {
  private static let headings = [
    ("OVERVIEW: ", "简介："), ("USAGE: ", "用法："), ("Usage: ", "用法："), ("ARGUMENTS:", "参数："),
    ("OPTIONS:", "选项："), ("SUBCOMMANDS:", "子命令："), (" SUBCOMMANDS:", "："), ("Error: ", "参数有误："),
    ("Help:  ", "说明："), ("(default: ", "（默认："), ("(values: ", "（可选："), ("; default: ", "；默认："),
    ("Show help information.", "显示说明"), ("Show the version.", "显示版本"),
    ("Show subcommand help information.", "显示子命令的说明"),
    ("Missing expected argument ", "缺少参数 "), ("Unknown option ", "没有这个选项 "),
    ("Unexpected argument ", "多余的参数 "), ("Missing value for ", "缺少取值："),
    ("Missing one of: ", "须给出其中之一："), ("Did you mean ", "是否想用 "),
    ("is invalid for", "不适用于"), ("The value ", "取值 "),
    ("Please provide one of the following: ", "请从中选择："),
    ("Please provide one of ", "请从中选择："),
    ("See '", "用 '"), ("for detailed help.", "查看子命令的说明"), ("for more information.", "查看说明"),
  ]

  static func localised(_ text: String) -> String {
    guard Language.current == .zh else { return text }
    return headings.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}

extension String {
  fileprivate func replacingOccurrences(of old: String, with new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
