import ArgumentParser
import CanteenDomain
import CanteenServices
import Foundation

/// `canteen staff`: who signs in at counters.
struct StaffCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "staff",
      abstract: said("工作人员：添加、口令、停用、查看", "staff: add, PIN, disable, list"),
      discussion: said(
        "口令从标准输入读取，不写在命令里。例：canteen staff add 王芳 --canteen XFS-01 < 口令文件",
        "The PIN is read from standard input, never from the command line."),
      subcommands: [Add.self, Pin.self, Disable.self, Enable.self, List.self])
  }

  /// Adds somebody.
  struct Add: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said("添加工作人员（口令从标准输入读取）", "add somebody; the PIN comes on standard input"))
    }
    @Argument(help: ArgumentHelp(said("姓名", "name"))) var name: String
    @Option(help: ArgumentHelp(said("角色", "role"))) var role: Staff.Role = .clerk
    @Option(help: ArgumentHelp(said("助餐点编码；不给则所有助餐点", "canteen; every one if not given")))
    var canteen: String?
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let pin = try PinInput.read()
      try await Workspace.run(common) { workspace in
        try await StaffService(workspace.database).add(
          Staff(name: name, role: role, canteen: canteen), pin: pin, by: workspace.attribution)
        try Outcome.print(
          output.format, said("已添加：\(name)（\(role.name.zh)）", "added: \(name) (\(role.name.en))"),
          [
            (ListingColumn("name", "姓名", "name"), .text(name)),
            (ListingColumn("role", "角色", "role"), .word(role)),
            (ListingColumn("canteen", "助餐点", "canteen"), canteen.map(Cell.text) ?? .none),
          ])
      }
    }
  }

  /// A new PIN.
  struct Pin: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        abstract: said(
          "重设口令，并解除锁定（口令从标准输入读取）", "set a new PIN and end a lock-out; it comes on standard input"))
    }
    @Argument(help: ArgumentHelp(said("姓名", "name"))) var name: String
    @OptionGroup var common: CommonOptions

    func run() async throws {
      let pin = try PinInput.read()
      try await Workspace.run(common) { workspace in
        try await StaffService(workspace.database).setPIN(
          of: name, to: pin, by: workspace.attribution)
        print(said("口令已重设", "the PIN is set"))
      }
    }
  }

  /// What disabling and enabling have in common.
  struct Activation: ParsableArguments {
    @Argument(help: ArgumentHelp(said("姓名", "name"))) var name: String
    @OptionGroup var common: CommonOptions

    func set(_ isActive: Bool, _ done: String) async throws {
      try await Workspace.run(common) { workspace in
        try await StaffService(workspace.database).setActive(
          isActive, of: name, by: workspace.attribution)
        print(done)
      }
    }
  }

  /// Nobody signs in under the name any more.
  struct Disable: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("停用（离职、调岗）", "disable somebody who left"))
    }
    @OptionGroup var activation: Activation
    func run() async throws { try await activation.set(false, said("已停用", "disabled")) }
  }

  /// Lets somebody sign in again.
  struct Enable: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("恢复", "enable somebody again"))
    }
    @OptionGroup var activation: Activation
    func run() async throws { try await activation.set(true, said("已恢复", "enabled")) }
  }

  /// Everybody.
  struct List: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(abstract: said("列出工作人员", "list the staff"))
    }
    @OptionGroup var output: FormatOption
    @OptionGroup var common: CommonOptions

    func run() async throws {
      try await Workspace.run(common) { workspace in
        var listing = Listing([
          ListingColumn("name", "姓名", "name"), ListingColumn("role", "角色", "role"),
          ListingColumn("canteen", "助餐点", "canteen"), ListingColumn("active", "在用", "active"),
          ListingColumn("since", "更新于", "since"), ListingColumn("by", "经办", "by"),
        ])
        for one in try await StaffService(workspace.database).list() {
          listing.append([
            .text(one.staff.name), .word(one.staff.role),
            one.staff.canteen.map(Cell.text) ?? .none, .boolean(one.isActive),
            .text(workspace.calendar.day(of: one.recordedAt).description), .text(one.recordedBy),
          ])
        }
        try listing.print(output.format)
      }
    }
  }
}

/// A PIN as it is typed or piped in: never an argument, which every process list shows.
private enum PinInput {
  static func read() throws -> String {
    let isTerminal = isatty(STDIN_FILENO) == 1
    if isTerminal {
      Failure.say(Sentence(zh: "口令（4 到 12 位数字）：", en: "PIN (4 to 12 digits):"))
    }
    let pin = isTerminal ? withoutEcho { readLine() } : readLine()
    guard let pin else {
      throw ValidationError(
        said("请从标准输入给出口令", "give the PIN on standard input"))
    }
    return pin.trimmedSpaces()
  }

  private static func withoutEcho(_ body: () -> String?) -> String? {
    var old = termios()
    guard tcgetattr(STDIN_FILENO, &old) == 0 else { return body() }
    var quiet = old
    quiet.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet)
    defer { tcsetattr(STDIN_FILENO, TCSANOW, &old) }
    return body()
  }
}
