import CanteenDomain
import CanteenServices
import CanteenVault

/// The moment at which tests run: 2026-11-23 09:00 in Shanghai.
public let aMoment = CanteenCalendar.shanghai.instant(day("2026-11-23"), time("09:00"))

/// Who acts in tests.
public let aClerk = Attribution(by: "测试员", at: aMoment)

/// A day that a test writes down; a wrong one is the test's own mistake.
public func day(_ iso: String) -> Day {
  guard let day = Day(iso: iso) else { preconditionFailure("\(iso) is no day") }
  return day
}

/// A time of day that a test writes down.
public func time(_ text: String) -> TimeOfDay {
  guard let time = TimeOfDay(text) else { preconditionFailure("\(text) is no time") }
  return time
}

/// A vault whose key is the same in every run.
public let theVault: Vault = {
  guard let key = VaultKey(id: 1, bytes: Array(repeating: 7, count: 32)) else {
    preconditionFailure("32 bytes make a key")
  }
  return Vault(key: key)
}()

/// The region tree of the tests: one community with six resident groups, and a second community.
public let theRegions: [Region] = {
  func region(_ code: String, _ name: String, _ level: Region.Level, _ parent: String?) -> Region {
    Region(
      code: Region.Code(code), name: name, level: level, parent: parent.map(Region.Code.init))
  }
  return [
    region("51", "四川省", .province, nil), region("5113", "南充市", .city, "51"),
    region("511323", "蓬安县", .county, "5113"),
    region("511323001", "周口街道", .street, "511323"),
    region("511323001001", "东风路社区", .community, "511323001"),
    region("511323002", "锦屏镇", .street, "511323"),
    region("511323002001", "幸福社区", .community, "511323002"),
  ]
    + (1...6).map {
      region("511323001001-0\($0)", "\($0)组", .group, "511323001001")
    }
}()

/// A canteen that serves lunch and dinner.
public func aCanteen(
  _ code: String = "DFL-01", named name: String = "东风路社区长者食堂",
  region: String = "511323001001"
) -> Canteen {
  Canteen(
    code: code, name: name, region: Region.Code(region), operatorName: "示例餐饮",
    openedOn: day("2024-01-01"),
    windows: [
      ServiceWindow(period: .lunch, from: time("10:30"), to: time("13:00")),
      ServiceWindow(period: .dinner, from: time("17:00"), to: time("19:30")),
    ])
}
