import CanteenDomain

/// The menu as an OpenMensa feed (version 2), which the readers of many canteens understand.
///
/// The format is that of doc.openmensa.org/feed/v2: a canteen with its days, each closed or with
/// categories of meals; names and notes of at most 250 characters; a price has two decimals and a
/// role, here always `other`, because subsidies are a matter of each person. Prices are yuan.
public struct OpenMensaFeed: Sendable {
  private let menus: [Menu]
  private let closed: Set<Day>
  private let canteen: Canteen

  public init(_ menus: [Menu], days: [CanteenDay] = [], canteen: Canteen) {
    closed = Set(days.filter { $0.kind == .closed }.map(\.day))
    self.menus = menus.filter { !$0.dishes.isEmpty }
    self.canteen = canteen
  }

  /// The whole document.
  public var xml: String {
    let days = Set(menus.map(\.day)).union(closed).sorted().map(day).joined()
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <openmensa version="2.1" xmlns="http://openmensa.org/open-mensa-v2" \
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
      xsi:schemaLocation="http://openmensa.org/open-mensa-v2 http://openmensa.org/open-mensa-v2.xsd">
      <canteen>
      <name>\(Self.text(canteen.name))</name>
      \(days)</canteen>
      </openmensa>

      """
  }

  private func day(_ day: Day) -> String {
    guard !closed.contains(day) else { return "<day date=\"\(day)\"><closed/></day>\n" }
    let ofDay = menus.filter { $0.day == day }.sorted { $0.period < $1.period }
    return "<day date=\"\(day)\">\n" + ofDay.map(categories).joined() + "</day>\n"
  }

  /// A category for each kind of dish of each meal: its name is unique within the day.
  private func categories(_ menu: Menu) -> String {
    Dish.Category.allCases.compactMap { category in
      let dishes = menu.dishes.filter { $0.category == category }
      guard !dishes.isEmpty else { return nil }
      let name = "\(menu.period.name.zh) · \(category.name.zh)"
      return "<category name=\"\(Self.text(name))\">\n" + dishes.map(meal).joined()
        + "</category>\n"
    }.joined()
  }

  private func meal(_ dish: Dish) -> String {
    var notes = dish.allergens.map { "含\($0)" }
    if let energy = dish.energyKcal { notes.append("\(energy) 千卡") }
    let price = dish.price.map { "<price role=\"other\">\($0.yuan)</price>" } ?? ""
    return "<meal><name>\(Self.text(dish.name))</name>"
      + notes.map { "<note>\(Self.text($0))</note>" }.joined() + price + "</meal>\n"
  }

  private static func text(_ text: String) -> String {
    let short = String(text.trimmedSpaces().prefix(250))
    return (short.isEmpty ? "—" : short).markup
  }
}
