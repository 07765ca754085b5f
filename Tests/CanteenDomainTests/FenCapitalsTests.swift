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
      (10_010_000_000, "壹亿零壹拾万元整"), (-300, "负叁元整"), (-5, "负零元伍分"),
      (1, "零元壹分"), (110, "壹元壹角整"), (111, "壹元壹角壹分"), (10_010, "壹佰元壹角整"),
      (10_001, "壹佰元零壹分"), (1_000_100, "壹万零壹元整"), (1_001_000, "壹万零壹拾元整"),
      (1_100_000, "壹万壹仟元整"), (100_000_000, "壹佰万元整"), (100_000_001, "壹佰万元零壹分"),
      (1_000_000_000, "壹仟万元整"), (11_000_000_000, "壹亿壹仟万元整"),
      (10_000_000_005, "壹亿元零伍分"), (10_100_100_010, "壹亿零壹佰万壹仟元壹角整"),
      (100_000_000_000_000, "壹万亿元整"),
    ] as [(Int, String)])
  func traps(fen: Int, capitals: String) {
    #expect(Fen(fen).capitals == capitals)
  }

  /// The examples of the central bank's rules for filling in bills (支付结算办法, annex 1); where they
  /// allow to write 零 or not, without it, and 整 after 角.
  @Test(
    "are those of the rules for bills",
    arguments: [
      ("1409.50", "壹仟肆佰零玖元伍角整"), ("6007.14", "陆仟零柒元壹角肆分"),
      ("1680.32", "壹仟陆佰捌拾元叁角贰分"), ("107000.53", "壹拾万柒仟元伍角叁分"),
      ("16409.02", "壹万陆仟肆佰零玖元零贰分"), ("325.04", "叁佰贰拾伍元零肆分"), ("1200", "壹仟贰佰元整"),
    ] as [(String, String)])
  func bills(yuan: String, capitals: String) {
    #expect(Fen(yuan: yuan)?.capitals == capitals)
  }
}
