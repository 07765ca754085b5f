import CanteenDomain
import Testing

/// Numbers of persons within what clerks remark.
@Suite("numbers in remarks")
struct NumbersMaskedTests {
  @Test(
    "a number of a person is masked however its digits are grouped",
    arguments: [
      ("电话13800138000", "电话138****8000"), ("138-0013-8000", "138****8000"),
      ("138 0013 8000，女儿", "138****8000，女儿"), ("0817-6223456", "081****3456"),
      ("6223456", "*****56"), ("511323194308150022", "****************22"),
      ("511323 19430815 0022", "****************22"),
      ("511323 1943-08-15 0022", "****************22"),
      ("证511323194308150x。", "证**************0x。"),
      ("51132319430815002X", "****************2X"), ("１３８００１３８０００", "１３８****８０００"),
      ("2024-03-01 13800138000", "2024-03-01 138****8000"),
      ("1943-08-15-0022", "194*****0022"),
    ])
  func masked(_ text: String, _ shown: String) {
    #expect(text.numbersMasked == shown)
  }

  @Test(
    "dates, years and short numbers stay",
    arguments: [
      "2024-03-01", "2024-3-1起", "2024.3.1", "2024年3月1日", "2024-03-01 2026-12-31", "3-2-1101",
      "5栋 301", "3X", "",
    ])
  func plain(_ text: String) {
    #expect(text.numbersMasked == text)
  }
}
