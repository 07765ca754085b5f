/// What a row of the 申报表 can say.
public enum CoverField: String, FormField {
  case number
  case canteen
  case canteenName = "canteen_name"
  case region
  case `operator`
  case creditCode = "credit_code"
  case period
  case servingDays = "serving_days"
  case policies
  case persons
  case meals
  case list
  case diner
  case adjustmentLines = "adjustment_lines"
  case adjusted
  case adjustedDiner = "adjusted_diner"
  case adjustedCanteen = "adjusted_canteen"
  case operatingSubsidy = "operating_subsidy"
  case deliverySubsidy = "delivery_subsidy"
  case releases
  case claimed
  case claimedCapitals = "claimed_capitals"
  case findings
  case closedBy = "closed_by"
  case closedAt = "closed_at"
  case sha256

  /// The cover has one column of values, whose rows are of different kinds.
  public var kind: ColumnKind { .value }
}

/// What a column of the 汇总表 can show.
public enum SummaryField: String, FormField {
  case number = "no"
  case region
  case canteen
  case canteenName = "canteen_name"
  case `operator`
  case creditCode = "credit_code"
  case period
  case servingDays = "serving_days"
  case tier
  case policies
  case persons
  case meals
  case dineIn = "dine_in"
  case pickup
  case homeDelivery = "home_delivery"
  case list
  case diner
  case claimed

  public var kind: ColumnKind {
    switch self {
    case .number, .servingDays, .persons: .number
    case .meals, .dineIn, .pickup, .homeDelivery: .count
    case .list, .diner, .claimed: .money
    default: .text
    }
  }
}

/// What a column of the 明细表 can show. There is no birth date: beside the end of a number it would
/// rebuild the whole of it.
public enum DetailField: String, FormField {
  case line
  case sourceNo = "source_no"
  case day
  case period
  case mode
  case canteen
  case canteenName = "canteen_name"
  case name
  case sex
  case idNumber = "id_number"
  case age
  case hukou
  case residence
  case tier
  case list
  case diner
  case claimed
  case means
  case auth
  case proxy
  case terminal
  case entry
  case state
  case original
  case policies
  case cause
  case checkIn = "check_in"

  public var kind: ColumnKind {
    switch self {
    case .line, .age: .number
    case .list, .diner, .claimed: .money
    case .day: .day
    default: .text
    }
  }
}

/// What a column of the 异常清单 can show.
public enum FindingField: String, FormField {
  case number = "no"
  case subject
  case name
  case age
  case residence
  case day
  case time
  case period
  case auth
  case terminal
  case check
  case title
  case severity
  case sentence
  case step
  case explanation

  public var kind: ColumnKind {
    switch self {
    case .number, .age: .number
    case .day: .day
    default: .text
    }
  }
}
