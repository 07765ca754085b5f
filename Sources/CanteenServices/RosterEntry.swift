import CanteenDomain
import CanteenFiles
import CanteenPinyin
import CanteenVault

/// A row of a roster as the register takes it: its places found, its number hashed.
struct RosterEntry: Sendable {
  var line: Int
  var name: String
  var formerNames: [String]
  var initials: String
  var sex: Sex
  var birthDate: Day?
  var birthDateSource: String
  var idKind: String
  var number: String?
  var phone: String?
  var otherPhones: [String]
  var hukouText: String
  var hukou: Region.Code?
  var residence: Region.Code
  var residenceSince: Day?
  /// 居住证; nil if the roster says nothing of it.
  var hasResidencePermit: Bool?
  var group: String
  var address: String?
  var terms: [RosterRow.Term]
  var diets: [String]
  var contactName: String
  var contactPhone: String?
  var cards: [String]
  var remark: String
  var departure: Departure?
  /// What a roster never says, kept from the record before.
  var photo = ""
  /// From when the person is at home here; nil for always.
  var homeFrom: Day?
  /// What the person is found by, under each key; the newest first, and what only older records may
  /// have last.
  var hashes: [[UInt8]]
  var fileName: String

  func fault(_ column: String?, _ reason: Sentence, code: String) -> RowFault {
    RowFault(
      address: CellAddress(file: fileName, line: line, column: column), reason: reason, code: code)
  }

  /// What makes a person one and the same: the number; without one, name, birth date and phone.
  static func identity(
    kind: String, number: String?, name: String, birthDate: Day?, phone: String?
  ) -> String {
    guard let number else {
      return "none:\(name)|\(birthDate?.description ?? "")|\(phone ?? "")"
    }
    let isEighteen = ["resident_id", "hmt_residence", "foreign_residence"].contains(kind)
    return isEighteen ? number : "\(kind):\(number)"
  }
}

/// Finds the regions that rows name, and the pinyin of names; the same words come again and again, so
/// it remembers them.
struct RosterPlaces {
  private let regions: RegionTree
  private var communities: [String: Region?] = [:]
  private var groups: [String: Region?] = [:]
  private var headings: [RowHeadings: Region?] = [:]
  fileprivate var initials: [String: String] = [:]

  init(_ regions: RegionTree) { self.regions = regions }

  mutating func region(named name: String) -> Region? {
    if let known = communities[name] { return known }
    let found = regions.region(named: name)
    communities[name] = .some(found)
    return found
  }

  /// The community that stands above a row: in the nearest heading that speaks of one, else in the title
  /// and the sheet's name together. Nil unless it is one, and for a canteen, whose diners may live
  /// elsewhere.
  /// - Parameter first: called if it is found for the first time.
  mutating func region(
    above row: RosterRow, first: (_ text: String, Region) -> Void
  ) -> Region? {
    guard let above = row.headings else { return nil }
    if let known = headings[above] { return known }
    let text = above.community ?? above.titles.joined(separator: " ")
    let isCanteen = ["食堂", "饭堂", "助餐点"].contains { text.contains($0) }
    let found = isCanteen ? nil : regions.onlyCommunity(in: text)
    headings[above] = .some(found)
    if let found { first(text, found) }
    return found
  }

  mutating func group(named name: String, in community: Region) -> Region? {
    let key = "\(community.code)|\(name)"
    if let known = groups[key] { return known }
    let found = regions.group(named: name, of: community)
    groups[key] = .some(found)
    return found
  }
}

extension RosterPlaces {
  /// 拼音首字母.
  mutating func initials(of name: String) -> String {
    if let known = initials[name] { return known }
    let found = Pinyin.initials(name)
    initials[name] = found
    return found
  }
}

/// A row that the register does not take.
struct RefusedEntry: Error { var fault: RowFault }

extension RosterEntry {
  /// - Parameter warnings: gets what should be looked at although the row is taken.
  init(
    _ row: RosterRow, places: inout RosterPlaces, vault: Vault, fileName: String,
    warnings: inout [RowFault]
  ) throws(RefusedEntry) {
    func fault(_ column: String, _ reason: Sentence, code: String? = nil) -> RowFault {
      RowFault(
        address: CellAddress(file: fileName, line: row.line, column: column), reason: reason,
        code: code)
    }
    let place: Region?
    if let name = row.community {
      place = places.region(named: name)
    } else {
      place = places.region(above: row) { text, community in
        warnings.append(
          fault(
            "居住社区",
            Sentence(
              zh: "没有写，这一行起按上方的“\(text)”录入为\(community.name)，请核对",
              en: "is blank; from this row on it is \(community.name), by “\(text)” above")))
      }
    }
    guard let community = place else {
      let reason =
        row.community.map {
          Sentence(
            zh: "没有登记的社区“\($0)”，请先用 canteen region add 添加",
            en: "there is no community \($0); add it with canteen region add")
        }
        ?? Sentence(
          zh: "不能为空：请在每一行写明社区（与上一行相同的可写“同上”），"
            + "或整列不写，只在标题或小标题中写一个已登记的社区",
          en: "must not be blank: write it in each row (同上 for that of the row above), or in none "
            + "but in a title or heading that names one registered community")
      let code = row.community == nil ? nil : "community_unknown"
      throw RefusedEntry(fault: fault("居住社区", reason, code: code))
    }
    residence = community.code
    group = row.grid ?? ""
    if let name = row.group {
      if let found = places.group(named: name, in: community) {
        residence = found.code
      } else {
        group = [name, row.grid].compactMap { $0 }.joined(separator: " ")
        warnings.append(
          fault(
            "居民小组",
            Sentence(
              zh: "“\(name)”不在 \(community.name) 的居民小组中，只登记到社区",
              en:
                "\(name) is not a resident group of \(community.name); registered in the community")
          ))
      }
    }
    hukou = row.hukou.flatMap { places.region(named: $0)?.code }
    line = row.line
    self.name = row.name
    formerNames = row.formerNames
    initials = places.initials(of: row.name)
    sex = row.sex
    birthDate = row.birthDate
    birthDateSource = row.birthDateSource?.rawValue ?? "none"
    idKind = row.document.kind.rawValue
    number = row.document.number
    phone = row.phone
    otherPhones = Array(row.phones.dropFirst())
    hukouText = row.hukou ?? ""
    residenceSince = row.residenceSince
    hasResidencePermit = row.hasResidencePermit
    address = row.address
    terms = row.terms
    diets = row.diets.map { $0.code?.rawValue ?? $0.text }
    contactName = row.contactName ?? ""
    contactPhone = row.contactPhone
    cards = row.cards
    remark = row.remark ?? ""
    departure = nil
    self.fileName = fileName
    // Who has no number is known by the name, which records from before keep under another dot.
    let names = [row.name] + (row.document.number == nil ? row.name.namesWithOtherDots : [])
    hashes = names.flatMap { name in
      vault.lookupHashes(
        Self.identity(
          kind: row.document.kind.rawValue, number: row.document.number, name: name,
          birthDate: row.birthDate, phone: row.phone),
        as: .idNumber)
    }
    if let status = row.status, let known = Diner.Status(rawValue: status.kind.rawValue) {
      if let day = status.from {
        departure = Departure(
          status: known, day: day, to: status.to, reason: status.place ?? "")
      } else {
        warnings.append(
          fault(
            "状态",
            Sentence(
              zh: "“\(known.name.zh)”没有日期，状态未登记，请补上日期",
              en: "“\(known.name.en)” has no day; the status is not recorded")))
      }
    }
  }
}
