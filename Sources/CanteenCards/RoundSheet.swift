import CanteenDomain

/// 送餐签收单: a sheet for each courier, with the stops in order and room for signatures.
///
/// It carries addresses and phones, because a courier cannot do without: it goes back to the canteen.
public struct RoundSheet: Sendable {
  /// One door.
  public struct Stop: Sendable, Hashable {
    public var name: String
    public var group: String
    public var address: String
    public var phone: String
    public var warnings: [String]
    public var note: String

    public init(
      name: String, group: String, address: String, phone: String, warnings: [String],
      note: String
    ) {
      self.name = name
      self.group = group
      self.address = address
      self.phone = phone
      self.warnings = warnings
      self.note = note
    }
  }

  /// One courier's stops.
  public struct Round: Sendable, Hashable {
    public var number: Int
    public var courier: String
    public var stops: [Stop]

    public init(number: Int, courier: String, stops: [Stop]) {
      self.number = number
      self.courier = courier
      self.stops = stops
    }
  }

  private let rounds: [Round]
  private let title: String

  /// - Parameter title: the canteen, the day and the meal.
  public init(_ rounds: [Round], title: String) {
    self.rounds = rounds
    self.title = title
  }

  private static let style = """
    @page{size:A4;margin:12mm}body{margin:0;color:#000;font:12pt/1.35 "Noto Sans CJK SC",\
    "Source Han Sans SC","Microsoft YaHei",sans-serif}section{break-after:page}\
    section:last-child{break-after:auto}h1{font-size:16pt;margin:0 0 3mm}\
    table{width:100%;border-collapse:collapse}thead{display:table-header-group}\
    th,td{border:.3mm solid #555;padding:1.5mm;text-align:left;vertical-align:top}\
    tr{break-inside:avoid}td.name{font-size:14pt;font-weight:bold;white-space:nowrap}\
    td.sign{width:32mm}b{background:#000;color:#fff;padding:0 1mm;\
    -webkit-print-color-adjust:exact;print-color-adjust:exact}small{font-size:9pt}
    """

  /// One HTML file that any browser prints.
  public var html: String {
    """
    <!doctype html>
    <html lang="zh-CN"><head><meta charset="utf-8"><title>\(title.markup)</title>
    <style>\(Self.style)</style></head><body>\(rounds.map(section).joined())</body></html>
    """
  }

  private func section(_ round: Round) -> String {
    let courier = round.courier.isEmpty ? "未分配" : round.courier
    let rows = round.stops.enumerated().map { row($0.offset + 1, $0.element) }
    return """
      <section><h1>\(title.markup) 送餐签收单 · 路线 \(round.number) · \(courier.markup) · \
      \(round.stops.count) 份</h1><table><thead><tr><th>站</th><th>姓名</th><th>地址、电话</th>\
      <th>注意</th><th>签收人</th><th>时间</th></tr></thead><tbody>\(rows.joined())</tbody></table>\
      </section>
      """
  }

  private func row(_ number: Int, _ stop: Stop) -> String {
    let warnings = stop.warnings.map { "<b>\($0.markup)</b>" }.joined(separator: " ")
    let place = stop.address.isEmpty ? "<b>缺地址</b>" : stop.address.markup
    return """
      <tr><td>\(number)</td><td class="name">\(stop.name.markup)</td>\
      <td>\(stop.group.markup) \(place)<br>\(stop.phone.markup)</td>\
      <td>\(warnings) <small>\(stop.note.markup)</small></td><td class="sign"></td>\
      <td></td></tr>
      """
  }
}
