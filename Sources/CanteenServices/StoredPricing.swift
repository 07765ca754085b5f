import CanteenDomain

/// What stands in `check_ins.pricing` and `adjustments.pricing`: the line as it was priced, what it was made from, and the part
/// that later caps count, each under its own key.
struct StoredPricing: Codable {
  var grants: [AcceptedMeal.Grant]
  var inputs: PricingInputs
  var line: PricedLine

  init(_ decided: DecidedCheckIn) {
    self.init(inputs: decided.inputs, line: decided.line)
  }

  init(inputs: PricingInputs, line: PricedLine) {
    grants = line.grants
    self.inputs = inputs
    self.line = line
  }

  init(json: String) throws { self = try CanonicalJSON.value(StoredPricing.self, from: json) }

  func json() throws -> String { try JSONText.text(self) }

  static func grants(json: String) throws -> [AcceptedMeal.Grant] {
    try CanonicalJSON.value([AcceptedMeal.Grant].self, from: json)
  }
}
