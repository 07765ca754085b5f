/// An expected "no": the request is understood and the rules of the canteen do not allow it.
///
/// Each use case has its own small enum that conforms, so that tests compare by value. What is not a
/// refusal is a fault (the database is away) or a bug (a precondition).
public protocol Refusal: Error, Sendable {
  /// What sort of "no" it is; the web and the command line turn it into a status.
  var kind: RefusalKind { get }
  /// A sentence for the person at the counter or the desk.
  var sentence: Sentence { get }
}

/// The sorts of refusal, each with one status per front end.
public enum RefusalKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The input itself is wrong.
  case invalid
  /// What it names does not exist.
  case notFound
  /// It contradicts something that was accepted before.
  case conflict
  /// The person asking may not do it.
  case notAllowed
  /// The day or period it belongs to is closed.
  case closed
}
