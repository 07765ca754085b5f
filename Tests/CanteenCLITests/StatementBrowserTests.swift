import CanteenTestSupport
import Foundation
import Testing

/// A statement as the street office sees it on the screen and on paper, in a real browser.
@Suite("statements in a browser", .database, .timeLimit(.minutes(4)))
struct StatementBrowserTests {
  private static let number = ClosedBooks.number

  @Test
  func `on paper every page has its header, A4 across, and no column is cut`() throws {
    let books = try ClosedBooks()
    let page = books.path("\(Self.number).html")
    let export = try SampleBooks.canteen(
      "statement export \(Self.number) --format html --out \(page)")
    try #require(export.status == 0, "\(export.complaints)")
    let pdf = try Paper.print(page)

    let pages = try Paper.pages(pdf)
    #expect(pages.count > 4)
    let details = pages.filter { $0.words.contains("助餐补贴明细表") }
    #expect(details.count > 1)
    for page in pages {
      // A4 across in points; ten millimetres are left at the sides.
      #expect(abs(page.width - 842) < 2 && abs(page.height - 595) < 2)
      #expect(page.left > 15 && page.right < page.width - 15, "\(page.left) \(page.right)")
      #expect(page.words.contains("校验码"), "a page lacks its header")
      #expect(page.words.contains { $0.contains(Self.number) })
    }
    for title in ["就餐日期", "补贴类别", "居住社区", "签到键"] {
      #expect(details.allSatisfy { page in page.text.contains(title) }, "\(title)")
    }
    #expect(pages[0].text.contains("申报金额(大写)") && pages[0].text.contains("元"))
    #expect(pages.contains { $0.text.contains("负责人：") && $0.text.contains("盖章：") })
    try Paper.picture(pdf, "statement")
  }

  @Test
  func `an officer clicks from the total down to the facts of that day; others see nothing`()
    async throws
  {
    let books = try ClosedBooks()
    for (line, input) in [
      ("staff add 赵街道 --role street_officer", "97531\n"), ("staff add 张会计", "2468\n"),
    ] {
      let run = try SampleBooks.canteen(line, at: CounterServer.now, input: input)
      try #require(run.status == 0, "\(run.complaints)")
    }
    let made = try SampleBooks.canteen(
      "terminal enrol XFS-01 街道 --format json", at: CounterServer.now)
    let code = made.output.components(separatedBy: "\"code\" : \"").last?.prefix { $0 != "\"" }
    let server = try await CounterServer()
    let pages = "\(server.address)/street/statements"
    _ = books.bench.folder

    try await Browser.with { browser in
      try await browser.open(pages)
      #expect(try await browser.text("return document.body.innerText").contains("不能查看"))
      try await browser.open("\(server.address)/counter")
      try await browser.wait(until: "document.body.dataset.screen === 'enrol'")
      try await browser.run("document.getElementById('enrol-code').focus()")
      try await browser.scan(String(code ?? ""))
      try await signIn(browser, "张会计", "2468")
      try await browser.open(pages)
      #expect(!(try await browser.text("return document.body.innerText").contains(Self.number)))
      try await browser.open("\(server.address)/counter")
      // The button is in the page from its beginning; shown, it hears a tap.
      try await browser.wait(until: "!document.querySelector('#lock').hidden")
      try await browser.tap("#lock")
      try await signIn(browser, "赵街道", "97531")

      try await browser.open(pages)
      try await browser.picture("statements")
      try await click(browser, Self.number)
      try await browser.wait(until: "document.body.innerText.includes('按补贴类别')")
      try await browser.picture("statement-page")
      // The first tier is full price; the second has a policy.
      try await browser.tap("tbody tr:nth-child(2) a")
      try await browser.wait(until: "document.querySelector('h1').innerText.startsWith('明细')")
      try await browser.picture("statement-lines")
      try await browser.tap("tbody tr a")
      try await browser.wait(until: "document.body.innerText.includes('当日依据')")
      try await browser.picture("statement-line")
      let text = try await browser.text("return document.body.innerText")
      #expect(text.contains("周岁") && text.contains("签到键") && text.contains("标价"))
      try await browser.tap("a[href*=policies]")
      try await browser.wait(until: "document.querySelector('pre')")
      #expect(
        try await browser.text("return document.querySelector('pre').innerText").contains("policy"))
    }
    withExtendedLifetime(server) {}
  }

  private func signIn(_ browser: Browser, _ name: String, _ pin: String) async throws {
    try await browser.wait(until: "document.body.dataset.screen === 'sign-in'")
    try await browser.wait(until: "document.querySelector('#names button')")
    try await browser.run(
      "[...document.querySelectorAll('#names button')].find(b => b.innerText === '\(name)').click()"
    )
    try await browser.scan(pin)
    try await browser.wait(until: "document.body.dataset.screen !== 'sign-in'")
  }

  private func click(_ browser: Browser, _ text: String) async throws {
    try await browser.run(
      "[...document.querySelectorAll('a')].find(a => a.innerText === '\(text)').click()")
  }
}
