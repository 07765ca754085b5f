import CanteenDomain

/// Cards with QR codes to print, cut and hand out: ten of a bank card's size on each page of A4.
///
/// A card shows the name masked (王*英), so that a lost one tells nobody who eats where.
public struct CardSheet: Sendable {
  /// One person's card.
  public struct Card: Sendable, Hashable {
    /// As the register has it; it is printed masked.
    public let name: String
    /// Printed under the code, for the counter to type if the code is worn.
    public let number: String
    /// What the scanner reads; usually the number.
    public let code: String

    /// A card whose code holds its number, or another text.
    public init(name: String, number: String, code: String? = nil) {
      self.name = name
      self.number = number
      self.code = code ?? number
    }
  }

  /// Why a sheet cannot be made.
  public enum Refusal: CanteenDomain.Refusal, Hashable {
    /// A number that is empty or too long for a QR code.
    case code(number: String)

    public var kind: RefusalKind { .invalid }

    public var sentence: Sentence {
      switch self {
      case .code(let number):
        Sentence(
          zh: "卡号“\(number)”为空或过长，无法制成二维码", en: "“\(number)” is empty or too long for a QR code")
      }
    }
  }

  /// How many cards a page takes.
  public static let cardsPerPage = 10

  private let pages: [String]

  /// - Parameters:
  ///   - title: printed on every card: the canteen or the community.
  ///   - hint: printed small under the title, such as whom to call for a lost card.
  public init(_ cards: [Card], title: String, hint: String = "") throws(Refusal) {
    var pages: [String] = []
    var page = ""
    for (index, card) in cards.enumerated() {
      guard let symbol = QRSymbol(card.code) else { throw .code(number: card.number) }
      let place = index % CardSheet.cardsPerPage
      if place == 0, index > 0 {
        pages.append(page)
        page = ""
      }
      page += CardSheet.face(card, symbol, place: place, title: title, hint: hint)
    }
    if !page.isEmpty { pages.append(page) }
    self.pages = pages
  }

  /// How many sheets of paper it takes.
  public var pageCount: Int { pages.count }

  /// One SVG file, its pages of A4 one below the other.
  public func svg() -> [UInt8] {
    let height = 297 * max(1, pages.count)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + CardSheet.open(height: height)
    for (index, page) in pages.enumerated() {
      text += "<g transform=\"translate(0 \(index * 297))\">\n\(page)</g>\n"
    }
    return Array((text + "</svg>\n").utf8)
  }

  /// One HTML file that any browser prints, or saves as PDF, page by page on A4.
  public func html() -> [UInt8] {
    var text = """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8"><title>就餐卡</title>
      <style>@page{size:A4;margin:0}body{margin:0}svg{display:block;break-after:page}</style>
      </head><body>

      """
    for page in pages { text += CardSheet.open(height: 297) + page + "</svg>\n" }
    return Array((text + "</body></html>\n").utf8)
  }

  // A bank card measures 85.6 by 54 mm (ISO/IEC 7810 ID-1); two columns and five rows of them leave
  // margins that every printer keeps.
  private static let width = 85.6
  private static let height = 54.0
  private static let left = 19.4
  private static let top = 13.5

  private static func open(height: Int) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="\(height)mm" \
    viewBox="0 0 210 \(height)" font-family="Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, \
    PingFang SC, SimHei, sans-serif">
    <rect width="210" height="\(height)" fill="#fff"/>

    """
  }

  private static func face(
    _ card: Card, _ symbol: QRSymbol, place: Int, title: String, hint: String
  ) -> String {
    let x = left + Double(place % 2) * width
    let y = top + Double(place / 2) * height
    // The quiet zone of four modules that scanners need is kept inside the 40 mm of the code.
    let scale = 40 / Double(symbol.width + 8)
    let margin = 4 * scale
    let name = card.name.maskedName
    let nameSize = fitting(name, width: 37, largest: 11)
    let numberSize = fitting(card.number, width: 79, largest: 6.5)
    return """
      <g transform="translate(\(rounded(x)) \(rounded(y)))">
      <rect width="85.6" height="54" rx="3" fill="none" stroke="#999" stroke-width="0.2"/>
      <path transform="translate(\(rounded(2.5 + margin)) \(rounded(2.5 + margin))) \
      scale(\(rounded(scale)))" fill="#000" d="\(symbol.path)"/>
      <text x="45" y="11" font-size="\(rounded(fitting(title, width: 38, largest: 5)))" \
      fill="#333">\(title.markup)</text>
      <text x="45" y="28" font-size="\(rounded(nameSize))" font-weight="bold">\(name.markup)</text>
      <text x="45" y="38" font-size="\(rounded(fitting(hint, width: 38, largest: 3.4)))" \
      fill="#333">\(hint.markup)</text>
      <text x="42.8" y="50" font-size="\(rounded(numberSize))" font-weight="bold" \
      text-anchor="middle" letter-spacing="0.4">\(card.number.markup)</text>
      </g>

      """
  }

  /// The size at which a text stays within a width: Chinese characters are as wide as high, others
  /// a little over half.
  private static func fitting(_ text: String, width: Double, largest: Double) -> Double {
    let ems = text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 0.66 : 1) }
    return ems == 0 ? largest : min(largest, width / ems)
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
