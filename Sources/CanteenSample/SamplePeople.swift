import CanteenDomain
import CanteenFiles

/// One invented person of the sample.
struct SamplePerson {
  let card: String
  let name: String
  let idNumber: ResidentID
  let community: SamplePlaces.Community
  let group: Int
  let hukou: String
  let categories: String
  let categoryStart: Day?
  let careLevel: String
  let phone: String
}

/// The sample's roster: about 1,200 people who are 60 or older when its first meal is served.
struct SamplePeople {
  static let firstDay = SampleMeals.firstDay
  private var random: SampleRandom
  private var numbersGiven: Set<String> = []

  init(seed: UInt64) { random = SampleRandom(seed: seed, stream: "people") }

  mutating func people() -> [SamplePerson] {
    var people: [SamplePerson] = []
    for community in SamplePlaces.communities {
      for _ in 0..<community.people {
        people.append(person(number: people.count + 1, in: community))
      }
    }
    return people
  }

  private mutating func person(
    number: Int, in community: SamplePlaces.Community
  ) -> SamplePerson {
    let sex: Sex = random.chance(540) ? .female : .male
    let idNumber = idNumber(sex)
    let (categories, start, careLevel) = category(born: idNumber.birthDate)
    return SamplePerson(
      card: "SMP" + SamplePeople.digits(number, 6), name: name(sex), idNumber: idNumber,
      community: community, group: random.within(1...community.groups),
      hukou: random.weighted([
        ("蓬安县", weight: 90), ("南充市顺庆区", weight: 4), ("成都市锦江区", weight: 3), ("重庆市渝中区", weight: 3),
      ]),
      categories: categories, categoryStart: start, careLevel: careLevel,
      phone: random.chance(140) ? "" : phone())
  }

  mutating func name(_ sex: Sex) -> String {
    random.one(of: SampleWords.surnames)
      + random.one(of: sex == .female ? SampleWords.femaleNames : SampleWords.maleNames)
  }

  /// Numbers of one block only, so that they are seen to be invented.
  private mutating func phone() -> String {
    "1990000" + SamplePeople.digits(random.below(10_000), 4)
  }

  private mutating func idNumber(_ sex: Sex) -> ResidentID {
    while true {
      let birth = birthDate()
      let prefix = random.weighted([
        ("511323", weight: 88), ("511302", weight: 5), ("511304", weight: 4), ("510104", weight: 3),
      ])
      let (year, month, day) = birth.parts
      let sequence = random.within(1...499) * 2 - (sex == .male ? 1 : 0)
      let body =
        prefix + SamplePeople.digits(year * 10_000 + month * 100 + day, 8)
        + SamplePeople.digits(sequence, 3)
      let check = ResidentID.checkCharacter(for: body.compactMap(\.wholeNumberValue))
      guard let number = try? ResidentID(body + String(check)) else {
        preconditionFailure("a number with its own check digit is valid")
      }
      if numbersGiven.insert(number.number).inserted { return number }
    }
  }

  /// At least 60 years before the first day; fewer the older.
  private mutating func birthDate() -> Day {
    let years = random.weighted([
      (60...64, weight: 27), (65...69, weight: 24), (70...74, weight: 19), (75...79, weight: 13),
      (80...84, weight: 9), (85...89, weight: 5), (90...97, weight: 3),
    ])
    return SamplePeople.firstDay.addingMonths(-12 * random.within(years)) - random.below(365)
  }

  /// About one in five has a category; care needs are more frequent among the old.
  private mutating func category(born: Day) -> (String, Day?, careLevel: String) {
    let isOld = born.addingMonths(12 * 80) <= SamplePeople.firstDay
    guard random.chance(isOld ? 330 : 175) else { return ("", nil, "") }
    let name = random.weighted([
      ("低保", weight: 26), ("失能", weight: isOld ? 40 : 12), ("低保边缘", weight: 14),
      ("优抚", weight: 12), ("重度残疾", weight: 12), ("特困", weight: 8), ("计生特殊家庭", weight: 5),
      ("低保、失能", weight: 4),
    ])
    let months = random.within(1...84)
    let start = SamplePeople.firstDay.addingMonths(-months)
    let level =
      name.contains("失能")
      ? random.weighted([("轻度", weight: 3), ("中度", weight: 4), ("重度", weight: 3)]) : ""
    return (name, start, level)
  }

  mutating func roster(of people: [SamplePerson]) -> [UInt8] {
    CSVWriter.bytes(
      header: [
        "序号", "姓名", "性别", "身份证号", "联系电话", "户籍地", "居住社区", "居民小组", "人员类别", "类别起始",
        "照护等级", "饮食禁忌", "紧急联系人", "紧急联系电话", "卡号", "备注",
      ],
      rows: people.enumerated().map { index, person in
        let contact = name(random.chance(500) ? .female : .male)
        let diet = random.weighted([
          ("", weight: 74), ("低盐", weight: 9), ("糖尿病", weight: 8), ("软食", weight: 4),
          ("素食", weight: 2),
          ("清真", weight: 2), ("花生过敏", weight: 1),
        ])
        return [
          .integer(index + 1), .text(person.name), .text(person.idNumber.sex.name.zh),
          .text(person.idNumber.number), .text(person.phone), .text(person.hukou),
          .text(person.community.name), .text("\(person.group)组"), .text(person.categories),
          person.categoryStart.map { .day($0) } ?? .empty, .text(person.careLevel), .text(diet),
          .text(contact), .text(phone()), .text(person.card), .empty,
        ]
      })
  }

  /// A number with zeros in front.
  static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
