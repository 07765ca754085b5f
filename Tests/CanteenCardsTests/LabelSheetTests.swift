import CanteenCards
import CanteenDomain
import Testing

/// Labels that are stuck on boxes.
@Suite("labels of boxes")
struct LabelSheetTests {
  private func label(_ index: Int, _ warnings: [String] = []) -> LabelSheet.Label {
    LabelSheet.Label(
      name: "王秀英\(index)", group: "1组", size: index == 1 ? .small : .regular,
      mode: .homeDelivery, dishes: ["清蒸鱼", "米饭"], warnings: warnings, note: "<门铃>")
  }

  @Test
  func `fourteen take a page, and what makes somebody ill stands out`() {
    let one = LabelSheet((1...14).map { label($0) }, title: "东风路 2026-12-01 午餐")
    let two = LabelSheet(
      (1...15).map { label($0, $0 == 3 ? ["花生过敏", "低盐"] : []) }, title: "A & B")

    #expect([one.pageCount, two.pageCount] == [1, 2])
    #expect(two.html.ranges(of: "<div class=\"page\">").count == 2)
    #expect(two.html.ranges(of: "class=\"warning\"").count == 1)
    #expect(two.html.contains("花生过敏 · 低盐") && two.html.contains("小份 送餐"))
    #expect(two.html.contains("&lt;门铃&gt;") && two.html.contains("A &amp; B"))
    #expect(!one.html.contains("class=\"warning\""))
  }
}
