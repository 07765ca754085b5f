import CanteenDomain
import Testing

/// Where a person was at home when: one answer for prices and for what a statement prints.
@Suite("the history of homes")
struct HomeHistoryTests {
  private func homes(_ records: (String, from: String?)...) -> [String] {
    var history = HomeHistory(records[0].0)
    for (home, from) in records.dropFirst() { history.record(home, from: from.map(day)) }
    return ["2026-08-31", "2026-09-15", "2026-10-15", "2026-11-15"].map {
      history.home(on: day($0))
    }
  }

  @Test("a move holds from its day on")
  func move() {
    #expect(homes(("甲", nil), ("乙", "2026-10-01")) == ["甲", "甲", "乙", "乙"])
  }

  @Test("before the first record, even one with a day, its home counts and not a later one")
  func beforeTheFirst() {
    #expect(homes(("甲", "2026-09-10"), ("乙", "2026-10-01")) == ["甲", "甲", "乙", "乙"])
  }

  @Test("a record without a day corrects everything before; one with an earlier day what followed")
  func corrected() {
    #expect(homes(("甲", nil), ("乙", "2026-10-01"), ("丙", nil)) == ["丙", "丙", "丙", "丙"])
    #expect(
      homes(("甲", nil), ("乙", "2026-11-01"), ("丙", "2026-09-01")) == ["甲", "丙", "丙", "丙"])
  }

  @Test("of two moves each has its time")
  func twice() {
    #expect(
      homes(("甲", nil), ("乙", "2026-09-01"), ("丙", "2026-11-01")) == ["甲", "乙", "乙", "丙"])
  }
}
