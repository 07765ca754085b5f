import CanteenDomain
import Foundation

/// The file that keeps the keys: mode 0600 in a folder of mode 0700, outside the database, so that
/// a copy of the database alone tells nobody's number.
public struct KeyFile: Sendable, Hashable {
  /// Where the file is, or will be.
  public let path: String

  /// Names the file; nothing is read yet.
  public init(path: String) { self.path = path }

  /// Reads the keys.
  /// - Throws: `KeyRefusal` if the file is missing, open to others, or not of keys.
  public func keys() throws(KeyRefusal) -> VaultKeys {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
      throw .unreadable(path: path, reason: KeyFile.reason())
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: String(cString: strerror(EISDIR)))
    }
    guard facts.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
    do {
      let bytes = try handle.readToEnd() ?? Data()
      return try VaultKeys(text: String(decoding: bytes, as: UTF8.self))
    } catch let refusal as KeyRefusal {
      throw refusal
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  /// Reads the keys, making the file with a new random key on the first run.
  ///
  /// Of two processes that do it at once one makes the file and both read that one; an existing
  /// file is never written to.
  public func keysMakingFirst() throws(KeyRefusal) -> VaultKeys {
    do {
      return try keys()
    } catch .missing {
      try make()
      return try keys()
    } catch {
      throw error
    }
  }

  /// Writes a draft beside the file and links it into place: link(2) fails if the name is taken,
  /// and nobody ever sees half a file.
  private func make() throws(KeyRefusal) {
    let folder = (path as NSString).deletingLastPathComponent
    try makeFolder(folder.isEmpty ? "." : folder)
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).draft"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: KeyFile.reason()) }
    defer { unlink(draft) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(KeyFile.text(of: VaultKeys(.random())).utf8))
      try handle.synchronize()
    } catch {
      throw .cannotCreate(path: path, reason: error.localizedDescription)
    }
    guard link(draft, path) == 0 || errno == EEXIST else {
      throw .cannotCreate(path: path, reason: KeyFile.reason())
    }
    KeyFile.synchronize(folder: folder.isEmpty ? "." : folder)
  }

  /// Puts other keys into the file: whole or not at all, and on disk before it returns.
  /// - Throws: `KeyRefusal` if the folder cannot be written to; the old file then stays.
  public func replace(with keys: VaultKeys) throws(KeyRefusal) {
    let folder = (path as NSString).deletingLastPathComponent
    let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).draft"
    let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: KeyFile.reason()) }
    defer { unlink(draft) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(KeyFile.text(of: keys).utf8))
      try handle.synchronize()
    } catch {
      throw .cannotCreate(path: path, reason: error.localizedDescription)
    }
    guard rename(draft, path) == 0 else {
      throw .cannotCreate(path: path, reason: KeyFile.reason())
    }
    KeyFile.synchronize(folder: folder.isEmpty ? "." : folder)
  }

  private func makeFolder(_ folder: String) throws(KeyRefusal) {
    guard !FileManager.default.fileExists(atPath: folder) else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .cannotCreate(path: path, reason: error.localizedDescription)
    }
  }

  /// Puts the new name itself on disk: the key must outlive a power cut that follows at once.
  private static func synchronize(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func text(of keys: VaultKeys) -> String {
    """
    # 长者食堂的密钥。没有它，已登记的身份证号和电话再也无法解开；请另行备份，不要与数据库放在一起。
    # Keys of the canteen. Without them no registered number can be read again; keep a copy, and
    # keep it apart from the database.
    \(keys.lines)
    """
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
