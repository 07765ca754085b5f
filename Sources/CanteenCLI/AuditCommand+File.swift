import CanteenDomain
import CanteenServices

extension AuditCommand.Verify {
  /// Checks exported files: by themselves, then against a saved head and the books where asked.
  func verifyFiles(_ saved: AuditHead?) async throws {
    var listing = Listing([
      ListingColumn("file", "文件", "file"), ListingColumn("table", "表", "table"),
      ListingColumn("statement", "结算单", "statement"),
      ListingColumn("rows", "行数", "rows", number: true),
      ListingColumn("sha256", "SHA-256", "SHA-256"), ListingColumn("result", "结果", "result"),
    ])
    var broken = false
    let checks = try file.map { try StatementFileCheck(path: $0) }
    for check in checks {
      var faults = check.faults + (saved.map { check.compare($0) } ?? [])
      if books { faults += try await differences(check) }
      broken = broken || !faults.isEmpty
      for table in check.tables {
        listing.append([
          .text(check.fileName), .text(table.name), .text(table.number), .integer(table.rows),
          .text(table.sha256),
          faults.isEmpty
            ? .word("as_sealed", Sentence(zh: "与封存时一致", en: "as it was sealed"))
            : .word("changed", Sentence(zh: "文件有改动", en: "the file differs")),
        ])
      }
      for fault in faults {
        Failure.say(
          Sentence(zh: "\(check.fileName) \(fault.zh)", en: "\(check.fileName): \(fault.en)"))
      }
    }
    try listing.print(output.format)
    if broken { throw Failure.EndedWith(status: 3) }
  }

  private func differences(_ check: StatementFileCheck) async throws -> [Sentence] {
    try await Workspace.run(common) { workspace in
      try await StatementExportService(
        workspace.database, vault: workspace.vaultWhenNeeded()
      ).compare(check)
    }
  }
}
