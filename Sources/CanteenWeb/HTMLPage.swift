import CanteenCards
import CanteenVault
import Hummingbird

/// Text as it may stand in a page.
func escape(_ text: String) -> String { text.markup }

/// A page in large type, with all that it needs in itself.
struct HTMLPage: ResponseGenerator {
  var title: String
  /// HTML that was escaped where it was made.
  var body: String

  private static let style = """
    body{font:24px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:46rem;margin:2rem auto;
    padding:0 1rem;color:#1b1b1b;background:#fffdf8}h1{font-size:1.6em}h2{font-size:1.15em;
    border-bottom:3px solid #b3541e;padding-bottom:.2em}ul{list-style:none;padding:0}
    li{display:flex;gap:.6em;align-items:baseline;padding:.25em 0}
    .price{margin-left:auto;font-variant-numeric:tabular-nums}small{color:#8a3b12}
    .places a{display:block;padding:.6em 0;min-height:60px}section{break-inside:avoid}
    """

  /// Nothing but the one style above, by its hash.
  private static let contentPolicy =
    "default-src 'none'; style-src 'sha256-\(Secret.base64(Seal.of(style.utf8).bytes))'; "
    + "frame-ancestors 'none'; base-uri 'none'"

  func response(from request: Request, context: some RequestContext) throws -> Response {
    let html = """
      <!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>\(escape(title))</title>\
      <meta name="viewport" content="width=device-width, initial-scale=1">\
      <style>\(Self.style)</style></head><body><h1>\(escape(title))</h1>\(body)</body></html>
      """
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.contentPolicy,
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
