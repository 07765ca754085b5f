import CanteenDomain

/// 餐盒标签: labels to print and stick on boxes, fourteen of 99 by 38 mm on each page of A4.
///
/// A label says whose box it is and what is special about it, never where the person lives.
public struct LabelSheet: Sendable {
  /// One box.
  public struct Label: Sendable, Hashable {
    public var name: String
    public var group: String
    public var size: Order.Size
    public var mode: ServiceMode
    public var dishes: [String]
    /// Such as 花生过敏 or 低盐; empty for most.
    public var warnings: [String]
    public var note: String

    public init(
      name: String, group: String, size: Order.Size, mode: ServiceMode, dishes: [String],
      warnings: [String] = [], note: String = ""
    ) {
      self.name = name
      self.group = group
      self.size = size
      self.mode = mode
      self.dishes = dishes
      self.warnings = warnings
      self.note = note
    }
  }

  /// How many labels a page takes.
  public static let labelsPerPage = 14

  private let title: String
  private let labels: [Label]

  /// - Parameter title: printed on each: the canteen, the day and the meal.
  public init(_ labels: [Label], title: String) {
    self.labels = labels
    self.title = title
  }

  public var pageCount: Int {
    (labels.count + Self.labelsPerPage - 1) / Self.labelsPerPage
  }

  private static let style = """
    @page{size:A4;margin:0}*{box-sizing:border-box}body{margin:0;color:#000;\
    font:9pt/1.25 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif}
    .page{width:210mm;height:297mm;padding:15mm 4.7mm;display:grid;\
    grid-template-columns:99.1mm 99.1mm;grid-auto-rows:38.1mm;column-gap:2.4mm;break-after:page}
    .page:last-child{break-after:auto}
    .label{padding:2mm 3mm;overflow:hidden;border:.2mm dashed #bbb;position:relative}
    b{font-size:15pt}small{font-size:7.5pt;color:#333}.size{position:absolute;top:2mm;right:3mm;\
    font-size:11pt;border:.4mm solid #000;border-radius:2mm;padding:0 2mm}
    .warning{background:#000;color:#fff;font-weight:bold;font-size:11pt;padding:0 1.5mm;\
    -webkit-print-color-adjust:exact;print-color-adjust:exact}p{margin:.6mm 0}
    """

  /// One HTML file that any browser prints.
  public var html: String {
    let pages = stride(from: 0, to: labels.count, by: Self.labelsPerPage).map { start in
      let page = labels[start..<min(start + Self.labelsPerPage, labels.count)]
      return "<div class=\"page\">\(page.map(face).joined())</div>"
    }
    return """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8"><title>\(title.markup)</title>
      <style>\(Self.style)</style></head><body>\(pages.joined())</body></html>
      """
  }

  private func face(_ label: Label) -> String {
    let warning =
      label.warnings.isEmpty
      ? ""
      : "<p><span class=\"warning\">\(label.warnings.joined(separator: " · ").markup)</span></p>"
    let note = label.note.isEmpty ? "" : "<p><small>备注：\(label.note.markup)</small></p>"
    let size = label.size == .regular ? "" : "\(label.size.name.zh) "
    return """
      <div class="label"><p><b>\(label.name.markup)</b> \(label.group.markup)</p>\
      <span class="size">\(size)\(label.mode.name.zh)</span>\(warning)\
      <p>\(label.dishes.joined(separator: "、").markup)</p>\(note)\
      <p><small>\(title.markup)</small></p></div>
      """
  }
}
