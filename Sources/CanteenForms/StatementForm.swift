import CanteenDomain

/// 表样: which columns and titles the tables of a statement have, and how names and numbers are
/// masked. An office writes its own; the rules for what a column means stay the product's.
public struct StatementForm: Sendable, Hashable {
  public var name: String
  public var version: String
  /// Whose masking is used unless another is asked for.
  public var masking: String
  public var profiles: [String: MaskingProfile]
  /// 签字栏: under every table on paper.
  public var signatures: [String]
  public var cover: Table<CoverField>
  public var summary: Table<SummaryField>
  public var details: Table<DetailField>
  public var findings: Table<FindingField>

  /// Name and version: what a statement remembers of its form.
  public var id: String { "\(name) \(version)" }

  /// One table: a title, and its columns from left to right (of the cover: its rows).
  public struct Table<Field: FormField>: Sendable, Hashable {
    public var title: String
    public var columns: [Column<Field>]

    public init(title: String, columns: [Column<Field>]) {
      self.title = title
      self.columns = columns
    }
  }

  /// One column.
  public struct Column<Field: FormField>: Sendable, Hashable {
    public var title: String
    public var content: FormContent<Field>
    /// In digits; a Chinese character takes two. Nil for as wide as the title and the field ask.
    public var width: Int?

    public init(title: String, content: FormContent<Field>, width: Int? = nil) {
      self.title = title
      self.content = content
      self.width = width
    }
  }
}

/// What stands in a column.
public enum FormContent<Field: FormField>: Sendable, Hashable {
  case field(Field)
  /// What one source pays.
  case source(FundingSource)
  /// One column for each source of the statement that has no column of its own.
  case sources
  /// Nothing: to be filled in by hand.
  case blank
}

/// What a column can be asked to show.
public protocol FormField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  var kind: ColumnKind { get }
}

/// How a column's cells read: told in the file itself, so that it can be checked without the form.
public enum ColumnKind: Character, Sendable, Hashable {
  case text = "t"
  /// A count that the total row adds up.
  case count = "c"
  /// A number that does not add up, such as an age or a number of different persons.
  case number = "n"
  case money = "m"
  case day = "d"
  /// Words in one row and an amount in the next, as on a cover.
  case value = "v"
  /// Left open, to be filled in by hand: what stands there is nobody's claim and is not checked.
  case blank = "b"
}

/// 脱敏口径: how much of a person a file shows.
public struct MaskingProfile: Sendable, Hashable {
  /// What is shown of a name.
  public enum Name: String, Sendable, Hashable, CaseIterable {
    /// 张*梅.
    case masked
    case hidden
    case full
  }

  /// What is shown of an ID number.
  public enum IDNumber: String, Sendable, Hashable, CaseIterable {
    case lastFour = "last_four"
    case lastTwo = "last_two"
    case hidden
    case full
  }

  public var name: Name
  public var idNumber: IDNumber

  public init(name: Name, idNumber: IDNumber) {
    self.name = name
    self.idNumber = idNumber
  }

  /// Whether it takes a right and a reason.
  public var isFull: Bool { name == .full || idNumber == .full }
}
