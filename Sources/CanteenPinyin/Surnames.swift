/// Readings that differ from what a dictionary gives first: `现代汉语词典` (7th edition) for surnames.
enum Surnames {
  /// Surnames of one character, by the letters of their readings; the usual one first.
  static let single: [Unicode.Scalar: String] = [
    "单": "s", "曾": "z", "仇": "q", "解": "x", "区": "o", "查": "z", "任": "r", "朴": "p", "盖": "g",
    "覃": "qt", "缪": "m", "乐": "yl", "召": "s", "翟": "zd", "尉": "w", "宓": "m", "秘": "b", "郗": "xc",
    "冼": "x", "洗": "x", "那": "n", "员": "y", "贠": "y", "黑": "h", "盛": "s", "折": "s", "种": "c",
    "重": "c", "角": "j", "隗": "wk", "车": "c", "牟": "m", "谌": "cs", "逄": "p", "乜": "n", "撒": "s",
    "卜": "b", "炅": "g", "晟": "c", "繁": "p", "费": "f", "葛": "g", "句": "g", "祭": "z", "应": "y",
    "褚": "c", "柏": "b", "薄": "b", "都": "d", "瞿": "q", "沈": "s", "石": "s", "呙": "g", "眭": "s",
    "藏": "z", "臧": "z", "长": "c", "叶": "y", "俞": "y", "於": "y", "嵇": "j", "宁": "n", "甯": "n",
    "佴": "n", "适": "k", "莘": "s", "茆": "m", "郇": "xh", "郄": "qx", "郤": "x", "郏": "j", "靳": "j",
    "强": "q", "贾": "j", "纪": "j", "洪": "h", "万": "w", "阚": "k", "皇": "h", "阿": "a", "六": "l",
    "陆": "l", "兴": "x", "行": "x", "余": "y", "佘": "s", "厍": "s", "殳": "s",
  ]

  /// Surnames of two characters that are not read as their characters are.
  static let compound: [String: String] = [
    "尉迟": "yc", "万俟": "mq", "长孙": "zs", "单于": "cy", "澹台": "tt", "亓官": "qg", "乐正": "yz",
    "皇甫": "hf", "呼延": "hy", "令狐": "lh", "谷梁": "gl", "宰父": "zf", "夏侯": "xh", "欧阳": "oy",
    "司马": "sm", "上官": "sg", "诸葛": "zg", "司徒": "st", "东方": "df", "慕容": "mr", "公孙": "gs",
    "拓跋": "tb", "独孤": "dg", "宇文": "yw", "南宫": "ng", "端木": "dm", "轩辕": "xy", "闻人": "wr",
  ]

  /// Characters of given names that are read in several ways, the usual one first.
  static let givenNames: [Unicode.Scalar: String] = [
    "乐": "ly", "长": "cz", "行": "xh", "曾": "zc", "重": "cz", "朝": "cz", "单": "ds", "茜": "qx",
    "盛": "sc", "晟": "sc", "传": "cz", "参": "cs", "藏": "cz", "解": "jx", "仇": "cq", "区": "qo",
    "查": "cz", "石": "s", "沈": "sc", "弹": "td", "屏": "pb", "降": "jx", "校": "xj", "省": "sx",
    "莘": "sx", "栖": "qx", "系": "xj", "奇": "qj", "期": "qj", "叶": "y", "合": "h", "巷": "xh",
    "说": "sy", "阿": "ae", "繁": "fp", "厦": "sx", "车": "cj", "宿": "sx", "翟": "zd", "覃": "qt",
    "秘": "mb", "尉": "wy", "隗": "wk", "郗": "xc", "谌": "cs", "都": "d", "瞿": "q", "洗": "x",
    "种": "z", "角": "j", "柏": "b", "薄": "b", "祭": "j", "折": "z", "句": "j", "召": "z", "费": "f",
    "佴": "n", "俞": "y", "员": "y", "贾": "j", "万": "w", "俟": "s", "侬": "n", "洋": "y", "强": "q",
    "调": "td", "畜": "xc", "契": "q", "夏": "x", "似": "s", "色": "s", "适": "s", "陶": "t", "呙": "g",
  ]
}
