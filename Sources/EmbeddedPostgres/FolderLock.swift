import Foundation

/// The cluster's lock: one process at a time makes, starts or stops it.
///
/// The kernel drops it when its holder dies, so a crash leaves nothing to clean up. The descriptor
/// is closed in children (`O_CLOEXEC`): the server must not inherit it and keep the lock for ever.
struct FolderLock {
  private let descriptor: Int32

  static func take(
    in folder: URL, patienceSeconds: Double, onWait: () -> Void
  ) throws(ClusterError) -> FolderLock {
    let path = folder.appendingPathComponent("lock").path
    let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .folderNotWritable(path: path, reason: String(cString: strerror(errno)))
    }
    var waited = false
    let deadline = Deadline(seconds: patienceSeconds)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if !waited { onWait() }
      waited = true
      guard !deadline.hasPassed else {
        close(descriptor)
        throw .locked(path: folder.path)
      }
      usleep(50_000)
    }
    return FolderLock(descriptor: descriptor)
  }

  func release() { close(descriptor) }
}

/// A moment after which waiting ends, by a clock that no one can set back.
struct Deadline {
  private let end: ContinuousClock.Instant
  init(seconds: Double) { end = .now + .seconds(seconds) }
  var hasPassed: Bool { ContinuousClock.now >= end }
}
