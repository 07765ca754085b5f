import CanteenDomain

/// 食谱海报: a menu for the door, in print as large as the sheet allows.
///
/// On A4 each day has a sheet of its own; on A3 the days stand side by side.
public struct MenuPoster: Sendable {
  /// The paper.
  public enum Size: String, Sendable, CaseIterable {
    case a4
    case a3
  }

  /// One day with what is served on it.
  private struct Sheet {
    var day: Day
    var note: CanteenDay?
    var menus: [Menu]
  }

  private let canteen: Canteen
  private let size: Size
  private let sheets: [Sheet]

  /// - Parameter days: closing and special days; a closing day stands on the poster as one.
  public init(_ menus: [Menu], days: [CanteenDay] = [], canteen: Canteen, size: Size) {
    self.canteen = canteen
    self.size = size
    let notes = days.filter { $0.kind != .ordinary }
    sheets = Set(menus.map(\.day) + notes.map(\.day)).sorted().map { day in
      Sheet(
        day: day, note: notes.first { $0.day == day },
        menus: menus.filter { $0.day == day }.sorted { $0.period < $1.period })
    }
  }

  /// How many days it shows.
  public var dayCount: Int { sheets.count }

  /// What it is printed by. The size of the type comes from the fullest day, so that a day never runs
  /// over its sheet.
  public var style: String {
    let type = typeSize
    let paper = size == .a4 ? "A4" : "A3 landscape"
    return """
      @page{size:\(paper);margin:12mm}*{box-sizing:border-box}
      body{margin:0;color:#111;font-family:"Noto Sans CJK SC","Source Han Sans SC",\
      "Microsoft YaHei","PingFang SC",sans-serif;font-size:\(rounded(type))pt;line-height:1.35}
      h1{font-size:\(size == .a4 ? 30 : 34)pt;margin:0;text-align:center}
      .week{display:flex;gap:4mm;align-items:stretch}.day{flex:1 1 0;min-width:0}
      .a4 .day{break-after:page}.a4 .day:last-child{break-after:auto}
      .a3 .day{border:1.2pt solid #b3541e;border-radius:3mm;padding:2mm}
      h2{font-size:1.1em;margin:2mm 0;text-align:center;color:#b3541e}
      h3{font-size:1em;margin:2mm 0 1mm;background:#b3541e;color:#fff;padding:0 2mm;\
      display:flex;justify-content:space-between;align-items:center;white-space:nowrap;\
      -webkit-print-color-adjust:exact;print-color-adjust:exact}
      h3 span+span{font-size:.72em;font-weight:normal}
      ul{list-style:none;margin:0;padding:0}li{display:flex;flex-wrap:wrap;gap:0 2mm;\
      padding:.5mm 0;break-inside:avoid}.fen{margin-left:auto;white-space:nowrap}
      small{font-size:.62em;color:#8a3b12;align-self:center}.set{font-weight:bold}
      .closed{text-align:center;font-size:1.6em;padding:12mm 0}
      footer{font-size:12pt;text-align:center;color:#444;margin-top:3mm}
      """
  }

  /// One HTML file that any browser prints or saves as PDF.
  public var html: String {
    let title = "\(canteen.name.markup) · 食谱"
    let body =
      size == .a4
      ? sheets.map {
        "<section class=\"day\"><h1>\(title)</h1>\(content($0))\(Self.footer)</section>"
      }
      .joined()
      : "<h1>\(title)</h1><div class=\"week\">"
        + sheets.map { "<section class=\"day\">\(content($0))</section>" }.joined()
        + "</div>\(Self.footer)"
    return """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8"><title>\(title)</title>
      <style>\(style)</style></head><body class="\(size.rawValue)">\(body)</body></html>
      """
  }

  private static let footer =
    "<footer>对食物过敏或有忌口的，请告诉窗口工作人员</footer>"

  private func content(_ sheet: Sheet) -> String {
    let (_, month, date) = sheet.day.parts
    let name = sheet.note.map { $0.name.isEmpty ? "" : " · \($0.name.markup)" } ?? ""
    let head = "<h2>周\(Self.weekdays[sheet.day.weekday - 1]) \(month)月\(date)日\(name)</h2>"
    guard sheet.note?.kind != .closed else { return head + "<p class=\"closed\">停餐</p>" }
    return head + sheet.menus.map(content).joined()
  }

  private static let weekdays = ["一", "二", "三", "四", "五", "六", "日"]

  private func content(_ menu: Menu) -> String {
    let window = canteen.windows.first { $0.period == menu.period }
    let hours = window.map { "\($0.from.hourAndMinute)–\($0.to.hourAndMinute)" } ?? ""
    let dishes = menu.dishes.map { dish in
      let allergens =
        dish.allergens.isEmpty
        ? "" : "<small>含\(dish.allergens.joined(separator: "、").markup)</small>"
      let price = dish.price.map { "<span class=\"fen\">\($0.yuan) 元</span>" } ?? ""
      let mark = dish.category == .set ? " class=\"set\"" : ""
      return "<li\(mark)><span>\(dish.name.markup)</span>\(allergens)\(price)</li>"
    }
    return "<h3><span>\(menu.period.name.zh)</span><span>\(hours)</span></h3>"
      + "<ul>\(dishes.joined())</ul>"
  }

  /// The largest type, in points, at which the fullest day fits: what lies below the title is some 700
  /// points high; a line takes 1.35 of its type, and what stands around it.
  private var typeSize: Double {
    let (height, width, largest) =
      size == .a4
      ? (690.0, 520.0, 34.0) : (710.0, 1050 / Double(max(1, sheets.count)) - 14, 22.0)
    var type = largest
    while type > 7 {
      let lines = sheets.map { self.lines($0, room: width / type) }.max() ?? 0
      if lines * type * 1.42 <= height { break }
      type -= 0.5
    }
    return type
  }

  /// How many lines a day takes where a line has room for so many characters.
  private func lines(_ sheet: Sheet, room: Double) -> Double {
    sheet.menus.reduce(2.2) { sum, menu in
      sum + 1.5
        + menu.dishes.reduce(0) { lines, dish in
          let allergens = dish.allergens.joined(separator: "、").count
          let length =
            Double(dish.name.count) + (allergens == 0 ? 0 : 0.62 * Double(allergens + 1) + 0.4)
            + (dish.price == nil ? 0 : 4.2)
          return lines + max(1, (length / room).rounded(.up))
        }
    }
  }

  private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
