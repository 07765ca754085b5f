import CanteenDomain
import CanteenFiles

extension RosterExport {
  /// 花名册 as a table. A full one has the columns that an import reads, and says by them all that
  /// the register knows of a person today; so it can be imported again, here or elsewhere.
  public static func sheet(_ persons: [Person], on day: Day) -> TableFile {
    let isFull = persons.contains { $0.rest != nil }
    let columns = Self.columns.filter { isFull || !$0.isOfFullExports }
    return TableFile(
      sheet: "花名册", title: "花名册 \(day)", header: ["序号"] + columns.map(\.title),
      rows: persons.enumerated().map { index, person in
        [.integer(index + 1)] + columns.map { $0.cell(person) }
      })
  }

  private struct SheetColumn: Sendable {
    var title: String
    var isOfFullExports = false
    var cell: @Sendable (Person) -> CSVCell

    init(_ title: String, full: Bool = false, _ cell: @escaping @Sendable (Person) -> CSVCell) {
      self.title = title
      isOfFullExports = full
      self.cell = cell
    }
  }

  private static let columns: [SheetColumn] = [
    SheetColumn("姓名") { .text($0.name) },
    SheetColumn("性别") { .text($0.sex.name.zh) },
    SheetColumn("出生日期", full: true) { $0.rest?.birthDate.map(CSVCell.day) ?? .empty },
    SheetColumn("周岁") { $0.age.map(CSVCell.integer) ?? .empty },
    SheetColumn("证件类型", full: true) { .text($0.rest?.documentKind?.name.zh ?? "") },
    SheetColumn("证件号") { .text($0.idNumber) },
    SheetColumn("联系电话") { .text($0.phone) },
    SheetColumn("户籍地") { .text($0.hukou) },
    SheetColumn("居住社区") { .text($0.residence) },
    SheetColumn("居民小组") { .text($0.group) },
    SheetColumn("网格", full: true) { .text($0.rest?.grid ?? "") },
    SheetColumn("现住址", full: true) { .text($0.rest?.address ?? "") },
    SheetColumn("常住起始", full: true) { $0.rest?.residenceSince.map(CSVCell.day) ?? .empty },
    SheetColumn("居住证", full: true) {
      .text($0.rest.map { $0.hasResidencePermit ? "有" : "无" } ?? "")
    },
    SheetColumn("人员类别") { .text($0.terms.map(\.category.name.zh).joined(separator: "、")) },
    SheetColumn("类别起始") { list($0) { $0.from?.description ?? "" } },
    SheetColumn("类别截止") { list($0) { $0.to?.description ?? "长期" } },
    SheetColumn("照护等级") { list($0, \.careLevel) },
    SheetColumn("残疾等级") { list($0) { $0.disabilityGrade.map { "\($0)级" } ?? "" } },
    SheetColumn("证明材料") { list($0, \.evidence) },
    SheetColumn("饮食禁忌", full: true) { .text($0.rest?.diets ?? "") },
    SheetColumn("紧急联系人") { .text($0.contactName) },
    SheetColumn("紧急联系电话") { .text($0.contactPhone) },
    SheetColumn("卡号") { .text($0.cards) },
    SheetColumn("状态") { .text($0.status?.status.name.zh ?? "") },
    SheetColumn("状态日期") { $0.status.map { .day($0.day) } ?? .empty },
    SheetColumn("状态截止") { $0.status?.to.map(CSVCell.day) ?? .empty },
    SheetColumn("状态说明", full: true) { .text($0.status?.reason ?? "") },
    SheetColumn("备注") { .text($0.remark) },
  ]

  /// One text a category in their order, a dash where there is none; on lines of their own where a
  /// text has the mark that would separate it.
  private static func list(_ person: Person, _ text: (Term) -> String) -> CSVCell {
    let texts = person.terms.map(text)
    guard texts.contains(where: { !$0.isEmpty }) else { return .empty }
    let mark = texts.contains { $0.contains { "、,，;；|｜".contains($0) } } ? "\n" : "、"
    return .text(texts.map { $0.isEmpty ? "—" : $0 }.joined(separator: mark))
  }
}
