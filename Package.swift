// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order in which a reader meets them; each may import only what it lists
// (`make build` checks that). CONTRIBUTING.md says what each dependency saves us.
let package = Package(
  name: "canteen",
  products: [
    .executable(name: "canteen", targets: ["CanteenCLI"]),
    .executable(name: "check-in-bench", targets: ["CheckInBench"]),
    .executable(name: "policy-bench", targets: ["PolicyBench"]),
    .executable(name: "postgres-bench", targets: ["PostgresBench"]),
    .executable(name: "reconcile-bench", targets: ["ReconcileBench"]),
    .executable(name: "registry-bench", targets: ["RegistryBench"]),
    .executable(name: "statement-bench", targets: ["StatementBench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    // libpq, as the C library sees itself.
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    // What workbooks and QR codes need: zip archives, XML, the writing of XLSX, QR symbols.
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(
      name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    // A Swift client over libpq; knows nothing of canteens.
    .target(
      name: "Postgres",
      dependencies: [
        "CLibPQ",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // A private PostgreSQL cluster: made, started, stopped; knows nothing of its contents.
    .target(name: "EmbeddedPostgres"),
    // Carries sql/ inside the binary, in order.
    .target(name: "CanteenSQL", exclude: ["sql"], plugins: ["EmbedText"]),
    // What a canteen, a meal and a policy are: values and rules, pure.
    .target(name: "CanteenDomain"),
    // Reads and prints policy documents (YAML) with their line numbers.
    .target(
      name: "CanteenPolicyFiles",
      dependencies: ["CanteenDomain", .product(name: "Yams", package: "Yams")],
      exclude: ["policies"],
      plugins: ["EmbedText"]),
    // 表样: what the tables of a statement look like, as documents (YAML) that an office changes.
    .target(
      name: "CanteenForms",
      dependencies: ["CanteenDomain", .product(name: "Yams", package: "Yams")],
      exclude: ["forms"],
      plugins: ["EmbedText"]),
    // Workbooks (XLSX), read and written as rows of cells; knows nothing of canteens but their days.
    .target(
      name: "Spreadsheets", dependencies: ["CanteenDomain", "CExpat", "CXLSXWriter", "CZip"]),
    // Reads and writes the tables that offices keep: workbooks, and CSV in any usual encoding.
    .target(
      name: "CanteenFiles",
      dependencies: [
        "CanteenDomain", "Spreadsheets", .product(name: "SwiftCSV", package: "SwiftCSV"),
      ]),
    // The pinyin initials by which a counter finds a name.
    .target(name: "CanteenPinyin"),
    // Sheets for print: QR cards, the menu for the door, labels for boxes; and the menu as a feed.
    .target(name: "CanteenCards", dependencies: ["CanteenDomain", "CQREncode"]),
    // Seals people's numbers, and hashes what must not change.
    .target(
      name: "CanteenVault",
      dependencies: [
        "CanteenDomain", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    // Keeps metrics and writes them as Prometheus reads them.
    .target(
      name: "PrometheusText",
      dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]),
    // A certificate authority for a canteen's own network.
    .target(
      name: "LocalAuthority",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]),
    // The service layer: one use case a file, each a transaction over the domain's rules.
    .target(
      name: "CanteenServices",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenForms", "CanteenPinyin", "CanteenPolicyFiles",
        "CanteenSQL", "CanteenVault", "Postgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    // An invented community, from a seed: for the demo, the tests and the benchmarks.
    .target(name: "CanteenSample", dependencies: ["CanteenDomain", "CanteenFiles"]),
    // Pages and the JSON API.
    .target(
      name: "CanteenWeb",
      dependencies: [
        "CanteenCards", "CanteenDomain", "CanteenServices", "CanteenVault",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      exclude: ["pages"],
      plugins: ["EmbedText"]),
    // The command `canteen`: parses, wires, prints.
    .executableTarget(
      name: "CanteenCLI",
      dependencies: [
        "CanteenCards", "CanteenDomain", "CanteenFiles", "CanteenForms", "CanteenPolicyFiles",
        "CanteenSample", "CanteenServices", "CanteenSQL", "CanteenVault", "CanteenWeb",
        "EmbeddedPostgres",
        "LocalAuthority", "Postgres", "PrometheusText", "Spreadsheets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),

    // Turns a target's text files into Swift, so that the binary needs nothing beside it.
    .plugin(
      name: "EmbedText", capability: .buildTool(), dependencies: ["EmbedTextTool"],
      path: "Sources/EmbedText"),
    .executableTarget(name: "EmbedTextTool", path: "Sources/EmbedTextTool"),

    // What `make bench` runs, one program a room.
    .executableTarget(
      name: "PostgresBench",
      dependencies: ["Postgres", .product(name: "Logging", package: "swift-log")]),
    .executableTarget(
      name: "PolicyBench",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenPolicyFiles", "CanteenSample", "CanteenServices",
        "CanteenVault", "Postgres", .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "CheckInBench",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenPolicyFiles", "CanteenServices", "CanteenVault",
        "Postgres", .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "ReconcileBench",
      dependencies: [
        "CanteenDomain", "CanteenPolicyFiles", "CanteenServices", "CanteenVault", "Postgres",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "RegistryBench",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenPinyin", "CanteenServices", "CanteenVault",
        "Postgres",
        .product(name: "Logging", package: "swift-log"),
      ]),

    .executableTarget(
      name: "StatementBench",
      dependencies: [
        "CanteenDomain", "CanteenPolicyFiles", "CanteenSQL", "CanteenServices", "CanteenVault",
        "Postgres", .product(name: "Logging", package: "swift-log"),
      ]),

    // One folder of tests a room; CanteenTestSupport gives every test its own database.
    .target(
      name: "CanteenTestSupport",
      dependencies: [
        "CanteenDomain", "CanteenServices", "CanteenSQL", "CanteenVault", "Postgres",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/CanteenTestSupport"),
    .testTarget(
      name: "PostgresTests",
      dependencies: [
        "EmbeddedPostgres", "Postgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(name: "CanteenDomainTests", dependencies: ["CanteenDomain"]),
    .testTarget(
      name: "CanteenPolicyFilesTests", dependencies: ["CanteenDomain", "CanteenPolicyFiles"]),
    .testTarget(name: "CanteenFormsTests", dependencies: ["CanteenDomain", "CanteenForms"]),
    // Workbooks as other programs write them, for the tests of two rooms.
    .target(name: "SpreadsheetsTestSupport", path: "Tests/SpreadsheetsTestSupport"),
    .testTarget(
      name: "SpreadsheetsTests",
      dependencies: ["CanteenDomain", "Spreadsheets", "SpreadsheetsTestSupport"]),
    .testTarget(
      name: "CanteenFilesTests",
      dependencies: ["CanteenDomain", "CanteenFiles", "Spreadsheets", "SpreadsheetsTestSupport"]),
    .testTarget(name: "CanteenPinyinTests", dependencies: ["CanteenPinyin"]),
    .testTarget(name: "CanteenCardsTests", dependencies: ["CanteenCards", "CanteenDomain"]),
    .testTarget(name: "CanteenVaultTests", dependencies: ["CanteenDomain", "CanteenVault"]),
    .testTarget(
      name: "PrometheusTextTests",
      dependencies: [
        "PrometheusText", .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    .testTarget(
      name: "LocalAuthorityTests",
      dependencies: [
        "LocalAuthority", .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .testTarget(name: "EmbeddedPostgresTests", dependencies: ["EmbeddedPostgres"]),
    .testTarget(
      name: "CanteenSampleTests", dependencies: ["CanteenDomain", "CanteenFiles", "CanteenSample"]),
    .testTarget(
      name: "CanteenServicesTests",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenForms", "CanteenPolicyFiles", "CanteenSample",
        "CanteenServices", "CanteenSQL", "CanteenTestSupport", "CanteenVault", "Postgres",
      ]),
    .testTarget(
      name: "CanteenWebTests",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenPolicyFiles", "CanteenServices",
        "CanteenTestSupport", "CanteenVault", "CanteenWeb", "Postgres",
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),
    .testTarget(
      name: "CanteenCLITests",
      dependencies: [
        "CanteenDomain", "CanteenFiles", "CanteenServices", "CanteenTestSupport", "Postgres",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Yams", package: "Yams"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
