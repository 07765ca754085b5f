import Foundation
import Testing

/// An OpenAPI document, as far as answers are held against it: the part of JSON Schema that it uses.
struct OpenAPIDocument {
  private let root: [String: Any]

  init(_ bytes: [UInt8]) throws {
    root = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private var paths: [String: [String: Any]] { root["paths"] as? [String: [String: Any]] ?? [:] }

  /// `GET /api/v1/today`.
  var operations: Set<String> {
    Set(paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
  }

  /// What an answer has that its description does not allow.
  func faults(_ method: String, _ path: String, _ status: Int, _ value: Any) throws -> [String] {
    let operation = try #require(paths[path]?[method] as? [String: Any], "\(method) \(path)")
    let responses = try #require(operation["responses"] as? [String: Any])
    let response = try #require((responses["\(status)"] ?? responses["default"]) as? [String: Any])
    let content = try #require(response["content"] as? [String: [String: Any]])
    let schema = try #require(content.values.first?["schema"] as? [String: Any])
    return faults(schema, value, at: "")
  }

  func faults(_ schema: [String: Any], _ value: Any, at place: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = reference.split(separator: "/").last.map(String.init) ?? ""
      let schemas = (root["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
      guard let target = schemas?[name] else { return ["\(place): \(reference) is missing"] }
      return faults(target, value, at: place)
    }
    if let choices = schema["anyOf"] as? [[String: Any]] {
      let all = choices.map { faults($0, value, at: place) }
      return all.contains(where: \.isEmpty) ? [] : all.first ?? []
    }
    if let allowed = schema["enum"] as? [String] {
      return (value as? String).map(allowed.contains) == true ? [] : ["\(place): \(value)"]
    }
    let types = schema["type"] as? [String] ?? [schema["type"] as? String ?? ""]
    if value is NSNull { return types.contains("null") ? [] : ["\(place): null"] }
    switch types.first {
    case "object": return objectFaults(schema, value, at: place)
    case "array":
      guard let values = value as? [Any], let items = schema["items"] as? [String: Any] else {
        return ["\(place): no list"]
      }
      return values.enumerated().flatMap { faults(items, $1, at: "\(place)/\($0)") }
    case "string": return value is String ? [] : ["\(place): no text"]
    case "integer": return value is Int ? [] : ["\(place): no whole number"]
    case "boolean": return value is Bool ? [] : ["\(place): neither true nor false"]
    default: return ["\(place): a schema without a type"]
    }
  }

  private func objectFaults(
    _ schema: [String: Any], _ value: Any, at place: String
  ) -> [String] {
    guard let object = value as? [String: Any] else { return ["\(place): no object"] }
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
    let more = schema["additionalProperties"]
    return missing.map { "\(place)/\($0): missing" }
      + object.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
        if let property = properties[key] { return faults(property, value, at: "\(place)/\(key)") }
        if let rest = more as? [String: Any] { return faults(rest, value, at: "\(place)/\(key)") }
        return more as? Bool == false ? ["\(place)/\(key): not described"] : []
      }
  }
}
