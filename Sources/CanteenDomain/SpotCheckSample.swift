/// 抽查样本: persons drawn by a seed, so that anybody who knows the seed draws the same.
public enum SpotCheckSample {
  /// Five in a hundred, and ten at the least; never more than there are.
  public static func usualSize(of persons: Int) -> Int {
    min(persons, max(10, (persons + 19) / 20))
  }

  /// Draws `size` of the items without putting any back: the first steps of a Fisher–Yates shuffle
  /// with SplitMix64. The order of `items` matters; give them sorted.
  public static func draw<Item>(_ size: Int, of items: [Item], seed: Int64) -> [Item] {
    var items = items
    var state = UInt64(bitPattern: seed)
    for index in 0..<min(size, items.count) {
      let rest = UInt64(items.count - index)
      items.swapAt(index, index + Int(next(&state, below: rest)))
    }
    return Array(items.prefix(size))
  }

  /// A number below `limit`, each as likely as the others.
  private static func next(_ state: inout UInt64, below limit: UInt64) -> UInt64 {
    // The largest multiple of the limit; what lies above it would favour small numbers.
    let bound = UInt64.max - UInt64.max % limit
    while true {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
      if mixed < bound { return mixed % limit }
    }
  }
}

/// Why no sample is drawn or found.
public enum SpotCheckRefusal: Refusal, Hashable {
  case nobody(String)
  case size(Int, persons: Int)
  case notDrawn(String)
  case notInSample(line: Int)
  case resultMissing
  /// One result a person and day; it is never written over.
  case askedBefore(line: Int, Day)

  public var kind: RefusalKind {
    switch self {
    case .nobody, .notDrawn, .notInSample: .notFound
    case .size, .resultMissing: .invalid
    case .askedBefore: .conflict
    }
  }

  public var sentence: Sentence {
    switch self {
    case .nobody(let number):
      Sentence(zh: "\(number) 没有享受补贴的人可抽查", en: "\(number) has nobody with a subsidy")
    case .size(let size, let persons):
      Sentence(
        zh: "抽查人数须在 1 到 \(persons) 之间：\(size)",
        en: "a sample has 1 to \(persons) persons, not \(size)"
      )
    case .notDrawn(let number):
      Sentence(
        zh: "\(number) 还没有抽查样本，请先运行 canteen statement sample",
        en: "no sample of \(number) was drawn; run canteen statement sample")
    case .notInSample(let line):
      Sentence(zh: "第 \(line) 行的人不在抽查样本里", en: "the person of line \(line) is not in the sample")
    case .askedBefore(let line, let day):
      Sentence(
        zh: "第 \(line) 行的人在 \(day) 已登记过抽查结果，未再登记；另有结果请按另一日期登记",
        en: "a result of \(day) for the person of line \(line) is kept already; enter another with "
          + "another day")
    case .resultMissing: Sentence(zh: "请写明抽查结果（--result）", en: "say what was found (--result)")
    }
  }
}
