import ArgumentParser
import CanteenDomain
import CanteenFiles
import CanteenServices

/// `canteen region`: the tree of regions.
struct RegionCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "region",
      abstract: said("区划：市、区县、街道、社区、居民小组", "regions: city, county, street, community, group"),
      subcommands: [Add.self, Import.self, List.self])
  }

  /// One region from the command line.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("添加一个区划", "add one region"))
    }
    @Argument(help: ArgumentHelp(said("区划编码", "code"))) var code: String
    @Argument(help: ArgumentHelp(said("名称", "name"))) var name: String
    @Option(help: ArgumentHelp(said("级别", "level"))) var level: Region.Level
    @Option(help: ArgumentHelp(said("上级编码", "code of the region above"))) var parent: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let region = Region(
        code: Region.Code(code), name: name, level: level, parent: parent.map(Region.Code.init))
      try await RegionCommand.add([region], output.format, common)
    }
  }

  /// Regions from a table.
  struct Import: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("从表格导入区划（编码、名称、级别、上级编码）", "import regions from a table"))
    }
    @Argument(help: ArgumentHelp(said("CSV 文件", "a CSV file"))) var file: String
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let readings = try RegionRow.read(contentsOf: file)
      try RowReport.refuseAny(readings)
      try await RegionCommand.add(readings.compactMap { $0.value?.region }, output.format, common)
    }
  }

  /// All regions.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出区划", "list the regions"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("code", "编码", "code"), ListingColumn("name", "名称", "name"),
          ListingColumn("level", "级别", "level"), ListingColumn("parent", "上级", "parent"),
        ])
        for region in try await RegionService(workspace.database).all() {
          listing.append([
            .text(region.code.text), .text(region.name),
            .word(region.level),
            region.parent.map { .text($0.text) } ?? .none,
          ])
        }
        try listing.print(output.format)
      }
    }
  }

  private static func add(
    _ regions: [Region], _ format: OutputFormat, _ common: CommonOptions
  ) async throws {
    try await Workspace.run(common) { workspace in
      let added = try await RegionService(workspace.database)
        .add(regions, validFrom: Day(number: 0))
      try Outcome.print(
        format,
        said(
          "区划：新增 \(added) 个，已有 \(regions.count - added) 个",
          "regions: \(added) added, \(regions.count - added) there already"),
        [
          (ListingColumn("added", "新增", "added"), .integer(added)),
          (ListingColumn("unchanged", "已有", "there"), .integer(regions.count - added)),
        ])
    }
  }
}
