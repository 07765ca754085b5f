import CanteenDomain
import CanteenFiles
import CanteenTestSupport
import Foundation
import Postgres
import Testing

/// The counter as a clerk has it before him: a real browser, a scanner that is a keyboard, the built
/// server, and a line that breaks.
@Suite("the counter in a browser", .database, .timeLimit(.minutes(4)))
struct CounterBrowserTests {
  /// The sample community at lunch, with a clerk, a manager, and a device that is enrolled.
  final class Counter {
    let bench: Workbench
    let server: CounterServer
    let cards: [String]

    /// - Parameter menu: of the day; nil for none.
    init(menu: String? = CounterBrowserTests.menu) async throws {
      let bench = try Workbench()
      try SampleBooks.setUp(bench.folder.path)
      let roster = try Table(
        contentsOf: bench.folder.appendingPathComponent("roster.csv").path,
        columns: RosterRow.columns)
      let cards = roster.rows.map { $0["卡号"] }.filter { !$0.isEmpty }
      let peanuts = """
        姓名,性别,身份证号,居住社区,卡号,饮食禁忌,联系电话
        花小平,女,\(CounterBrowserTests.number("51132319500308152")),东风路社区,NUT1,花生过敏,13900005678

        """
      for (line, input) in [
        ("roster import \(try bench.file("peanuts.csv", peanuts))", nil),
        ("staff add 张会计", "2468\n"), ("staff add 刘经理 --role manager", "8642\n"),
        ("staff add 李管理 --role administrator", "97531\n"),
      ] as [(String, String?)] {
        let run = try SampleBooks.canteen(line, at: CounterServer.now, input: input)
        try #require(run.status == 0, "\(line): \(run.complaints)")
      }
      if let menu {
        let line = "menu publish \(try bench.file("menu.csv", menu))"
        let run = try SampleBooks.canteen(line, at: CounterServer.now)
        try #require(run.status == 0, "\(run.complaints)")
      }
      server = try await CounterServer()
      self.bench = bench
      self.cards = cards
    }

    /// Enrols a browser as a window of the canteen and signs the clerk in.
    func begin(_ browser: Browser, window: String, picture: Bool = false) async throws {
      let made = try SampleBooks.canteen(
        "terminal enrol DFL-01 \(window) --format json", at: CounterServer.now)
      let code = try #require(
        made.output.components(separatedBy: "\"code\" : \"").last?.prefix { $0 != "\"" },
        "\(made.complaints)")
      try await browser.open("\(server.address)/counter")
      try await browser.wait(until: "document.body.dataset.screen === 'enrol'")
      try await browser.run("document.getElementById('enrol-code').focus()")
      if picture { try await browser.picture("enrol") }
      try await browser.scan(String(code))
      try await browser.wait(until: "document.body.dataset.screen === 'sign-in'")
      try await signIn(browser, "张会计", "2468", picture: picture)
    }

    func signIn(
      _ browser: Browser, _ name: String, _ pin: String, picture: Bool = false
    ) async throws {
      try await browser.wait(until: "document.querySelector('#names button')")
      try await browser.run(
        "[...document.querySelectorAll('#names button')].find(b => b.innerText === '\(name)').click()"
      )
      if picture { try await browser.picture("sign-in") }
      try await browser.scan(pin)
      try await browser.wait(until: "document.body.dataset.screen === 'counter'")
      try await browser.wait(until: "document.querySelector('#menu li')")
      try await browser.wait(until: "document.activeElement.id === 'field'")
    }
  }

  private static func number(_ digits: String) -> String {
    digits + String(ResidentID.checkCharacter(for: digits.compactMap(\.wholeNumberValue)))
  }

  static let menu = """
    助餐点,日期,餐次,菜名,类别,价格,过敏原
    DFL-01,2026-10-30,午餐,午餐套餐,套餐,12.00,
    DFL-01,2026-10-30,午餐,宫保鸡丁,荤,,花生
    DFL-01,2026-10-30,午餐,清炒时蔬,素,,
    DFL-01,2026-10-30,午餐,紫菜蛋汤,汤,,蛋

    """

  private func count(_ query: SQL) async throws -> Int {
    try await TestDatabase.current.database.query(query, as: Int.self).first ?? -1
  }

  /// Check-ins that stand, and the persons behind them.
  private func standing() async throws -> [Int] {
    [
      try await count("select count(*) from check_ins"),
      try await count("select count(distinct diner_id) from check_ins"),
    ]
  }

  @Test("a lunch by scanner: one key, one Enter, the price in large figures; again, guest and undo")
  func lunch() async throws {
    let counter = try await Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗", picture: true)
      try await browser.picture("idle")
      for card in counter.cards.prefix(5) {
        try await browser.scan(card)
        try await browser.wait(until: "document.querySelector('#confirm')")
        if card == counter.cards[0] { try await browser.picture("person") }
        try await browser.scan("")
        try await browser.wait(forText: "已签到")
      }
      try await browser.picture("done")
      #expect(try await standing() == [5, 5])

      try await browser.scan(counter.cards[0])
      try await browser.wait(forText: "今日午餐已就餐")
      try await browser.picture("served-before")
      try await browser.tap("#confirm")
      try await browser.wait(forText: "12.00")
      try await browser.wait(forText: "已签到")
      try await browser.tap("#guests button[data-value=family]")
      try await browser.wait(until: "document.querySelector('#confirm')")
      try await browser.tap("#confirm")
      try await browser.wait(forText: "已签到")
      try await browser.wait(
        until: "document.querySelector('[data-count=total]').innerText === '7'")
      try await browser.tap("#last li button")
      try await browser.wait(forText: "已撤销")
      try await browser.wait(
        until: "document.querySelector('[data-count=total]').innerText === '6'")
      try await browser.scan("zzzzz")
      try await browser.wait(forText: "查无此人")
      try await browser.picture("nobody")
    }
    #expect(try await count("select count(*) from check_in_reversals") == 1)
  }

  @Test("two windows at once for one person: one meal is subsidised, the other window is told")
  func race() async throws {
    let counter = try await Counter()
    let card = counter.cards[7]
    try await Browser.with { first in
      try await Browser.with { second in
        for (browser, window) in [(first, "一号窗"), (second, "二号窗")] {
          try await counter.begin(browser, window: window)
          try await browser.scan(card)
          try await browser.wait(until: "document.querySelector('#confirm')")
        }
        async let one: Void = first.scan("")
        async let other: Void = second.scan("")
        _ = try await (one, other)
        let ended = "/已签到|已就餐/.test(document.querySelector('#answer').innerText)"
        try await first.wait(until: ended)
        try await second.wait(until: ended)
        let texts = try await [first, second].asyncMap {
          try await $0.text("return document.querySelector('#answer').innerText")
        }
        #expect(texts.count { $0.contains("已签到") } == 1)
        #expect(texts.count { $0.contains("今日午餐已就餐") && $0.contains("按原价") } == 1)
      }
    }
    #expect(try await standing() == [1, 1])
  }

  @Test("the line is cut, ten check-ins wait, the tab is closed: back on line each is there once")
  func cut() async throws {
    let counter = try await Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.wait(until: "document.body.dataset.snapshot === 'held'")
      try await browser.run("return navigator.serviceWorker.ready.then(() => true)")
      try await browser.wait(until: "navigator.serviceWorker.controller")
      counter.server.cut()
      for (index, card) in counter.cards.prefix(10).enumerated() {
        if index == 6 {
          // The clerk closes the tab and opens the page again, without a server.
          try await browser.openTab()
          try await browser.open("\(counter.server.address)/counter")
          try await browser.wait(until: "document.body.dataset.screen === 'counter'")
          try await browser.wait(forText: "请刷卡")
        }
        try await browser.scan(card)
        try await browser.wait(until: "document.querySelector('#confirm')")
        try await browser.scan("")
        try await browser.wait(forText: "联网后补传")
      }
      try await browser.wait(forText: "待传 10 笔", in: "#line")
      try await browser.picture("offline")
      // Who ate already is known from the queue, and what was not sent yet is taken back.
      try await browser.scan(counter.cards[0])
      try await browser.wait(forText: "今日已就餐")
      try await browser.tap("#cancel")
      try await browser.scan(counter.cards[10])
      try await browser.wait(until: "document.querySelector('#confirm')")
      try await browser.scan("")
      try await browser.wait(forText: "待传 11 笔", in: "#line")
      try await browser.tap("#last li.waiting button")
      try await browser.wait(forText: "待传 10 笔", in: "#line")
      // Both tabs are open when the line is back.
      try await counter.server.start()
      try await browser.wait(until: "document.querySelector('#line').dataset.waiting === '0'")
      try await browser.wait(forText: "在线", in: "#line")
    }
    #expect(try await standing() == [10, 10])
    #expect(try await count("select count(*) from check_ins where auth_method = 'card'") == 10)
    #expect(
      try await count("select count(*) from check_in_exceptions") == 0)
  }

  @Test(
    "the street office sees the day, and a server that is told to end does so while it looks on")
  func street() async throws {
    let counter = try await Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.scan(counter.cards[0])
      try await browser.wait(until: "document.querySelector('#confirm')")
      try await browser.scan("")
      try await browser.wait(forText: "已签到")
      try await browser.tap("#lock")
      try await browser.wait(until: "document.body.dataset.screen === 'sign-in'")
      try await counter.signIn(browser, "李管理", "97531")
      try await browser.open("\(counter.server.address)/street")
      try await browser.wait(forText: "更新于", in: "#state")
      try await browser.wait(forText: "1 人次", in: "#today")
      try await browser.picture("street")
      #expect(try await counter.server.end())
    }
  }

  @Test("who must not eat one of today's dishes is warned of, in words and in colour")
  func clash() async throws {
    let counter = try await Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.scan("NUT1")
      try await browser.wait(forText: "宫保鸡丁")
      #expect(
        try await browser.text("return document.querySelector('#answer').className") == "warn")
      #expect(
        try await browser.text("return document.querySelector('.clash').innerText").contains("忌口"))
      try await browser.picture("clash")
    }
  }

  @Test("without a published price the clerk says it; a lost card has none at all")
  func withoutPrice() async throws {
    let counter = try await Counter(menu: nil)
    let lost = try SampleBooks.canteen("credential lost \(counter.cards[1])", at: CounterServer.now)
    try #require(lost.status == 0, "\(lost.complaints)")
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.scan(counter.cards[0])
      try await browser.wait(until: "document.getElementById('price')")
      let isOffered = try await browser.text("return String(!!document.getElementById('confirm'))")
      try await browser.tap("#price")
      try await browser.wait(until: "document.querySelector('#answer .pad')")
      try await browser.picture("price")
      try await browser.scan("12.5")
      try await browser.wait(until: "document.getElementById('confirm')")
      let list = try await browser.text("return document.getElementById('answer').innerText")
      try await browser.scan("")
      try await browser.wait(
        until: "document.getElementById('answer').innerText.includes('已签到')")

      try await browser.scan(counter.cards[1])
      try await browser.wait(until: "document.getElementById('answer').className === 'bad'")
      let refused = try await browser.text("return document.getElementById('answer').innerText")

      #expect(isOffered == "false" && list.contains("餐费 12.50"))
      #expect(refused.contains("此卡已挂失") && !refused.contains("确认就餐"))
    }
    let prices = try await TestDatabase.current.database.query(
      "select list_fen from check_ins", as: Int.self)
    #expect(prices == [1250])
  }

  @Test("a PIN that is guessed at is locked, and the right one does not help then")
  func lockOut() async throws {
    let counter = try await Counter()
    try await Browser.with { browser in
      try await counter.begin(browser, window: "一号窗")
      try await browser.tap("#lock")
      try await browser.wait(until: "document.body.dataset.screen === 'sign-in'")
      let choose =
        "[...document.querySelectorAll('#names button')].find(b => b.innerText === '刘经理').click()"
      try await browser.run(choose)
      let said = "document.querySelector('#sign-in .said').innerText"
      for pin in 1...12 {
        try await browser.run("document.querySelector('#sign-in .said').textContent = ''")
        try await browser.scan("13\(10 + pin)")
        try await browser.wait(until: "\(said) !== ''")
        if try await browser.text("return \(said)").contains("锁定") { break }
      }
      #expect(try await browser.text("return \(said)").contains("锁定"))
      try await browser.run("document.querySelector('#sign-in .said').textContent = ''")
      try await browser.scan("8642")
      try await browser.wait(until: "\(said).includes('锁定')")
      try await browser.picture("locked")
    }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows
    -> [Value]
  {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
