import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// What a counter does by itself while the line is down, slow, or strange.
@Suite("the counter without a line", .database, .timeLimit(.minutes(4)))
struct CounterOfflineTests {
  private static let menu =
    CounterBrowserTests.menu + """
      DFL-01,2026-10-30,晚餐,晚餐套餐,套餐,11.00,
      DFL-01,2026-10-30,晚餐,清蒸鲈鱼,荤,,

      """

  /// Lets the page believe that the line is cut: what it posts as check-ins arrives, no answer does.
  private static let faultyLine = """
    window.isCut = false;
    window.refused = null;
    const send = window.fetch;
    window.fetch = async (address, options) => {
      const isCheckIn = String(address).endsWith('/check-ins');
      if (isCheckIn && window.refused && options.body.includes(window.refused)) {
        return new Response('{"code":"fault"}', { status: 500 });
      }
      if (!window.isCut) return send(address, options);
      if (isCheckIn) await send(address, options);
      throw new TypeError('the line is cut');
    };
    """

  private func count(_ query: SQL) async throws -> Int {
    try await TestDatabase.current.database.query(query, as: Int.self).first ?? -1
  }

  private func answer(_ browser: Browser) async throws -> String {
    try await browser.text("return document.getElementById('answer').innerText")
  }

  private func ask(_ browser: Browser, _ key: String) async throws {
    try await browser.scan(key)
    try await browser.wait(until: "document.querySelector('#confirm')")
  }

  @Test("a page that lost the line at lunch is at dinner when dinner begins, and so are the books")
  func dinner() async throws {
    let counter = try await CounterBrowserTests.Counter(menu: Self.menu)
    let page = "\(counter.server.address)/counter"
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await ask(browser, "NUT1")
      try await browser.scan("")
      try await browser.wait(forText: "已签到")
      // A server that was started anew makes a roster that knows of the meal.
      counter.server.cut()
      try await counter.server.start()
      try await browser.open(page)
      try await browser.wait(until: "document.body.dataset.snapshot === 'held'")
      try await browser.run("return navigator.serviceWorker.ready.then(() => true)")
      try await browser.wait(until: "navigator.serviceWorker.controller")
      counter.server.cut()
      try await browser.scan("NUT1")
      try await browser.wait(forText: "午餐已就餐")
      try await browser.run(
        "localStorage.setItem('clock', Number(localStorage.getItem('clock')) + 6 * 3600000)")
      try await browser.open(page)
      try await browser.wait(until: "document.body.dataset.screen === 'counter'")

      try await browser.wait(forText: "晚餐", in: "#period")
      try await browser.wait(forText: "清蒸鲈鱼", in: "#menu")
      try await ask(browser, "NUT1")
      let shown = try await answer(browser)
      try await browser.picture("offline-dinner")
      try await browser.scan("")
      try await browser.wait(forText: "联网后补传")
      try await browser.scan("NUT1")
      try await browser.wait(forText: "今日已就餐 晚餐")
      // Of a whole number the roster knows the last four alone.
      try await browser.scan("13900005678")
      try await browser.wait(forText: "仅后四位相符")
      let byNumber = try await browser.text("return String(!!document.getElementById('confirm'))")
      try await browser.picture("offline-tail")
      try await browser.tap("#answer .choice button")
      try await browser.wait(forText: "花小平")

      #expect(shown.contains("确认就餐") && !shown.contains("已就餐") && !shown.contains("忌口"))
      #expect(byNumber == "false")
      try await counter.server.start(at: "2026-10-30T18:06:00")
      // Hours after he signed in the clerk does so again.
      try await browser.wait(until: "document.body.dataset.screen === 'sign-in'")
      try await counter.signIn(browser, "张会计", "2468")
      try await browser.wait(until: "document.querySelector('#line').dataset.waiting === '0'")
    }
    #expect(try await count("select count(*) from check_ins where period = 'dinner'") == 1)
    #expect(try await count("select count(*) from check_ins where period = 'lunch'") == 1)
    #expect(try await count("select count(*) from check_in_exceptions") == 0)
  }

  @Test("what may have reached the server is undone there, also what was undone without a line")
  func undo() async throws {
    let counter = try await CounterBrowserTests.Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.wait(until: "document.body.dataset.snapshot === 'held'")
      try await browser.run(Self.faultyLine)
      try await ask(browser, counter.cards[0])
      try await browser.scan("")
      try await browser.wait(forText: "已签到")
      try await ask(browser, counter.cards[1])
      try await browser.run("window.isCut = true")
      try await browser.scan("")
      try await browser.wait(forText: "联网后补传")
      #expect(try await count("select count(*) from check_ins") == 2)

      try await browser.tap("#last li.waiting button")
      try await browser.wait(forText: "已记下撤销")
      try await browser.tap("#last li:not(.waiting) button")
      try await browser.wait(forText: "待传 2 笔", in: "#line")
      try await browser.picture("offline-undo")
      try await browser.run("window.isCut = false")
      try await browser.wait(until: "document.querySelector('#line').dataset.waiting === '0'")
      try await browser.wait(
        until: "document.querySelector('[data-count=total]').innerText === '0'")
    }
    #expect(try await count("select count(*) from check_in_reversals") == 2)
    #expect(try await count("select count(*) from check_ins") == 2)
  }

  @Test("a late answer does not take the next person's place")
  func turns() async throws {
    let counter = try await CounterBrowserTests.Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.run(
        """
        const send = window.fetch;
        const held = new Promise((release) => { window.release = release; });
        let isFirst = true;
        window.fetch = async (address, options) => {
          if (!isFirst || !String(address).endsWith('/diners/search')) return send(address, options);
          isFirst = false;
          await held;
          const response = await send(address, options);
          setTimeout(() => { window.isLateOver = true; }, 200);
          return response;
        };
        """)
      try await browser.scan("NUT1")
      try await ask(browser, counter.cards[1])
      let before = try await answer(browser)
      try await browser.run("window.release()")
      try await browser.wait(until: "window.isLateOver")

      #expect(try await answer(browser) == before)
      #expect(!before.contains("花小平"))
    }
  }

  @Test("an entry that the server fails over holds nobody up; none is sent for another terminal")
  func queue() async throws {
    let counter = try await CounterBrowserTests.Counter()
    let page = "\(counter.server.address)/counter"
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.wait(until: "document.body.dataset.snapshot === 'held'")
      try await browser.run(Self.faultyLine)
      try await browser.run("dispatchEvent(new Event('offline')); window.isCut = true")
      for card in counter.cards.prefix(3) {
        try await ask(browser, card)
        try await browser.scan("")
        try await browser.wait(forText: "联网后补传")
      }
      try await browser.run(
        """
        const waiting = document.querySelectorAll('#last li.waiting');
        window.refused = waiting[waiting.length - 1].dataset.key;
        window.isCut = false;
        """)
      try await browser.wait(until: "document.querySelector('#line').dataset.waiting === '1'")
      #expect(try await count("select count(*) from check_ins") == 2)
      try await browser.run("window.refused = null")
      try await browser.wait(until: "document.querySelector('#line').dataset.waiting === '0'")
      #expect(try await count("select count(*) from check_ins") == 3)

      try await browser.run(
        """
        const open = indexedDB.open('canteen', 1);
        open.onsuccess = () => {
          const stores = open.result.transaction(['queue', 'kept'], 'readwrite');
          stores.objectStore('queue').add({
            request: { key: crypto.randomUUID(), servedAt: new Date().toISOString(), quotedFen: 900 },
            name: '李四', terminal: 'another', staff: '王五', sentAt: null,
          });
          stores.objectStore('kept').put({ rounds: [], until: 1 }, 'delivery-round');
          stores.oncomplete = () => { window.isWritten = true; };
        };
        """)
      try await browser.wait(until: "window.isWritten")
      try await browser.wait(forText: "1 笔须处理", in: "#line")
      try await browser.tap("#judge")
      try await browser.wait(forText: "另一终端", in: "#exceptions")
      try await browser.picture("other-terminal")
      // What is over its time is gone when the page starts.
      try await browser.open(page)
      try await browser.wait(until: "document.body.dataset.screen === 'counter'")
      try await browser.run(
        """
        const open = indexedDB.open('canteen', 1);
        open.onsuccess = () => {
          const names = open.result.transaction('kept').objectStore('kept').getAllKeys();
          names.onsuccess = () => { window.names = names.result.sort().join(' '); };
        };
        """)
      try await browser.wait(until: "window.names")
      #expect(try await browser.text("return window.names") == "session snapshot today")
    }
    #expect(try await count("select count(*) from check_ins") == 3)
  }

  /// Puts an entry into the page's queue.
  private func queueUp(_ browser: Browser, key: String, _ rest: String) async throws {
    try await browser.run(
      """
      window.isWritten = false;
      const open = indexedDB.open('canteen', 1);
      open.onsuccess = () => {
        const stores = open.result.transaction('queue', 'readwrite');
        stores.objectStore('queue').add({
          request: { key: \(key), servedAt: new Date().toISOString(), quotedFen: 900 },
          name: '李四', staff: '王五', \(rest),
        });
        stores.oncomplete = () => { window.isWritten = true; };
      };
      """)
    try await browser.wait(until: "window.isWritten")
  }

  @Test("who rejects what is stuck undoes what may be in the books, and deletes what never left")
  func stuck() async throws {
    let counter = try await CounterBrowserTests.Counter()
    let listed = "document.querySelectorAll('#exception-list li[data-stuck]').length"
    let reject = "#exception-list li[data-stuck] .row button:last-child"
    let waiting = "document.querySelector('#line').dataset.waiting"
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await ask(browser, counter.cards[0])
      try await browser.scan("")
      try await browser.wait(forText: "已签到")
      try await browser.wait(until: "document.querySelector('#last li button')")
      let key = try await browser.text("return document.querySelector('#last li').dataset.key")
      let problem = "problem: { code: 'fault', sentence: '没有处理成功' }"
      try await queueUp(browser, key: "'\(key)'", "sentAt: 1, \(problem)")
      try await queueUp(browser, key: "crypto.randomUUID()", "sentAt: null, \(problem)")
      try await browser.wait(forText: "2 笔须处理", in: "#line")
      try await browser.tap("#judge")
      try await browser.wait(until: "\(listed) === 2")
      try await browser.tap(reject)
      try await browser.wait(until: "\(listed) === 1")
      try await browser.tap(reject)
      try await browser.wait(until: "\(listed) === 0")
      try await browser.wait(until: "\(waiting) === '0'")
      #expect(try await count("select count(*) from check_in_reversals") == 1)

      // No session of this device may undo it: a person is told so, and says it again.
      try await queueUp(browser, key: "crypto.randomUUID()", "sentAt: 1, terminal: 'another'")
      try await browser.wait(forText: "1 笔须处理", in: "#line")
      try await browser.tap("#back")
      try await browser.tap("#judge")
      try await browser.wait(until: "\(listed) === 1")
      try await browser.tap(reject)
      try await browser.wait(until: "\(listed) === 0")
      try await browser.wait(forText: "1 笔须处理", in: "#line")
      try await browser.tap("#back")
      try await browser.tap("#judge")
      try await browser.wait(forText: "请到账上核对并冲正", in: "#exceptions")
      try await browser.tap(reject)
      try await browser.wait(until: "\(waiting) === '0'")
    }
    #expect(try await count("select count(*) from check_ins") == 1)
    #expect(try await count("select count(*) from check_in_reversals") == 1)
  }
}
