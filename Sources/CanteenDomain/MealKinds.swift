/// 餐次: which meal of the day; never free text.
public enum MealPeriod: String, Word, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case breakfast
  case lunch
  case dinner

  public var name: Sentence {
    switch self {
    case .breakfast: Sentence(zh: "早餐", en: "breakfast")
    case .lunch: Sentence(zh: "午餐", en: "lunch")
    case .dinner: Sentence(zh: "晚餐", en: "dinner")
    }
  }

  public static func < (left: MealPeriod, right: MealPeriod) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}

/// 用餐方式: eaten here, taken away, or brought home.
public enum ServiceMode: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case dineIn = "dine_in"
  case pickup
  case homeDelivery = "home_delivery"

  public var name: Sentence {
    switch self {
    case .dineIn: Sentence(zh: "堂食", en: "dine in")
    case .pickup: Sentence(zh: "自提", en: "pickup")
    case .homeDelivery: Sentence(zh: "送餐", en: "home delivery")
    }
  }
}

/// 支付方式: how the diner paid; recorded, never processed.
public enum MeansOfPayment: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case cash
  case wechat
  case alipay
  case card
  case charity
  case points

  public var name: Sentence {
    switch self {
    case .cash: Sentence(zh: "现金", en: "cash")
    case .wechat: Sentence(zh: "微信", en: "WeChat")
    case .alipay: Sentence(zh: "支付宝", en: "Alipay")
    case .card: Sentence(zh: "刷卡", en: "bank card")
    case .charity: Sentence(zh: "慈善", en: "charity")
    case .points: Sentence(zh: "积分", en: "points")
    }
  }
}

/// 核验方式: how the counter knew who it was. No face data is kept: a device may only say "matched".
public enum AuthMethod: String, Word, Sendable, Hashable, Codable, CaseIterable {
  case card
  case idCard = "id_card"
  case socialSecurityCard = "social_security_card"
  case seniorCard = "senior_card"
  case qr
  case face
  case manual

  public var name: Sentence {
    switch self {
    case .card: Sentence(zh: "刷卡", en: "canteen card")
    case .idCard: Sentence(zh: "身份证", en: "ID card")
    case .socialSecurityCard: Sentence(zh: "社保卡", en: "social-security card")
    case .seniorCard: Sentence(zh: "敬老卡", en: "senior card")
    case .qr: Sentence(zh: "二维码", en: "QR code")
    case .face: Sentence(zh: "人脸", en: "face device")
    case .manual: Sentence(zh: "人工", en: "by hand")
    }
  }
}
