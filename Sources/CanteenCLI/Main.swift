import ArgumentParser
import CanteenDomain
import Foundation

/// Parses, runs, and ends with a status: 0 done, 1 fault, 2 refused, 3 findings for a person, 64 usage.
@main
enum Main {
  /// The line with the options that every command takes behind its name, where the parser looks for
  /// them: people, and their aliases, also write them in front of it. What stands behind it counts then.
  static func arguments(_ given: ArraySlice<String>) -> [String] {
    func isOption(_ word: String, _ name: String) -> Bool {
      word == name || word.hasPrefix(name + "=")
    }
    var rest = given
    var options: [(name: String, words: ArraySlice<String>)] = []
    while let first = rest.first, let name = common.first(where: { isOption(first, $0) }) {
      let count = first == name ? 2 : 1
      options.append((name, rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    // Help takes no options; its language is known already.
    guard let command = rest.first, command != "help" else { return Array(rest) }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    let kept = options.filter { option in
      // The language is known already, and groups of commands do not take it.
      let isKnown = Language.named(in: option.words).flatMap(Language.init) != nil
      return !isKnown && !rest[..<end].contains { isOption($0, option.name) }
    }
    return Array(rest[..<end]) + kept.flatMap { $0.words } + rest[end...]
  }

  private static let common = ["--lang", "--database-url", "--home", "--by"]

  static func main() async {
    var running: any ParsableCommand.Type = CanteenCommand.self
    do {
      var command = try CanteenCommand.parseAsRoot(arguments(CommandLine.arguments.dropFirst()))
      running = type(of: command)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      fflush(nil)
    } catch {
      fflush(nil)
      exit(Failure.report(error, of: running))
    }
  }
}
