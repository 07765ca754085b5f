import CanteenDomain
import CanteenServices

/// 街道今日: every canteen's day, in numbers alone. The page asks for this part again when something
/// was checked in.
struct StreetPage {
  var days: [StreetService.CanteenDay]

  /// The tables and charts, to stand in the page of the street office.
  var fragment: String {
    """
    <p class="total"><b>\(sum(\.meals))</b> 人次 · 餐费 <b>\(fen(\.list).yuan)</b> 元 · \
    补贴 <b>\(fen(\.subsidies).yuan)</b> 元 · 自付 <b>\(fen(\.dinersPay).yuan)</b> 元</p>
    <table>
    <thead><tr><th>助餐点</th><th>人次</th><th>早餐</th><th>午餐</th><th>晚餐</th><th>堂食</th>\
    <th>自提</th><th>送餐</th><th>餐费</th><th>补贴</th><th>自付</th><th>待处理</th></tr></thead>
    <tbody>
    \(days.map(row).joined(separator: "\n"))
    </tbody>
    </table>
    <section class="charts">
    \(days.filter { $0.meals > 0 }.map(chart).joined(separator: "\n"))
    </section>
    """
  }

  private func row(_ day: StreetService.CanteenDay) -> String {
    let periods = [MealPeriod.breakfast, .lunch, .dinner].map { day.byPeriod[$0] ?? 0 }
    let modes = [ServiceMode.dineIn, .pickup, .homeDelivery].map { day.byMode[$0] ?? 0 }
    let counts = ([day.meals] + periods + modes).map { "<td>\($0)</td>" }.joined()
    let money = [day.list, day.subsidies, day.dinersPay].map { "<td>\($0.yuan)</td>" }.joined()
    let open = day.openExceptions == 0 ? "" : "<b>\(day.openExceptions)</b>"
    return "<tr><th>\(escape(day.name))</th>\(counts)\(money)<td>\(open)</td></tr>"
  }

  private func chart(_ day: StreetService.CanteenDay) -> String {
    let busy = day.byHour.indices.filter { day.byHour[$0] > 0 }
    let hours = (busy.first ?? 0)...(busy.last ?? 0)
    let bars = hours.map { BarChart.Bar(label: "\($0)时", value: day.byHour[$0]) }
    return """
      <figure><figcaption>\(escape(day.name))</figcaption>\
      \(BarChart(title: "\(day.name)各时段人次", bars: bars).svg)</figure>
      """
  }

  private func sum(_ count: KeyPath<StreetService.CanteenDay, Int>) -> Int {
    days.reduce(0) { $0 + $1[keyPath: count] }
  }

  private func fen(_ amount: KeyPath<StreetService.CanteenDay, Fen>) -> Fen {
    days.reduce(Fen.zero) { $0 + $1[keyPath: amount] }
  }
}
