import CanteenDomain
import CanteenServices
import Hummingbird

/// When a meal was served, and how it came to the books: one rule for every way to check in.
struct ServedAt {
  var instant: Instant
  var entry: CheckInEntry

  /// How old a meal may be that comes as one of now; older ones count as sent later.
  private static let presentSeconds: Int64 = 15 * 60
  /// How old one may be that was kept without network, and how far ahead a clock may be.
  private static let oldestSeconds: Int64 = 62 * 86_400
  private static let aheadSeconds: Int64 = 10 * 60

  /// - Parameter wasKept: whether the device kept it because it had no network.
  /// - Throws: `RequestRefusal`.
  init(_ instant: Instant, field: String, wasKept: Bool, now: Instant) throws {
    let age = now.seconds(since: instant)
    guard (-Self.aheadSeconds...Self.oldestSeconds).contains(age) else {
      throw RequestRefusal.wrong(
        field, Sentence(zh: "太早或太晚，请核对设备时间", en: "is too long ago or ahead; look at the clock"))
    }
    self.instant = instant
    entry = wasKept || age > Self.presentSeconds ? .offline : .counter
  }

  /// The same of a text as the API has it.
  init(_ text: String, field: String, wasKept: Bool, now: Instant) throws {
    guard let instant = CanteenCalendar.instant(rfc3339: text) else {
      throw RequestRefusal.wrong(
        field,
        Sentence(zh: "应为 2026-11-02T12:04:31+08:00", en: "is 2026-11-02T12:04:31+08:00"))
    }
    try self.init(instant, field: field, wasKept: wasKept, now: now)
  }
}

extension WebContext {
  /// What the API answers to a check-in of whatever kind: the check-in, or that it waits for a person.
  /// - Throws: `Problem` for a refusal, with the meal that was taken before.
  func answer(
    _ outcome: CheckInService.Outcome
  ) throws -> Response {
    switch outcome {
    case .success(let receipt):
      var body = CheckInBody(
        receipt.checkIn, name: receipt.name, by: receipt.recordedBy, reversed: false, calendar)
      body.subsidies = ShareBody.of(receipt.line)
      return try json(CheckInAnswer(checkIn: body), receipt.isRepeated ? .ok : .created)
    case .failure(let refused):
      if case .kept(let id, _, let sentence) = refused.refusal {
        return try json(
          KeptAnswer(exception: .init(id: id.text, sentence: sentence.zh)), .accepted)
      }
      throw problem(refused.refusal)
    }
  }

  private func problem(_ refusal: CheckInRefusal) -> Problem {
    var problem = Problem(refusal)
    if case .alreadyCheckedIn(let period, let day, _, let time, let canteen, let window) = refusal {
      problem.served = EarlierMealBody(
        period: period.rawValue, at: calendar.text(of: calendar.instant(day, time)),
        window: window, canteen: canteen)
    }
    return problem
  }
}

/// What the API answers to a check-in.
private struct CheckInAnswer: Encodable {
  var checkIn: CheckInBody
  var outcome = "accepted"
}

/// A meal that was eaten and waits for a person's decision.
private struct KeptAnswer: Encodable {
  struct Exception: Encodable {
    var id: String
    var sentence: String
  }

  var exception: Exception
}
