import Foundation
import PackagePlugin

/// Generates `EmbeddedText.swift` for a target: every text file of its excluded folders, in order.
///
/// The files are listed as inputs and stand (by link or for real) inside the target's folder, so
/// that adding, changing, renaming and removing one are all seen by the next build.
@main
struct EmbedText: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let folder = target.directoryURL
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedText.swift")
    let endings: Set = ["sql", "yaml", "json", "html", "css", "js", "svg"]
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .map { folder.appending(path: $0) }
    let linked = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.resolvingSymlinksInPath().path != $0.path }
    let behindLinks = try linked.flatMap { link in
      try FileManager.default.subpathsOfDirectory(atPath: link.resolvingSymlinksInPath().path)
        .map { link.appending(path: $0) }
    }
    let inputs = Set(files + behindLinks).filter { endings.contains($0.pathExtension) }
    return [
      .buildCommand(
        displayName: "Embedding text files of \(target.name)",
        executable: try context.tool(named: "EmbedTextTool").url,
        arguments: [folder.path, output.path],
        inputFiles: inputs.sorted { $0.path < $1.path },
        outputFiles: [output])
    ]
  }
}
