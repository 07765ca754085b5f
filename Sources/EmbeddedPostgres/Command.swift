import Foundation

/// One run of another program, to its end.
///
/// Foundation's `Process` is of no use here: on Linux it takes a program to be running until every
/// descendant has ended, and the server that `pg_ctl` leaves behind is meant not to.
struct Command {
  var program: String
  var arguments: [String]
  /// The whole environment: nothing is inherited, so that a stray `PGPORT` changes nothing.
  var environment: [String: String] = [:]
  var folder: URL
  /// Fits a pipe's buffer, so that writing all of it before reading cannot block.
  var input = ""

  /// What a program left behind.
  struct Outcome {
    /// The exit status; -1 if a signal ended it.
    let status: Int32
    /// Standard output and standard error, as they came.
    let output: String
    var succeeded: Bool { status == 0 }
  }

  /// The program could not be run at all.
  struct LaunchError: Error, LocalizedError {
    let reason: String
    var errorDescription: String? { reason }
  }

  private static let ownEnvironment = [
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
  ]

  func run() throws -> Outcome {
    let input = Pipe()
    let output = Pipe()
    let process = try spawn(
      reading: input.fileHandleForReading.fileDescriptor,
      writing: output.fileHandleForWriting.fileDescriptor)
    try input.fileHandleForReading.close()
    try output.fileHandleForWriting.close()
    // A program that ends without reading its input breaks the pipe; it has said why by then.
    // Nothing is written to those that are given none, so that no SIGPIPE can come of it.
    if !self.input.isEmpty {
      try? input.fileHandleForWriting.write(contentsOf: Data(self.input.utf8))
    }
    try input.fileHandleForWriting.close()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    return Outcome(status: wait(for: process), output: String(decoding: said, as: UTF8.self))
  }

  private func spawn(reading input: Int32, writing output: Int32) throws -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }

    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    // The server lives on after us and must not keep our files and sockets open.
    for descriptor in Command.openDescriptors() where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // What we ignore or block (SIGPIPE, say), the server must not.
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    // The shell changes the folder, for which posix_spawn(3) has no portable way.
    let shell = "/bin/sh"
    let line = [shell, "-c", "cd \"$0\" && exec \"$@\"", folder.path, program] + arguments
    let words = line.map { strdup($0) } + [nil]
    let settings =
      environment.merging(Command.ownEnvironment) { own, _ in own }
      .map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var process = pid_t()
    let code = posix_spawn(&process, shell, &actions, &attributes, words, settings)
    guard code == 0 else { throw LaunchError(reason: String(cString: strerror(code))) }
    return process
  }

  /// Closing one that was closed meanwhile does no harm.
  private static func openDescriptors() -> [Int32] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")
    return names?.compactMap { Int32($0) } ?? Array(3..<256)
  }

  private func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 {
      guard errno == EINTR else { return -1 }
    }
    // The lowest seven bits are the signal that ended it, the next eight its exit status (wait(2)).
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
  }
}
