import HummingbirdCore
import Logging
import NIOCore

/// The thread that reads a browser's connection, as a place to answer it from: a tap is decided where it
/// arrives, instead of being handed to another thread and back at every wait. On an idle machine a
/// hand-over costs more than the decision.
///
/// What takes long leaves it (`LongRequests`); what waits for the database waits elsewhere in any case.
final class ConnectionThread: TaskExecutor {
  /// Of the connection whose request is being answered; nil outside any.
  @TaskLocal static var current: ConnectionThread?

  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// HTTP whose requests are answered on their connections' threads.
struct ThreadedChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    base.setup(channel: channel, logger: logger)
  }

  func handle(value: Base.Value, logger: Logger) async {
    let thread = ConnectionThread(value.channel.eventLoop)
    await ConnectionThread.$current.withValue(thread) {
      await withTaskExecutorPreference(thread) { await base.handle(value: value, logger: logger) }
    }
  }
}
