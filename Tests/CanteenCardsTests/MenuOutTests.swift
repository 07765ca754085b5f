import CanteenCards
import CanteenDomain
import Foundation
import Testing

/// The menu as it leaves the house: printed by a browser, and read by the readers of feeds.
@Suite("the menu for the door and for readers")
struct MenuOutTests {
  private let monday = Day(2026, 11, 30)!
  private let canteen = Canteen(
    code: "DFL-01", name: "东风路<社区>长者食堂", region: Region.Code("511323001001"), operatorName: "示例",
    openedOn: Day(2024, 1, 1)!,
    windows: [
      ServiceWindow(period: .lunch, from: TimeOfDay("10:30")!, to: TimeOfDay("13:00")!),
      ServiceWindow(period: .dinner, from: TimeOfDay("17:00")!, to: TimeOfDay("19:30")!),
    ])

  private func week(_ days: Int) -> [Menu] {
    (0..<days).flatMap { offset in
      [MealPeriod.lunch, .dinner].map { period in
        Menu(
          canteen: "DFL-01", day: monday + offset, period: period,
          dishes: [
            Dish(name: "标准套餐", category: .set, price: 1200, allergens: []),
            Dish(name: "宫保鸡丁 & 花生", category: .meat, price: nil, allergens: ["花生"]),
            Dish(name: "清炒时蔬", category: .vegetable, price: nil, allergens: []),
            Dish(
              name: "西湖牛肉羹", category: .soup, price: 300, allergens: ["蛋类"], energyKcal: 90,
              isSingle: true),
            Dish(name: "米饭", category: .staple, price: nil, allergens: []),
          ])
      }
    }
  }

  private var feast: CanteenDay {
    CanteenDay(canteen: "DFL-01", day: monday + 6, kind: .closed, name: "检修")
  }

  /// How many sheets of paper a browser prints it on.
  private func sheets(_ html: String) throws -> Int {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-poster-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appendingPathComponent("menu.html")
    let paper = folder.appendingPathComponent("menu.pdf")
    try Data(html.utf8).write(to: page)
    let status = try run(
      "chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        "--user-data-dir=\(folder.path)/profile", "--print-to-pdf=\(paper.path)",
        "file://\(page.path)",
      ])
    try #require(status == 0)
    let text = String(decoding: try Data(contentsOf: paper), as: Unicode.ASCII.self)
    return text.ranges(of: "/Type /Page\n").count
  }

  private func run(_ tool: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test
  func `a browser prints a sheet of A4 for each day, and one of A3 for the week`() throws {
    let days = try sheets(
      MenuPoster(week(6), days: [feast], canteen: canteen, size: .a4).html)
    let one = try sheets(MenuPoster(week(6), days: [feast], canteen: canteen, size: .a3).html)

    #expect(days == 7)
    #expect(one == 1)
  }

  @Test
  func `the poster says what is in it, when it is served, and what is closed`() {
    let html = MenuPoster(week(1), days: [feast], canteen: canteen, size: .a4).html

    #expect(html.contains("东风路&lt;社区&gt;长者食堂") && html.contains("宫保鸡丁 &amp; 花生"))
    #expect(html.contains("含花生") && html.contains("12.00 元"))
    #expect(html.contains("周一 11月30日") && html.contains("10:30–13:00"))
    #expect(html.contains("周日 12月6日 · 检修") && html.contains("停餐"))
  }

  @Test
  func `the feed holds to the published rules of its format`() throws {
    let feed = OpenMensaFeed(week(6), days: [feast], canteen: canteen).xml
    let long = OpenMensaFeed(
      [
        Menu(
          canteen: "DFL-01", day: monday, period: .lunch,
          dishes: [
            Dish(
              name: String(repeating: "长", count: 400), category: .meat, price: 5,
              allergens: ["\u{1}"])
          ])
      ], canteen: canteen
    ).xml

    #expect(try isValid(feed))
    #expect(try isValid(long))
    #expect(feed.contains("<day date=\"2026-12-06\"><closed/></day>"))
    #expect(feed.contains("<price role=\"other\">12.00</price>"))
  }

  @Test(
    "the schema of the test refuses what the rules refuse",
    arguments: [
      ("<closed/>", "<meal><name>X</name></meal>"), ("role=\"other\"", "role=\"pensioner\""),
      ("date=\"2026-11-30\"", "date=\"30.11.2026\""), ("<name>米饭</name>", "<name></name>"),
      (">12.00<", ">12.00 元<"), ("<category name=\"午餐 · 套餐\">", "<category>"),
      ("date=\"2026-12-01\"", "date=\"2026-11-30\""),
    ])
  func schemaRefuses(old: String, new: String) throws {
    let feed = OpenMensaFeed(week(2), days: [feast], canteen: canteen).xml
    try #require(feed.contains(old))

    #expect(try !isValid(feed.replacingOccurrences(of: old, with: new)))
  }

  private func isValid(_ feed: String) throws -> Bool {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("canteen-feed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let schema = folder.appendingPathComponent("feed.xsd")
    let document = folder.appendingPathComponent("feed.xml")
    try Data(Self.schema.utf8).write(to: schema)
    try Data(feed.utf8).write(to: document)
    let status = try run("xmllint", ["--noout", "--nonet", "--schema", schema.path, document.path])
    // 3 and 4 are xmllint's for a document that does not hold; anything else is no answer.
    try #require([0, 1, 3, 4].contains(status))
    return status == 0
  }

  /// What doc.openmensa.org/feed/v2 says in words, written down for xmllint.
  private static let schema = """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://openmensa.org/open-mensa-v2"
      xmlns:om="http://openmensa.org/open-mensa-v2"
      targetNamespace="http://openmensa.org/open-mensa-v2" elementFormDefault="qualified">
    <xs:simpleType name="Text"><xs:restriction base="xs:string"><xs:minLength value="1"/>
      <xs:maxLength value="250"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Money"><xs:restriction base="xs:decimal"><xs:minInclusive value="0"/>
      <xs:fractionDigits value="2"/></xs:restriction></xs:simpleType>
    <xs:element name="openmensa"><xs:complexType><xs:sequence>
      <xs:element name="version" type="xs:string" minOccurs="0"/>
      <xs:element name="canteen" type="Canteen" minOccurs="0">
        <xs:unique name="OneADay"><xs:selector xpath="om:day"/><xs:field xpath="@date"/></xs:unique>
      </xs:element></xs:sequence>
      <xs:attribute name="version" use="required"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="2.0"/><xs:enumeration value="2.1"/></xs:restriction></xs:simpleType>
      </xs:attribute></xs:complexType></xs:element>
    <xs:complexType name="Canteen"><xs:sequence>
      <xs:element name="name" type="Text" minOccurs="0"/>
      <xs:element name="day" type="Day" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:complexType>
    <xs:complexType name="Day"><xs:choice>
      <xs:element name="closed"><xs:complexType/></xs:element>
      <xs:element name="category" type="Category" maxOccurs="unbounded"/></xs:choice>
      <xs:attribute name="date" type="xs:date" use="required"/></xs:complexType>
    <xs:complexType name="Category"><xs:sequence>
      <xs:element name="meal" type="Meal" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name" type="Text" use="required"/></xs:complexType>
    <xs:complexType name="Meal"><xs:sequence>
      <xs:element name="name" type="Text"/>
      <xs:element name="note" type="Text" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="price" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:simpleContent>
        <xs:extension base="Money"><xs:attribute name="role" use="required"><xs:simpleType>
          <xs:restriction base="xs:string"><xs:enumeration value="pupil"/>
          <xs:enumeration value="student"/><xs:enumeration value="employee"/>
          <xs:enumeration value="other"/></xs:restriction></xs:simpleType></xs:attribute>
        </xs:extension></xs:simpleContent></xs:complexType></xs:element>
    </xs:sequence></xs:complexType>
    </xs:schema>
    """
}
