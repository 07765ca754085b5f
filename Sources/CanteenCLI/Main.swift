import ArgumentParser
import CanteenDomain
import Foundation

/// Parses, runs, and ends with a status: 0 done, 1 fault, 2 refused, 3 findings for a person, 64 usage.
@main
enum Main {
  static func main() async {
    do {
      var command = try CanteenCommand.parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      fflush(nil)
    } catch {
      fflush(nil)
      exit(Failure.report(error))
    }
  }
}
