import CanteenDomain

/// The words that offices use for the values of one column.
struct WordList<Value: Sendable>: Sendable {
  private let values: [String: Value]
  /// The first word of every value, for the sentence that refuses another.
  private let shown: [String]

  init(_ entries: [([String], Value)]) {
    shown = entries.map { $0.0[0] }
    values = Dictionary(
      entries.flatMap { words, value in words.map { (Column.key($0), value) } },
      uniquingKeysWith: { first, _ in first })
  }

  subscript(_ word: String) -> Value? { values[word] ?? values[Column.key(word)] }

  var form: Sentence {
    Sentence(
      zh: "不在可用的写法中：\(shown.joined(separator: "、"))",
      en: "is none of \(shown.joined(separator: ", "))")
  }
}

/// The words for the values of the domain, one list each: Chinese first, then the codes.
enum Words {
  static let sex = WordList<Sex>([
    (["男", "男性", "male", "m"], .male), (["女", "女性", "female", "f"], .female),
  ])

  static let period = WordList<MealPeriod>([
    (["早餐", "早饭", "早", "breakfast"], .breakfast),
    (["午餐", "午饭", "中餐", "中午", "午", "lunch"], .lunch),
    (["晚餐", "晚饭", "晚", "dinner"], .dinner),
  ])

  static let mode = WordList<ServiceMode>([
    (["堂食", "到店", "dine_in"], .dineIn), (["自提", "打包", "带走", "pickup"], .pickup),
    (["送餐", "送餐上门", "上门", "home_delivery", "delivery"], .homeDelivery),
  ])

  static let payment = WordList<MeansOfPayment>([
    (["现金", "cash"], .cash), (["微信", "微信支付", "wechat"], .wechat),
    (["支付宝", "alipay"], .alipay), (["银行卡", "刷卡", "card"], .card),
    (["慈善", "慈善资金", "charity"], .charity), (["积分", "points"], .points),
  ])

  static let auth = WordList<AuthMethod>([
    (["刷卡", "就餐卡", "餐卡", "card"], .card), (["身份证", "id_card"], .idCard),
    (["社保卡", "社会保障卡", "social_security_card"], .socialSecurityCard),
    (["敬老卡", "老年卡", "senior_card"], .seniorCard), (["二维码", "扫码", "qr"], .qr),
    (["人脸", "刷脸", "face"], .face), (["人工", "手工", "manual"], .manual),
  ])

  static let dish = WordList<Dish.Category>([
    (["荤", "荤菜", "meat"], .meat), (["素", "素菜", "vegetable"], .vegetable),
    (["汤", "汤品", "soup"], .soup), (["主食", "staple"], .staple), (["套餐", "set"], .set),
  ])

  static let level = WordList<Region.Level>([
    (["省", "自治区", "直辖市", "province"], .province), (["市", "地级市", "city"], .city),
    (["区县", "县", "区", "county"], .county), (["街道", "镇", "乡", "乡镇", "street"], .street),
    (["社区", "村", "community"], .community), (["居民小组", "小组", "组", "group"], .group),
  ])

  static let canteen = WordList<Canteen.Kind>([
    (
      ["食堂", "社区食堂", "长者食堂", "长者饭堂", "老年食堂", "老人家食堂", "幸福食堂", "孝善食堂", "kitchen"],
      .kitchen
    ),
    (["助餐点", "老年餐桌", "备餐点", "distribution", "service_point"], .distribution),
    (["中央厨房", "集体用餐配送单位", "central_kitchen"], .centralKitchen),
  ])

  /// What offices write into a roster, as the register calls it; other words pass unchanged.
  static let category = WordList<String>([
    (["特困", "特困人员", "特困供养", "特困供养人员", "五保", "农村五保", "城市三无"], "特困"),
    (["低保", "低保户", "城乡低保", "城市低保", "农村低保", "最低生活保障"], "低保"),
    (["低保边缘", "低边", "低保边缘户", "低保边缘家庭"], "低保边缘"),
    (["低收入", "低收入家庭"], "低收入"), (["失能", "失智", "失能失智", "失能老人", "失能老年人"], "失能"),
    (["重度残疾", "重残", "重残无业", "重度残疾人"], "重残"),
    (["计生特殊", "计生特殊家庭", "计划生育特殊家庭", "失独", "失独家庭"], "计生特殊"),
    (["优抚", "优抚对象"], "优抚"), (["百岁老人"], "百岁老人"), (["空巢", "空巢老人"], "空巢"),
    (["独居", "独居老人"], "独居"), (["孤寡", "孤寡老人"], "孤寡"), (["留守", "留守老人"], "留守"),
    (["高龄", "高龄老人"], "高龄"), (["三属"], "三属"), (["五老"], "五老"),
  ])

  static let diet = WordList<RosterRow.Diet.Code>([
    (["低盐", "少盐", "low_salt"], .lowSalt), (["糖尿病", "低糖", "无糖", "diabetic"], .diabetic),
    (["软食", "软烂", "soft"], .soft), (["流食", "半流食", "liquid"], .liquid),
    (["清真", "回民", "halal"], .halal), (["素食", "吃素", "vegetarian"], .vegetarian),
    (["低油", "少油", "低脂", "low_fat"], .lowFat), (["忌辣", "不辣", "不吃辣", "not_spicy"], .notSpicy),
    (["花生过敏", "peanut_allergy"], .peanutAllergy),
    (["海鲜过敏", "seafood_allergy"], .seafoodAllergy),
    (["牛奶过敏", "乳制品过敏", "milk_allergy"], .milkAllergy),
    (["鸡蛋过敏", "egg_allergy"], .eggAllergy), (["麸质过敏", "gluten_allergy"], .glutenAllergy),
  ])

  /// Parts of a cell that lists several things: `低保、失能`.
  static func parts(_ text: String) -> [String] {
    text.normalisedWidth().split { "、,;/|".contains($0) }
      .map { String($0).trimmedSpaces() }
      .filter { !$0.isEmpty && !["无", "没有", "-", "/"].contains($0) }
  }
}
