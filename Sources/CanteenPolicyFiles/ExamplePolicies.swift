import CanteenDomain

/// The policy documents that the product carries: an example for the demo, and published policies of
/// several cities as models to write one's own from.
public enum ExamplePolicies {
  /// Name without `.yaml`, and text; in the order of their names.
  public static let all: [(name: String, text: String)] = EmbeddedText.files.map { file in
    let name = file.path.split(separator: "/").last ?? ""
    return (String(name.dropLast(".yaml".count)), file.text)
  }

  /// Nil if there is no such example.
  public static func text(named name: String) -> String? { all.first { $0.name == name }?.text }
}
