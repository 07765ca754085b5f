import CanteenDomain
import CanteenServices
import Hummingbird

/// 服务统计 for the street office: the report of `canteen report`, by month, canteen, meal, age or
/// category.
struct ServiceReportRoutes {
  let context: WebContext

  /// No report covers more days.
  private static let daysMax = 3660

  func add(to router: Router<BasicRequestContext>) {
    router.get("/street/report") { request, _ in
      try await context.officePage(request) {
        let asked = try asked(request)
        let report = try await context.checkIns.reports.report(
          by: asked.grouping, canteen: asked.canteen, from: asked.from, to: asked.to)
        return StatementPage(
          title: "服务统计", trail: [],
          body: try await form(asked) + ServiceReportPage(report).body)
      }
    }
  }

  /// What an address asks for; by default this year so far, by month.
  private struct Asked {
    var grouping: ServiceReport.Grouping
    /// Nil for all.
    var canteen: Canteen.Code?
    var from: Day
    var to: Day
  }

  private func asked(_ request: Request) throws -> Asked {
    let query = request.uri.queryParameters
    func value<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
      guard let text = query[Substring(name)], !text.isEmpty else { return nil }
      return try named(name, String(text).checked(name), read)
    }
    let today = context.today
    let to = try value("to", Day.init(iso:)) ?? today
    let from = try value("from", Day.init(iso:)) ?? Day(to.year, 1, 1) ?? to
    guard to - from <= Self.daysMax else {
      throw RequestRefusal.wrong(
        "from", Sentence(zh: "起止相距超过十年", en: "is more than ten years before the end"))
    }
    return Asked(
      grouping: try value("by", ServiceReport.Grouping.init(rawValue:)) ?? .month,
      canteen: try value("canteen") { $0 }, from: from, to: to)
  }

  /// The choices, in a form without any script.
  private func form(_ asked: Asked) async throws -> String {
    let groupings = ServiceReport.Grouping.allCases.map {
      option($0.rawValue, $0.name.zh, isChosen: $0 == asked.grouping)
    }
    let canteens = try await context.canteens.all().map {
      option($0.code, $0.name, isChosen: $0.code == asked.canteen)
    }
    return """
      <form action="/street/report">
      <label>分组 <select name="by">\(groupings.joined())</select></label>
      <label>助餐点 <select name="canteen"><option value="">全部</option>\(canteens.joined())</select></label>
      <label>起 <input type="date" name="from" value="\(asked.from)"></label>
      <label>止 <input type="date" name="to" value="\(asked.to)"></label>
      <button>查看</button>
      </form>
      """
  }

  private func option(_ value: String, _ title: String, isChosen: Bool) -> String {
    "<option value=\"\(escape(value))\"\(isChosen ? " selected" : "")>\(escape(title))</option>"
  }
}
