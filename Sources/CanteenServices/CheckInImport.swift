import CanteenDomain
import CanteenFiles
import CanteenVault
import Postgres

/// 签到表: brings a list of sign-ins through the one check-in there is, in the order in which the
/// meals were eaten.
public struct CheckInImport: Sendable {
  private let service: CheckInService

  public init(_ service: CheckInService) { self.service = service }

  /// What became of a list.
  public struct Outcome: Sendable, Hashable {
    public var added = 0
    /// Rows that were imported before: nothing was written for them.
    public var known = 0
    /// Rows that were not taken, each with where and why; mended they may come again.
    public var refused: [RowFault] = []
    /// Rows that say again what an earlier row said.
    public var duplicates: [RowFault] = []
    /// Rows that were not taken as they are and are kept for a person to judge.
    public var kept: [RowFault] = []
    /// What the added meals cost, and what diners paid of it.
    public var list: Fen = 0
    public var dinersPay: Fen = 0

    public init() {}

    /// Takes in what became of another sheet.
    public mutating func add(_ other: Outcome) {
      added += other.added
      known += other.known
      refused += other.refused
      duplicates += other.duplicates
      kept += other.kept
      list += other.list
      dinersPay += other.dinersPay
    }
  }

  /// How many sign-ins one transaction takes.
  private static let rowsAtOnce = 500

  /// Checks the rows in, in batches; those of a list that was written by hand (`late`) which cannot be
  /// taken are kept as exceptions. Each row's key comes from its canteen, day and number, or without one
  /// from the whole row, so that a run that was interrupted goes on where it stopped and a second run
  /// adds nothing.
  public func run(
    _ readings: [RowReading<SignInRow>], fileName: String, entry: CheckInEntry = .counter,
    by: Attribution,
    report: Progress.Report = { _ in }
  ) async throws -> Outcome {
    var outcome = Outcome()
    outcome.refused = readings.flatMap(\.faults)
    outcome.duplicates = readings.compactMap(\.duplicate)
    let places = Places(try await CanteenService(service.database).all())
    let rows = readings.compactMap(\.value).map { row in
      var row = row
      row.canteen = places[row.canteen] ?? row.canteen
      return row
    }.sorted(by: Self.isEarlier)
    for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      let all = Array(rows[start..<min(start + Self.rowsAtOnce, rows.count)])
      let misnamed = try await misnamed(all, fileName: fileName, entry)
      outcome.refused += misnamed.values
      let batch = all.filter { misnamed[$0.line] == nil }
      let results = try await service.checkIn(batch.map { Self.request($0, entry) }, by: by)
      for (row, result) in zip(batch, results) {
        switch result {
        case .success(let receipt) where receipt.isRepeated:
          outcome.known += 1
        case .success(let receipt):
          outcome.added += 1
          outcome.list += receipt.checkIn.list
          outcome.dinersPay += receipt.checkIn.dinerPays
        case .failure(let error):
          let fault = RowFault(
            address: CellAddress(
              file: fileName, line: row.line, column: Self.column(of: error.refusal)),
            reason: error.refusal.sentence, code: error.refusal.code)
          if case .kept = error.refusal {
            outcome.kept.append(fault)
          } else {
            outcome.refused.append(fault)
          }
        }
      }
      report(Progress(done: start + all.count, total: rows.count))
    }
    outcome.refused.sort { $0.address.line < $1.address.line }
    return outcome
  }

  /// Rows whose name is quite another than the register has for their card or number, by line. Who is
  /// renamed after a meal keeps it: what was imported before is known by its key.
  private func misnamed(
    _ rows: [SignInRow], fileName: String, _ entry: CheckInEntry
  ) async throws -> [Int: RowFault] {
    let named = rows.filter { $0.name != nil }
    guard !named.isEmpty else { return [:] }
    let holders = try await service.holders(of: Set(named.map(\.card)).sorted())
    let records = named.map { Self.person($0) ?? holders[$0.card]?.diner }
    let known = records.compactMap(\.self)
    let aliases = try await service.references.fresh().aliases
    let names = try await service.database.transaction(readOnly: true) {
      try DinerStore.names(of: aliases.records(ofAnyOf: known), $0)
    }
    var faults: [Int: RowFault] = [:]
    for (row, record) in zip(named, records) {
      // Who is merged from several records may have been written differently in each.
      guard let record, let written = row.name,
        let registered = names[aliases.person(of: record)],
        !aliases.records(ofAnyOf: [record]).compactMap({ names[$0] })
          .contains(where: { NameLikeness.isSimilar(written: written, registered: $0) })
      else { continue }
      faults[row.line] = RowFault(
        address: CellAddress(file: fileName, line: row.line, column: "姓名"),
        reason: Sentence(
          zh: "卡号与姓名不符：登记的是 \(registered.maskedName)，本行写的是 \(written.maskedName)，请核对",
          en: "the card and the name disagree: it is \(registered.maskedName)’s, and the row says "
            + "\(written.maskedName)"),
        code: "card_and_name_differ")
    }
    guard !faults.isEmpty else { return [:] }
    let doubted = named.filter { faults[$0.line] != nil }
    let keys = doubted.map { Self.request($0, entry).id }
    let answered = try await service.database.transaction(readOnly: true) {
      try CheckInStore.answered(keys, $0)
    }
    for (row, key) in zip(doubted, keys) where answered.contains(key) { faults[row.line] = nil }
    return faults
  }

  private static func isEarlier(_ one: SignInRow, _ other: SignInRow) -> Bool {
    let (left, right) = (one.serial ?? "", other.serial ?? "")
    return (one.day, one.time, one.canteen, left) < (other.day, other.time, other.canteen, right)
  }

  /// `#12` is the register number that the sheet for power cuts prints.
  private static func person(_ row: SignInRow) -> Diner.ID? {
    row.card.hasPrefix("#") ? Diner.ID(row.card.dropFirst()) : nil
  }

  private static func request(_ row: SignInRow, _ entry: CheckInEntry) -> CheckInRequest {
    var request = CheckInRequest(
      id: CheckIn.ID(bytes: [UInt8](repeating: 0, count: 16)),
      party: person(row).map { .diner($0) } ?? .card(row.card), canteen: row.canteen, day: row.day,
      time: row.time, period: row.period, mode: row.mode, list: row.listPrice, means: row.payment,
      auth: row.auth, terminal: "签到表", sourceNo: row.serial, entry: entry)
    request.id =
      row.serial.map { serial in
        let key = Seal.of("sign-in|\(row.canteen)|\(row.day)|\(serial)".utf8)
        return CheckIn.ID(bytes: key.bytes)
      } ?? request.derivedID
    return request
  }

  /// The column that a refusal is about.
  private static func column(of refusal: CheckInRefusal) -> String? {
    switch refusal {
    case .unknownCard, .unknownDiner, .cardNotGood: "卡号"
    case .unknownCanteen: "助餐点"
    case .priceNotPositive, .priceTooHigh, .noPrice, .paidAnotherPrice: "餐费"
    case .beforeCanteenOpened, .inTheFuture: "日期"
    case .keyUsedForAnother: "流水号"
    case .alreadyCheckedIn, .unknownCheckIn, .alreadyReversed, .unknownProxy,
      .kept, .points:
      nil
    }
  }
}

extension CheckInImport {
  /// Canteens by what tables call them.
  private struct Places {
    /// By their registered names, where no other has the same.
    private let names: [String: Canteen.Code]
    private let codes: Set<Canteen.Code>

    init(_ canteens: [Canteen]) {
      names = Dictionary(grouping: canteens, by: \.name)
        .compactMapValues { $0.count == 1 ? $0[0].code : nil }
      codes = Set(canteens.map(\.code))
    }

    /// By code, or by name.
    subscript(_ word: String) -> Canteen.Code? {
      [word, word.uppercased()].first { codes.contains($0) } ?? names[word]
    }

    /// The only one that a title names: `锦屏镇幸福社区食堂2026年3月签到表`. Beside another word the
    /// name may be a part of another canteen's (东方幸福社区食堂, 幸福社区食堂二店).
    func named(in title: String) -> Canteen.Code? {
      let title = Self.plain(title)
      let found = names.filter { name, _ in
        let name = Self.plain(name)
        guard name.count > 2, let place = title.firstRange(of: name) else { return false }
        let after = title[place.upperBound...]
        let ends = ["签到", "就餐", "用餐", "助餐", "老年", "老人"].contains { after.hasPrefix($0) }
        let goesOn = after.first.map(PlaceName.isHan) ?? false
        return PlaceName.mayBegin(at: place, in: title) && (ends || !goesOn)
      }
      return found.count == 1 ? found.first?.value : nil
    }

    private static func plain(_ text: String) -> String {
      text.normalisedWidth().filter { !$0.isWhitespace }
    }
  }

  /// The canteen of rows that name none: the one that is given, or the only one in the title of a table
  /// without such a column; nil where the rows say it themselves.
  /// - Throws: `CanteenRefusal.unknown`, `SignInRefusal.noCanteen`.
  public func canteen(of table: Table, given: String?) async throws -> Canteen.Code? {
    let places = Places(try await CanteenService(service.database).all())
    if let given {
      guard let code = places[given] else { throw CanteenRefusal.unknown(given) }
      return code
    }
    if SignInRow.namesCanteens(table) { return nil }
    guard let code = places.named(in: table.title) else {
      throw SignInRefusal.noCanteen(file: table.fileName)
    }
    return code
  }
}

/// Why a list of sign-ins is not taken.
public enum SignInRefusal: Refusal, Hashable {
  /// Neither a column nor the title says where the meals were.
  case noCanteen(file: String)

  public var kind: RefusalKind { .invalid }

  public var sentence: Sentence {
    switch self {
    case .noCanteen(let file):
      Sentence(
        zh: "\(file) 没有“助餐点”一列，标题也没有写明是哪个登记过的食堂，请用 --canteen 指定",
        en:
          "\(file) has no column 助餐点 and no registered canteen in its title; name it by --canteen"
      )
    }
  }
}
