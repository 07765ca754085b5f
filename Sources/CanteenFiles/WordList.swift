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
    (["堂食", "到店", "dine_in"], .dineIn), (["自提", "自取", "外带", "打包", "带走", "pickup"], .pickup),
    (["送餐", "送餐上门", "上门", "配送", "外送", "home_delivery", "delivery"], .homeDelivery),
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

  static let document = WordList<IdentityDocument.Kind>([
    (["居民身份证", "身份证", "二代身份证", "二代证", "resident_id"], .residentID),
    (["港澳台居民居住证", "港澳居民居住证", "台湾居民居住证", "居住证", "hmt_residence"], .hmtResidence),
    (["外国人永久居留身份证", "外国人永久居留证", "永居证", "五星卡", "foreign_residence"], .foreignResidence),
    (["护照", "中国护照", "外国护照", "passport"], .passport),
    (
      ["港澳居民来往内地通行证", "港澳通行证", "港澳居民通行证", "回乡证", "hk_macao_permit"],
      .hkMacaoPermit
    ),
    (
      ["台湾居民来往大陆通行证", "台湾通行证", "台湾居民通行证", "台胞证", "taiwan_permit"],
      .taiwanPermit
    ),
    (["无", "无证件", "无证", "没有", "none"], .none),
  ])

  /// What stands in the place of a number where there is none.
  static let noDocument: Set<String> = ["无", "无证件", "无证", "无身份证", "无户口", "没有"]
  static let noCategory: Set<String> = ["普通", "普通老人", "一般", "一般老人", "其他", "其它", "否"]
  static let openEnds: Set<String> = ["长期", "永久", "长期有效", "无期限", "不限", "至今", "无"]
  private static let yes: Set<String> = [
    "√", "✓", "✔", "☑", "■", "●", "是", "有", "1", "y", "yes", "true", "v",
  ]
  private static let no: Set<String> = [
    "×", "x", "否", "无", "没有", "0", "n", "no", "false", "□", "☐", "-", "—", "/",
  ]

  /// A cell that says yes, by a word or a tick.
  static func isYes(_ text: String) -> Bool { yes.contains(answer(text)) }
  static func isNo(_ text: String) -> Bool { no.contains(answer(text)) }

  private static func answer(_ text: String) -> String {
    text.normalisedWidth().trimmedSpaces().lowercased()
  }

  /// What a row says of itself that was crossed out; 旧卡作废 says it of something else.
  static let void: Set<String> = ["作废", "已作废", "此行作废", "本行作废", "重复作废", "划掉", "已划掉"]

  static let nothing: Set<String> = ["无", "没有", "-", "/", "—", "0", "暂无"]

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

  /// Parts of a cell that names one thing after another, each at its place: `2024-01-01、长期`, or
  /// each on a line of its own.
  static func places(_ text: String) -> [String] {
    let marks = text.contains(where: \.isNewline) ? "\n\r\n" : "、,;|"
    return text.normalisedWidth().split(omittingEmptySubsequences: false) { marks.contains($0) }
      .map { String($0).trimmedSpaces() }
  }

  /// Parts of a cell that lists several things: `低保、失能`.
  static func parts(_ text: String) -> [String] {
    text.normalisedWidth().split { "、,;/|".contains($0) }
      .map { String($0).trimmedSpaces() }
      .filter { !$0.isEmpty && !["无", "没有", "-", "/"].contains($0) }
  }
}
