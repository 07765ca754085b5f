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
  /// taken are kept as exceptions. Each row's key comes from its canteen, day and number, so that a
  /// run that was interrupted goes on where it stopped and a second run adds nothing.
  public func run(
    _ readings: [RowReading<SignInRow>], fileName: String, entry: CheckInEntry = .counter,
    by: Attribution,
    report: Progress.Report = { _ in }
  ) async throws -> Outcome {
    var outcome = Outcome()
    outcome.refused = readings.flatMap(\.faults)
    outcome.duplicates = readings.compactMap(\.duplicate)
    // A canteen goes by its code, or by its registered name where no other has it.
    let canteens = try await CanteenService(service.database).all()
    var codes = Dictionary(grouping: canteens, by: \.name)
      .compactMapValues { $0.count == 1 ? $0[0].code : nil }
    for canteen in canteens { codes[canteen.code] = canteen.code }
    let rows = readings.compactMap(\.value).map { row in
      var row = row
      row.canteen = codes[row.canteen] ?? codes[row.canteen.uppercased()] ?? row.canteen
      return row
    }.sorted {
      ($0.day, $0.time, $0.canteen, $0.serial) < ($1.day, $1.time, $1.canteen, $1.serial)
    }
    for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
      let all = Array(rows[start..<min(start + Self.rowsAtOnce, rows.count)])
      let misnamed = try await misnamed(all, fileName: fileName)
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

  /// Rows whose name is quite another than the register has for their card or number, by line.
  private func misnamed(
    _ rows: [SignInRow], fileName: String
  ) async throws -> [Int: RowFault] {
    let named = rows.filter { $0.name != nil }
    guard !named.isEmpty else { return [:] }
    let holders = try await service.holders(of: Set(named.map(\.card)).sorted())
    let records = named.map { Self.person($0) ?? holders[$0.card]?.diner }
    let known = records.compactMap(\.self)
    let (aliases, names) = try await service.database.transaction(readOnly: true) { transaction in
      let aliases = try DinerAliases.read(transaction)
      return (aliases, try DinerStore.names(of: aliases.records(ofAnyOf: known), transaction))
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
    return faults
  }

  /// `#12` is the register number that the sheet for power cuts prints.
  private static func person(_ row: SignInRow) -> Diner.ID? {
    row.card.hasPrefix("#") ? Diner.ID(row.card.dropFirst()) : nil
  }

  private static func request(_ row: SignInRow, _ entry: CheckInEntry) -> CheckInRequest {
    let key = Seal.of("sign-in|\(row.canteen)|\(row.day)|\(row.serial)".utf8)
    return CheckInRequest(
      id: CheckIn.ID(bytes: key.bytes), party: person(row).map { .diner($0) } ?? .card(row.card),
      canteen: row.canteen, day: row.day,
      time: row.time, period: row.period, mode: row.mode, list: row.listPrice, means: row.payment,
      auth: row.auth, terminal: "签到表", sourceNo: row.serial, entry: entry)
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
