import ArgumentParser
import CanteenDomain
import CanteenServices

/// What the imports of the register have in common: a table that is taken, or only looked at.
struct ProposalOptions: ParsableArguments {
  @OptionGroup var source: TableOptions
  @Flag(help: ArgumentHelp(said("只看会有什么变化，不写入", "only say what would change")))
  var dryRun = false

  var mode: RosterImport.Mode { dryRun ? .propose : .apply }

  /// - Throws: `RowReport.RowsRefused` if rows were not taken.
  func end(refused: Int) throws {
    guard refused > 0 else { return }
    throw RowReport.RowsRefused(count: refused, others: dryRun ? .previewed : .taken)
  }

  static func sayNothingWritten() {
    print(said("以上只是预览，没有写入", "a preview only: nothing was written"))
  }
}
