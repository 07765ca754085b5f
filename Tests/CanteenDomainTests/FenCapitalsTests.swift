import CanteenDomain
import Testing

/// 大写 on a form that is signed: each case is one of the traps. Where only the place before 万 is 0
/// and 仟 is not, a 零 may be written or left out; the product leaves it out.
@Suite("amounts in capitals")
struct FenCapitalsTests {
  @Test(
    "are written as banks want them",
    arguments: [
      (0, "零元整"), (5, "零元伍分"), (30, "零元叁角整"), (35, "零元叁角伍分"), (100, "壹元整"),
      (105, "壹元零伍分"), (1000, "壹拾元整"), (1010, "壹拾元壹角整"), (120_000, "壹仟贰佰元整"),
      (100_500, "壹仟零伍元整"), (1_000_500, "壹万零伍元整"), (1_050_000, "壹万零伍佰元整"),
      (10_000_000, "壹拾万元整"), (10_100_000, "壹拾万壹仟元整"), (100_010_000, "壹佰万零壹佰元整"),
      (10_000_000_000, "壹亿元整"), (10_000_000_100, "壹亿零壹元整"),
      (10_000_010_000, "壹亿零壹佰元整"), (1_000_000_000_000, "壹佰亿元整"),
      (10_010_000_000, "壹亿零壹拾万元整"), (-300, "负叁元整"),
    ] as [(Int, String)])
  func traps(fen: Int, capitals: String) {
    #expect(Fen(fen).capitals == capitals)
  }
}
