import CanteenDomain
import CanteenFiles

/// The sample's regions and canteens. Codes down to the county are those of GB/T 2260; the
/// streets', communities' and groups' are the sample's own.
enum SamplePlaces {
  /// A community with its resident groups and its canteen.
  struct Community {
    let name: String
    let code: String
    let groups: Int
    let people: Int
    let canteen: String
  }

  static let dongfeng = Community(
    name: "东风路社区", code: "511323001001", groups: 6, people: 760, canteen: "DFL-01")
  static let xingfu = Community(
    name: "幸福社区", code: "511323002001", groups: 4, people: 440, canteen: "XFS-01")
  static let communities = [dongfeng, xingfu]

  static func regions() -> [UInt8] {
    var rows: [[CSVCell]] = [
      row("51", "四川省", .province, ""), row("5113", "南充市", .city, "51"),
      row("511323", "蓬安县", .county, "5113"),
      row("511323001", "周口街道", .street, "511323"), row("511323002", "锦屏镇", .street, "511323"),
    ]
    for community in communities {
      rows.append(row(community.code, community.name, .community, String(community.code.prefix(9))))
      for number in 1...community.groups {
        rows.append(row("\(community.code)0\(number)", "\(number)组", .group, community.code))
      }
    }
    return CSVWriter.bytes(header: ["编码", "名称", "级别", "上级编码"], rows: rows)
  }

  private static func row(
    _ code: String, _ name: String, _ level: Region.Level, _ parent: String
  ) -> [CSVCell] {
    [.text(code), .text(name), .text(level.name.zh), .text(parent)]
  }

  static func canteens() -> [UInt8] {
    CSVWriter.bytes(
      header: [
        "编码", "名称", "类型", "区划编码", "运营单位", "统一社会信用代码", "座位数", "早餐时段", "午餐时段", "晚餐时段",
      ],
      rows: [
        [
          .text("DFL-01"), .text("东风路社区长者食堂"), .text("社区食堂"), .text(dongfeng.code),
          .text("示例社区服务中心"), .empty, .integer(96), .text("07:00-09:00"), .text("10:30-13:00"),
          .text("17:00-19:30"),
        ],
        [
          .text("XFS-01"), .text("幸福社区食堂"), .text("社区食堂"), .text(xingfu.code), .text("示例养老服务站"),
          .empty, .integer(48), .empty, .text("10:30-13:00"), .text("17:00-19:30"),
        ],
      ])
  }
}
