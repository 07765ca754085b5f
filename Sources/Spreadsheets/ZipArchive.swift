import CZip

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A zip archive opened for reading through libzip.
final class ZipArchive {
  private let archive: OpaquePointer

  /// No part of a workbook is unpacked beyond this; a roster of a million rows stays below it.
  static let partBytesMax = 1_500_000_000
  private static let chunkBytes = 1 << 16

  init(path: String) throws(WorkbookFault) {
    var code: Int32 = 0
    guard let opened = zip_open(path, ZIP_RDONLY, &code) else {
      throw .corrupt(reason: ZipArchive.reason(code))
    }
    archive = opened
  }

  init(bytes: [UInt8]) throws(WorkbookFault) {
    // libzip frees the copy together with its source.
    guard let copy = malloc(max(bytes.count, 1)) else { throw .tooLarge(limit: "memory") }
    bytes.withUnsafeBytes { raw in
      if let base = raw.baseAddress { copy.copyMemory(from: base, byteCount: raw.count) }
    }
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(copy, UInt64(bytes.count), 1, &error) else {
      free(copy)
      throw .corrupt(reason: String(cString: zip_error_strerror(&error)))
    }
    guard let opened = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw .corrupt(reason: String(cString: zip_error_strerror(&error)))
    }
    archive = opened
  }

  deinit { zip_discard(archive) }

  /// Whether the archive has a part of this name; case does not matter, as Windows writers have it.
  func has(_ part: String) -> Bool { zip_name_locate(archive, part, UInt32(ZIP_FL_NOCASE)) >= 0 }

  /// Hands a part's bytes to `take`, piece by piece, until it returns false.
  func read(
    _ part: String, _ take: (UnsafeBufferPointer<UInt8>) throws(WorkbookFault) -> Bool
  ) throws(WorkbookFault) {
    let index = zip_name_locate(archive, part, UInt32(ZIP_FL_NOCASE))
    guard index >= 0 else { throw .corrupt(reason: "\(part) is missing") }
    try refuseEncrypted(UInt64(index))
    guard let file = zip_fopen_index(archive, UInt64(index), 0) else {
      throw .corrupt(reason: "\(part): \(String(cString: zip_strerror(archive)))")
    }
    defer { zip_fclose(file) }
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: ZipArchive.chunkBytes)
    defer { chunk.deallocate() }
    var total = 0
    while true {
      let count = Int(zip_fread(file, chunk.baseAddress, UInt64(chunk.count)))
      if count < 0 {
        throw .corrupt(reason: "\(part): \(String(cString: zip_file_strerror(file)))")
      }
      if count == 0 { return }
      // The size that the archive states may lie, so what comes out is counted.
      total += count
      if total > ZipArchive.partBytesMax { throw .tooLarge(limit: "1.5 GB") }
      if try !take(UnsafeBufferPointer(rebasing: chunk[..<count])) { return }
    }
  }

  private func refuseEncrypted(_ index: UInt64) throws(WorkbookFault) {
    var stat = zip_stat_t()
    zip_stat_init(&stat)
    guard zip_stat_index(archive, index, 0, &stat) == 0 else { return }
    if stat.valid & UInt64(ZIP_STAT_ENCRYPTION_METHOD) != 0, stat.encryption_method != 0 {
      throw .encrypted
    }
  }

  private static func reason(_ code: Int32) -> String {
    var error = zip_error_t()
    zip_error_init_with_code(&error, code)
    defer { zip_error_fini(&error) }
    return String(cString: zip_error_strerror(&error))
  }
}
