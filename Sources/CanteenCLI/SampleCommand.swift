import ArgumentParser
import CanteenDomain
import CanteenSample
import Foundation

/// `canteen sample`: an invented community to try things on.
struct SampleCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "sample",
      abstract: said("示例社区：写出一套虚构的文件", "write the files of an invented community"),
      subcommands: [Write.self])
  }

  /// Writes the files.
  struct Write: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("写出示例文件（人物均为虚构）", "write the files; nobody in them is real"))
    }
    @Argument(help: ArgumentHelp(said("放到哪个文件夹", "folder"))) var folder: String
    @Option(help: ArgumentHelp(said("随机种子", "seed"))) var seed: UInt64?
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let place = URL(fileURLWithPath: folder)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let community = seed.map { SampleCommunity(seed: $0) } ?? SampleCommunity()
      for file in community.files() {
        let path = place.appendingPathComponent(file.name)
        try Data(file.bytes).write(to: path, options: .atomic)
        print(path.path)
      }
    }
  }
}
