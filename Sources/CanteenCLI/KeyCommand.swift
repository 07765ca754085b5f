import ArgumentParser
import CanteenDomain
import CanteenServices
import CanteenVault

/// `canteen key`: the key that seals people's numbers.
struct KeyCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "key", abstract: said("密钥：查看、更换", "the key of people's numbers: show, change"),
      subcommands: [Status.self, Rotate.self])
  }

  /// How much is under which key.
  struct Status: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("每把密钥下有多少条加密内容", "how many texts are under each key"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        let vault = try await workspace.vault()
        let counts = try await KeyRotation(workspace.database, vault: vault).counts()
        var listing = Listing([
          ListingColumn("key", "密钥编号", "key", number: true),
          ListingColumn("texts", "加密条数", "sealed texts", number: true),
          ListingColumn("at_hand", "密钥在手", "at hand"),
        ])
        for id in Set(counts.keys).union(vault.keyIDs).sorted() {
          listing.append([
            .integer(Int(id)), .integer(counts[id] ?? 0), .boolean(vault.keyIDs.contains(id)),
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  /// Changes the key.
  struct Rotate: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("更换密钥，全部号码改用新密钥", "change the key and seal everything anew"),
        discussion: said(
          "运行前请停止 canteen serve，否则不予执行。中断后再运行一次即可继续；全部完成前旧密钥一直保留，完成后移到“密钥文件.retired-旧编号”（旧备份还要用它）。"
            + "密钥在环境变量 CANTEEN_KEY 中时，请先把新密钥加在后面（“1 …;2 …”）再运行。",
          "Stop canteen serve first. Interrupted, run it again. Old keys stay until all is done and then move to a file beside (old backups need them). With the key in CANTEEN_KEY, add the new one there first."
        ))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      // Opened as usual first, so that the database is there and up to date.
      let (store, by) = try await Workspace.run(common) { workspace in
        _ = try await workspace.vault()
        try await KeyRotation.refuseBesideServers(workspace.database)
        return (KeyStore(home: workspace.home), workspace.attribution)
      }
      let keys = try store.keysWithNew()
      let vault = Vault(keys: keys)
      let changed = try await Workspace.owner(common) { database, _ in
        let progress = ProgressLine("换钥", "sealing anew")
        return try await KeyRotation(database, vault: vault).run(by: by) {
          progress.report($0.done, of: $0.total)
        }
      }
      let retired = try store.retireOld(keys)
      try Outcome.print(
        output.format,
        said(
          "已换用第 \(vault.newestKeyID) 号密钥，重新加密 \(changed) 份登记",
          "key \(vault.newestKeyID) is in use; sealed anew: \(changed)"),
        [
          (ListingColumn("key", "密钥", "key"), .integer(Int(vault.newestKeyID))),
          (ListingColumn("changed", "重新加密", "sealed anew"), .integer(changed)),
          (ListingColumn("retired", "旧密钥", "old keys"), retired.map { .text("\($0)") } ?? .none),
        ])
      if let retired {
        Failure.say(
          Sentence(
            zh: "旧密钥移到 \(retired)，不再需要旧备份时请销毁",
            en: "old keys moved to \(retired); destroy it with the last old backup"))
      }
    }
  }
}
