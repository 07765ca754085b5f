import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// A courier's phone: the round in a real browser, and a line that breaks between two doors.
@Suite("a round on a phone", .database, .timeLimit(.minutes(3)))
struct DeliveryBrowserTests {
  private func run(_ line: String) throws {
    let run = try SampleBooks.canteen(line, at: CounterServer.now)
    try #require(run.status == 0, "\(line): \(run.complaints)")
  }

  private func count(_ query: SQL) async throws -> Int {
    try await TestDatabase.current.database.query(query, as: Int.self).first ?? -1
  }

  @Test
  func `receipts wait where there is no line, and each meal is there once when it is back`()
    async throws
  {
    let counter = try await CounterBrowserTests.Counter()
    for card in counter.cards.prefix(3) {
      try run(
        "order add \(card) --canteen DFL-01 --day 2026-10-30 --mode home_delivery --after-cutoff")
    }
    try run("delivery plan --canteen DFL-01 --day 2026-10-30 --courier 张会计")
    let open = "document.querySelectorAll('.stop:not(.done)').length"

    try await Browser.with { browser in
      try await counter.begin(browser, window: "送餐手机")
      try await browser.open("\(counter.server.address)/delivery")
      try await browser.wait(until: "\(open) === 3")
      try await browser.picture("delivery")
      try await browser.tap(".stop .own")
      try await browser.wait(until: "document.querySelector('.stop.done .state')")
      try await browser.wait(
        until: "!document.querySelector('.stop.done .state').innerText.includes('待上传')")
      try await browser.run("return navigator.serviceWorker.ready.then(() => true)")
      try await browser.wait(until: "navigator.serviceWorker.controller")
      counter.server.cut()
      try await browser.tap(".stop:not(.done) .own")
      try await browser.wait(until: "\(open) === 1")
      try await browser.openTab()
      try await browser.open("\(counter.server.address)/delivery")
      try await browser.wait(until: "\(open) === 1")
      try await browser.run("document.querySelector('.stop:not(.done) input').value = '邻居老王'")
      try await browser.tap(".stop:not(.done) .proxy")
      try await browser.wait(until: "\(open) === 0")
      try await browser.wait(forText: "待上传", in: "#stops")
      try await browser.picture("delivery-offline")
      #expect(try await count("select count(*) from delivery_receipts") == 1)

      try await counter.server.start()
      try await browser.wait(
        until: "!document.querySelector('#stops').innerText.includes('待上传')")
    }

    #expect(try await count("select count(*) from delivery_receipts") == 3)
    #expect(try await count("select count(*) from delivery_receipts where is_proxy") == 1)
    #expect(
      try await count("select count(*) from check_ins where mode = 'home_delivery'") == 3)
  }
}
