import CanteenDomain
import CanteenFiles
import CanteenVault
import Foundation

/// 清点文件夹: a folder into which tills, kitchens and gates drop their tables. Each is taken once and
/// moved to `taken`; one that cannot be read is moved to `rejected` with a note that says why.
///
/// A program that writes a table there gives it another ending (`.part`) until it is whole.
public struct CountFolder: Sendable {
  private let folder: URL
  private let counts: IndependentCountService

  public init(_ path: String, counts: IndependentCountService) {
    folder = URL(fileURLWithPath: path)
    self.counts = counts
  }

  /// What became of one table.
  public struct File: Sendable, Hashable {
    /// The ways in which it can end.
    public enum Outcome: Sendable, Hashable {
      /// So many rows, of which so many were new or corrected.
      case taken(rows: Int, new: Int)
      /// The same bytes were taken before.
      case known
      /// Nothing of it was taken, and why.
      case rejected([Sentence])
    }

    public var name: String
    public var outcome: Outcome
  }

  /// Takes what lies there, the oldest first, so that a correction comes after what it corrects. Safe to
  /// interrupt: a table whose rows are in and that was not moved yet is known the next time.
  /// - Throws: `FileRefusal` for a folder that cannot be read or written.
  public func take(by: Attribution) async throws -> [File] {
    var files: [File] = []
    for url in try tables() {
      let outcome = try await take(url, by: by)
      try move(url, outcome, at: by.at)
      files.append(File(name: url.lastPathComponent, outcome: outcome))
    }
    return files
  }

  private func tables() throws(FileRefusal) -> [URL] {
    let keys: [URLResourceKey] = [.contentModificationDateKey, .isRegularFileKey]
    do {
      return try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: keys, options: .skipsHiddenFiles
      ).filter {
        try ["csv", "xlsx"].contains($0.pathExtension.lowercased())
          && $0.resourceValues(forKeys: Set(keys)).isRegularFile == true
      }.map { url in
        (url, try url.resourceValues(forKeys: Set(keys)).contentModificationDate ?? .distantPast)
      }.sorted {
        ($0.1, $0.0.lastPathComponent) < ($1.1, $1.0.lastPathComponent)
      }.map(\.0)
    } catch {
      throw .unreadable(file: folder.path, reason: error.localizedDescription)
    }
  }

  private func take(_ url: URL, by: Attribution) async throws -> File.Outcome {
    do {
      guard let bytes = FileManager.default.contents(atPath: url.path) else {
        return .rejected([FileRefusal.missing(file: url.lastPathComponent).sentence])
      }
      let seal = Seal.of(bytes)
      if try await counts.isTaken(seal) { return .known }
      let readings = try CountRow.read(
        contentsOf: url.path, asOf: CanteenCalendar.shanghai.day(of: by.at))
      let faults = readings.flatMap { $0.faults + ($0.duplicate.map { [$0] } ?? []) }
      guard faults.isEmpty else { return .rejected(faults.map(\.sentence)) }
      let rows = readings.compactMap(\.value?.count)
      let new = try await counts.add(rows, ofFile: url.lastPathComponent, seal, by: by)
      return new.map { File.Outcome.taken(rows: rows.count, new: $0) } ?? .known
    } catch let refusal as any Refusal {
      return .rejected([refusal.sentence])
    }
  }

  private func move(_ url: URL, _ outcome: File.Outcome, at: Instant) throws(FileRefusal) {
    var place = "taken"
    var note: String?
    if case .rejected(let reasons) = outcome {
      place = "rejected"
      note = reasons.map { "\($0.zh)\n\($0.en)\n" }.joined(separator: "\n")
    }
    let target = folder.appendingPathComponent(place)
    do {
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      let name = Self.free(url.lastPathComponent, in: target)
      try FileManager.default.moveItem(at: url, to: target.appendingPathComponent(name))
      if let note {
        try note.write(
          to: target.appendingPathComponent(name + ".txt"), atomically: true, encoding: .utf8)
      }
    } catch {
      throw .unwritable(file: target.path, reason: error.localizedDescription)
    }
  }

  /// The name, or the name with the first number that nobody has there.
  private static func free(_ name: String, in folder: URL) -> String {
    var (free, number) = (name, 1)
    while FileManager.default.fileExists(atPath: folder.appendingPathComponent(free).path) {
      number += 1
      free = "\(number)-\(name)"
    }
    return free
  }
}
