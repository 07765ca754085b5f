import ArgumentParser
import CanteenDomain

/// `canteen`: commands in groups by who uses them.
struct CanteenCommand: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "canteen",
      abstract: said(
        "社区长者食堂系统：每一餐只计一次，每一分钱都有据可查",
        "community canteens for older people: every meal counted once, every fen accounted for"),
      discussion: said(
        """
        初次使用：运行 make demo，或按 README 的步骤从 region、canteen、roster、policy 开始。
        不指定数据库时，使用本机自带的数据库，第一次运行时自动建立。
        每个输出数据的命令都可加 --format json；界面语言用 --lang en 换成英文。
        退出码：0 完成，1 故障，2 不予执行（已说明原因），3 有异常待人处理，64 命令写法有误。
        """,
        """
        New here: run make demo, or follow the README: region, canteen, roster, policy.
        With no database named, the embedded one is used; the first command makes it.
        Every command that prints data takes --format json; --lang zh turns to Chinese.
        Exit status: 0 done, 1 fault, 2 refused (it says why), 3 findings for a person, 64 usage.
        """),
      version: Version.current,
      groupedSubcommands: [
        CommandGroup(
          name: said("柜台", "Counter"), subcommands: [CheckInCommand.self, OrderCommand.self]),
        CommandGroup(
          name: said("厨房", "Kitchen"),
          subcommands: [
            DishCommand.self, MenuCommand.self, KitchenCommand.self, FoodSampleCommand.self,
            DeliveryCommand.self,
          ]),
        CommandGroup(
          name: said("社区", "Community"),
          subcommands: [
            RosterCommand.self, DinerCommand.self, CredentialCommand.self, ProxyCommand.self,
            VolunteerCommand.self,
          ]),
        CommandGroup(
          name: said("街道办", "Street office"),
          subcommands: [
            EntitlementCommand.self, PolicyCommand.self, CalendarCommand.self, DayCommand.self,
            StatementCommand.self, AdvanceCommand.self, LedgerCommand.self, ReportCommand.self,
            FindingCommand.self,
          ]),
        CommandGroup(
          name: said("系统管理员", "Operator of the system"),
          subcommands: [
            RegionCommand.self, CanteensCommand.self, CountCommand.self, ReconcileCommand.self,
            AuditCommand.self, StaffCommand.self, TerminalCommand.self, ServeCommand.self,
            TLSCommand.self, DatabaseCommand.self, KeyCommand.self, RightCommand.self,
            SampleCommand.self,
          ]),
      ])
  }
}

/// The version that `--version` prints and CHANGELOG.md describes.
enum Version {
  static let current = "0.1.0"
}
