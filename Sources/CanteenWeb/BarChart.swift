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

  /// The chart. Values stand above their bars; bars of nothing are a line, not a gap.
  var svg: String {
    let width = bars.count * (Self.barWidth + Self.gap) + Self.gap
    let most = max(1, bars.map(\.value).max() ?? 1)
    let room = Self.height - Self.foot - 18
    let drawn = bars.enumerated().map { index, bar -> String in
      let x = Self.gap + index * (Self.barWidth + Self.gap)
      let size = max(1, bar.value * room / most)
      let y = Self.height - Self.foot - size
      let middle = x + Self.barWidth / 2
      return """
        <rect x="\(x)" y="\(y)" width="\(Self.barWidth)" height="\(size)"/>\
        <text x="\(middle)" y="\(y - 4)">\(bar.value == 0 ? "" : "\(bar.value)")</text>\
        <text x="\(middle)" y="\(Self.height - 6)" class="label">\(escape(bar.label))</text>
        """
    }
    return """
      <svg class="bars" role="img" aria-label="\(escape(title))" viewBox="0 0 \(width) \(Self.height)" \
      width="\(width)" height="\(Self.height)">\(drawn.joined(separator: "\n"))</svg>
      """
  }
}
