import Synchronization

/// Whether a connection can be used again; readable from any thread.
final class ConnectionHealth: Sendable {
  private let broken = Atomic<Bool>(false)
  private let wantsCheck = Atomic<Bool>(false)

  var isBroken: Bool { broken.load(ordering: .acquiring) }

  func markBroken() { broken.store(true, ordering: .releasing) }

  /// Asks that the next call first look whether the server is still there.
  func askForCheck() { wantsCheck.store(true, ordering: .relaxed) }

  /// Whether to look; asks once.
  func takeCheck() -> Bool {
    wantsCheck.load(ordering: .relaxed) && wantsCheck.exchange(false, ordering: .relaxed)
  }
}
