/// A small chart of bars, drawn as SVG: no script, no picture, sharp at every size and on paper.
struct BarChart {
  /// One bar.
  struct Bar {
    var label: String
    var value: Int
  }

  /// What it shows, for readers who hear the page.
  var title: String
  var bars: [Bar]

  private static let barWidth = 28
  private static let gap = 8
  private static let height = 120
  private static let foot = 22
  /// Wider labels than this stand beside their bars, which lie then.
  private static let labelMax = 64
  private static let (lineHeight, length) = (26, 480)

  /// The chart. Each bar has its value; bars of nothing are a line, not a gap.
  var svg: String {
    let widest = bars.map { chartWidth(of: $0.label) }.max() ?? 0
    let most = max(1, bars.map(\.value).max() ?? 1)
    return widest <= Self.labelMax
      ? standing(slot: max(Self.barWidth, widest, chartWidth(of: "\(most)")) + Self.gap, most)
      : lying(beside: widest + Self.gap, most)
  }

  private func standing(slot: Int, _ most: Int) -> String {
    let room = Self.height - Self.foot - 18
    let drawn = bars.enumerated().map { index, bar -> String in
      let size = max(1, bar.value * room / most)
      let y = Self.height - Self.foot - size
      let middle = Self.gap + index * slot + slot / 2
      return """
        <rect x="\(middle - Self.barWidth / 2)" y="\(y)" width="\(Self.barWidth)" height="\(size)"/>\
        <text x="\(middle)" y="\(y - 4)">\(bar.value == 0 ? "" : "\(bar.value)")</text>\
        <text x="\(middle)" y="\(Self.height - 6)" class="label">\(escape(bar.label))</text>
        """
    }
    return frame("bars", width: bars.count * slot + 2 * Self.gap, height: Self.height, drawn)
  }

  private func lying(beside left: Int, _ most: Int) -> String {
    let drawn = bars.enumerated().map { index, bar -> String in
      let (y, size) = (index * Self.lineHeight, max(1, bar.value * Self.length / most))
      return """
        <text x="0" y="\(y + 17)" class="label">\(escape(bar.label))</text>\
        <rect x="\(left)" y="\(y + 2)" width="\(size)" height="\(Self.lineHeight - 6)"/>\
        <text x="\(left + size + 6)" y="\(y + 17)">\(bar.value == 0 ? "" : "\(bar.value)")</text>
        """
    }
    return frame(
      "bars lying", width: left + Self.length + 64, height: bars.count * Self.lineHeight, drawn)
  }

  private func frame(_ kind: String, width: Int, height: Int, _ drawn: [String]) -> String {
    """
    <svg class="\(kind)" role="img" aria-label="\(escape(title))" viewBox="0 0 \(width) \(height)" \
    width="\(width)" height="\(height)">\(drawn.joined(separator: "\n"))</svg>
    """
  }
}

/// About how many pixels a text takes in a chart: Chinese characters are as wide as they are high.
func chartWidth(of text: String) -> Int {
  text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 8 : 13) }
}
