import CanteenDomain

/// All regions, ready to answer "where is this" and "what is it called from above".
public struct RegionTree: Sendable {
  public let regions: [Region.Code: Region]
  private let byName: [String: [Region]]

  public init(_ regions: [Region]) {
    self.regions = Dictionary(
      regions.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    byName = Dictionary(grouping: regions, by: \.name)
  }

  /// The place with everything above it; just the code itself if it is not in the tree.
  public func path(to code: Region.Code) -> RegionPath {
    var codes: [Region.Code] = []
    var next: Region.Code? = code
    while let code = next, !codes.contains(code) {
      codes.append(code)
      next = regions[code]?.parent
    }
    return RegionPath(codes.reversed())
  }

  /// Names from the widest to the place itself.
  public func names(to code: Region.Code) -> [String] {
    path(to: code).codes.compactMap { regions[$0]?.name }
  }

  /// The codes of a place and of all below it, ascending.
  func codes(within top: Region.Code) -> [Region.Code] {
    regions.keys.filter { path(to: $0).isWithin(top) }.sorted()
  }

  /// The community that a place lies in; nil if it lies above one.
  public func community(of code: Region.Code) -> Region? {
    path(to: code).codes.lazy.compactMap { regions[$0] }.first { $0.level == .community }
  }

  /// The one region that a text names: `蓬安县`, or with what stands above it, `南充市蓬安县`. Nil if
  /// there is none, or several between which the text does not decide.
  public func region(named text: String, below ancestor: Region.Code? = nil) -> Region? {
    let plain = text.normalisedWidth().trimmedSpaces()
    guard !plain.isEmpty else { return nil }
    var matches = byName[plain] ?? []
    if matches.isEmpty {
      matches = regions.values.filter { plain.hasSuffix($0.name) && isSpeltOut($0, in: plain) }
    }
    if let ancestor { matches = matches.filter { path(to: $0.code).isWithin(ancestor) } }
    return matches.count == 1 ? matches[0] : nil
  }

  /// The resident group of a community that a text names, in whatever way its number is written.
  func group(named text: String, of community: Region) -> Region? {
    if let exact = region(named: text, below: community.code) { return exact }
    let plain = text.hasPrefix(community.name) ? text.dropFirst(community.name.count) : text[...]
    guard let number = Region.groupNumber(String(plain)) else { return nil }
    let matches = regions.values.filter {
      $0.level == .group && $0.parent == community.code && Region.groupNumber($0.name) == number
    }
    return matches.count == 1 ? matches[0] : nil
  }

  /// The one community that a title or a heading is of. Nil for none, for several, and where it speaks of
  /// others that are not registered.
  func onlyCommunity(in text: String) -> Region? {
    let plain = PlaceName.undated(text)
    let named = communities(in: plain)
    guard named.count == 1, !PlaceName.speaksOfOthers(than: names(to: named[0].code), in: plain)
    else { return nil }
    return named[0]
  }

  /// The communities that an undated text names; of a name within another only the longer one, and of
  /// several of one name that below the street which stands there too.
  private func communities(in plain: String) -> [Region] {
    let named = regions.values.filter {
      $0.level == .community && PlaceName.isCommunity($0.name, in: plain)
    }
    let longest = named.filter { one in
      !named.contains { $0.name != one.name && $0.name.contains(one.name) }
    }
    return Dictionary(grouping: longest, by: \.name).values.flatMap { alike -> [Region] in
      let placed = alike.filter { region in
        region.parent.flatMap { regions[$0] }.map { plain.contains($0.name) } ?? false
      }
      return alike.count > 1 && !placed.isEmpty ? placed : alike
    }
  }

  /// A name that `region(named:)` takes for this place alone: its own, or with all above it.
  func unmistakableName(of code: Region.Code) -> String {
    let names = names(to: code)
    guard let own = names.last else { return "" }
    return region(named: own)?.code == code ? own : names.joined()
  }

  /// Whether `text` is made of names of regions above `region` (some may be left out) and its own.
  private func isSpeltOut(_ region: Region, in text: String) -> Bool {
    var rest = Substring(text)
    for name in names(to: region.code) where rest.hasPrefix(name) {
      rest = rest.dropFirst(name.count)
    }
    return rest.isEmpty
  }
}
