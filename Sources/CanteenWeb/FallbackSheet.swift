import CanteenDomain
import CanteenServices

/// 停电备用表: names and boxes to tick, for the meal of the hour. What is ticked is typed in afterwards
/// (`canteen check-in import`) and marked as late.
struct FallbackSheet {
  var canteen: String
  var day: Day
  var period: MealPeriod
  /// Everybody of the canteen's neighbourhood, with what the meal would cost him.
  var lines: [Line]

  /// One person.
  struct Line {
    var id: Diner.ID
    var name: String
    var group: String
    /// Nil where the meal has no price.
    var due: Fen?
    var isServed: Bool
  }

  /// The lines of a snapshot for one meal, by group and the name's pinyin.
  init(_ snapshot: CounterSnapshot, day: Day, period: MealPeriod) {
    canteen = snapshot.canteen.name
    self.day = day
    self.period = period
    let roster = snapshot.roster.sorted {
      ($0.group, $0.keys.initials, $0.id) < ($1.group, $1.keys.initials, $1.id)
    }
    lines = roster.map { person in
      let meal = person.meal(day, period)
      return Line(
        id: person.id, name: person.name, group: person.group,
        due: meal?.prices[.dineIn]?.dinerFen, isServed: meal?.isServed == true)
    }
  }

  /// A page to print on A4: the head of the table is repeated on every sheet.
  var html: String {
    """
    <!doctype html>
    <html lang="zh-CN"><head><meta charset="utf-8"><title>备用签到表 \(day)</title>
    <link rel="stylesheet" href="/counter/sheet.css"></head><body>
    <table>
    <thead>
    <tr class="title"><th colspan="7">\(escape(canteen)) \(day) \(period.name.zh) 备用签到表\
    <small>停电或断网时打勾，恢复后补录，卡号一栏写登记号（如 #12）；共 \(lines.count) 人</small></th></tr>
    <tr><th>登记号</th><th>姓名</th><th>居民小组</th><th>应付（元）</th><th>堂食</th><th>自提</th>\
    <th>签名</th></tr>
    </thead>
    <tbody>
    \(lines.map(row).joined(separator: "\n"))
    </tbody>
    </table>
    <p class="sign">经办人＿＿＿＿＿＿　　负责人＿＿＿＿＿＿　　日期＿＿＿＿＿＿</p>
    </body></html>
    """
  }

  private func row(_ line: Line) -> String {
    let boxes = line.isServed ? "<td colspan=\"2\">已就餐</td>" : "<td>☐</td><td>☐</td>"
    return """
      <tr><td>#\(line.id)</td><th>\(escape(line.name))</th><td>\(escape(line.group))</td>\
      <td class="fen">\(line.due?.yuan ?? "")</td>\(boxes)<td></td></tr>
      """
  }
}
