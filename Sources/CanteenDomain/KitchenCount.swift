/// 备餐单: what the kitchen cooks for one meal, derived from the orders, the menu that was really
/// published and what the register says of each person.
public struct KitchenCount: Sendable, Hashable {
  /// 资料缺项: what a kitchen or a courier needs to know of a person and the register lacks.
  public enum Gap: String, Word, Sendable, Hashable, CaseIterable {
    case address
    case phone
    case emergencyContact = "emergency_contact"
    case birthDate = "birth_date"

    public var name: Sentence {
      switch self {
      case .address: Sentence(zh: "缺送餐地址", en: "no address to bring it to")
      case .phone: Sentence(zh: "缺联系电话", en: "no phone")
      case .emergencyContact: Sentence(zh: "缺紧急联系人", en: "nobody to call in an emergency")
      case .birthDate: Sentence(zh: "缺出生日期", en: "no birth date")
      }
    }
  }

  /// Somebody who ordered.
  public struct Guest: Sendable, Hashable {
    public var order: Order
    public var name: String
    /// 居民小组.
    public var group: String
    /// 饮食禁忌, in the register's words or codes.
    public var diets: [String]
    public var gaps: [Gap]

    public init(order: Order, name: String, group: String, diets: [String], gaps: [Gap]) {
      self.order = order
      self.name = name
      self.group = group
      self.diets = diets
      self.gaps = gaps
    }
  }

  /// So many portions of a dish in one size, for one way of taking it.
  public struct Portion: Sendable, Hashable {
    public var dish: String
    public var category: Dish.Category
    public var size: Order.Size
    public var mode: ServiceMode
    public var count: Int
  }

  /// 另做: a dish that somebody should not eat today, and what to cook instead.
  public struct Swap: Sendable, Hashable {
    public var clash: DietClash
    /// Nil where the canteen knows of no dish that would do: then the cook decides.
    public var instead: String?
  }

  /// 特餐: one person for whom something is cooked in another way.
  public struct Special: Sendable, Hashable {
    public var guest: Guest
    public var swaps: [Swap]
    /// How the rest is prepared: 低盐, 软食.
    public var preparations: [String]
    /// What the person gets in the end.
    public var dishes: [String]
  }

  public var canteen: Canteen.Code
  public var day: Day
  public var period: MealPeriod
  /// Everybody who ordered, complete or not.
  public var guests: [Guest]
  public var portions: [Portion]
  public var specials: [Special]

  /// 资料不全: who is cooked for and of whom something has to be asked.
  public var incomplete: [Guest] { guests.filter { !$0.gaps.isEmpty } }

  /// - Parameters:
  ///   - menu: what was published; without one only the persons are counted.
  ///   - known: the canteen's dishes, from which a substitute is taken where the menu has none.
  public init(
    canteen: Canteen.Code, day: Day, period: MealPeriod, menu: Menu?, guests: [Guest],
    known: [DishRecord] = []
  ) {
    self.canteen = canteen
    self.day = day
    self.period = period
    self.guests = guests
    let plates = guests.map { Plate($0, menu?.dishes ?? [], known) }
    specials = plates.compactMap(\.special)
    var counts: [Portion: Int] = [:]
    for plate in plates {
      let wish = plate.guest.order.wish
      for dish in plate.dishes {
        let portion = Portion(
          dish: dish.name, category: dish.category, size: wish.size, mode: wish.mode, count: 0)
        counts[portion, default: 0] += 1
      }
    }
    let rank = Dish.Category.allCases
    portions = counts.map { portion, count in
      var portion = portion
      portion.count = count
      return portion
    }.sorted { left, right in
      let (first, second) = (
        rank.firstIndex(of: left.category) ?? 0, rank.firstIndex(of: right.category) ?? 0
      )
      return (first, left.dish, left.size.rawValue, left.mode.rawValue)
        < (second, right.dish, right.size.rawValue, right.mode.rawValue)
    }
  }

  /// How many portions of a dish, over sizes and modes.
  public func count(of dish: String) -> Int {
    portions.filter { $0.dish == dish }.reduce(0) { $0 + $1.count }
  }

  /// How many persons take it in a size and a way; nil for any.
  public func persons(size: Order.Size? = nil, mode: ServiceMode? = nil) -> Int {
    guests.count {
      (size == nil || $0.order.wish.size == size) && (mode == nil || $0.order.wish.mode == mode)
    }
  }

  /// 配餐: what each person gets, for the labels of boxes.
  public static func plate(
    of guest: Guest, menu: Menu?, known: [DishRecord] = []
  ) -> (dishes: [String], special: Special?) {
    let plate = Plate(guest, menu?.dishes ?? [], known)
    return (plate.dishes.map(\.name), plate.special)
  }
}

/// What one person gets.
private struct Plate {
  let guest: KitchenCount.Guest
  private(set) var dishes: [Dish] = []
  private(set) var special: KitchenCount.Special?

  init(_ guest: KitchenCount.Guest, _ menu: [Dish], _ known: [DishRecord]) {
    self.guest = guest
    let chosen = guest.order.wish.dishes
    let wanted =
      chosen.isEmpty
      ? menu.filter { $0.category != .set && !$0.isSingle }
      : menu.filter { chosen.contains($0.name) }
    let others = menu.filter { $0.category != .set } + known.filter(\.isServed).map { $0.dish() }
    var swaps: [KitchenCount.Swap] = []
    for dish in wanted {
      guard let clash = clash(with: dish) else {
        dishes.append(dish)
        continue
      }
      let instead = others.first { other in
        other.category == dish.category && self.clash(with: other) == nil
          && !wanted.contains { $0.name == other.name }
      }
      swaps.append(KitchenCount.Swap(clash: clash, instead: instead?.name))
      if let instead, !dishes.contains(where: { $0.name == instead.name }) {
        dishes.append(instead)
      }
    }
    let preparations = guest.diets.map(DietClash.words).filter(Self.isPreparation)
    guard !swaps.isEmpty || !preparations.isEmpty else { return }
    special = KitchenCount.Special(
      guest: guest, swaps: swaps, preparations: preparations, dishes: dishes.map(\.name))
  }

  /// The first thing that speaks against a dish: what makes the person ill or is not eaten, or a form
  /// in which the dish cannot be served.
  private func clash(with dish: Dish) -> DietClash? {
    if let clash = DietClash.clashes(guest.diets, [dish]).first { return clash }
    for diet in guest.diets {
      guard let texture = Dish.Texture(diet: diet), !dish.textures.isEmpty,
        !dish.textures.contains(texture)
      else { continue }
      return DietClash(dish: dish.name, because: DietClash.words(diet))
    }
    return nil
  }

  /// Whether an entry asks for another way of cooking rather than for another dish.
  private static func isPreparation(_ words: String) -> Bool {
    Dish.Texture(diet: words) != nil
      || ["低盐", "少盐", "糖尿病", "低糖", "无糖", "低脂", "低油", "少油"].contains { words.contains($0) }
  }
}
