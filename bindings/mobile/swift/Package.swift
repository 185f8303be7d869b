// swift-tools-version: 6.0
// Eyeline for iOS, and for Linux, where its tests run.

import PackageDescription

/// The Rust library behind its C header: for iOS an XCFramework, made by `cargo xtask xcframework`; on Linux a static library that whoever builds names with `-Xlinker -L…`, as `cargo xtask swift` does.
#if os(Linux)
    let library = Target.systemLibrary(name: "EyelineFFI", path: "Sources/EyelineFFI/generated")
#else
    let library = Target.binaryTarget(name: "EyelineFFI", path: "EyelineFFI.xcframework")
#endif

let package = Package(
    name: "Eyeline",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [
        .library(name: "Eyeline", targets: ["Eyeline"]),
        .library(name: "EyelineTestKit", targets: ["EyelineTestKit"]),
    ],
    targets: [
        library,
        .target(name: "EyelineBindings", dependencies: ["EyelineFFI"]),
        .target(
            name: "Eyeline",
            dependencies: ["EyelineBindings"],
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .target(name: "EyelineTestKit", dependencies: ["Eyeline", "EyelineBindings"]),
        // Each names what it uses the values of, too: SwiftPM builds anew what depends directly on what has changed.
        .executableTarget(name: "KilledApp", dependencies: ["Eyeline", "EyelineBindings"], path: "Tests/KilledApp"),
        .executableTarget(
            name: "ConformanceHost", dependencies: ["Eyeline", "EyelineBindings"], path: "Tests/ConformanceHost"),
        .executableTarget(name: "Costs", dependencies: ["Eyeline", "EyelineBindings"], path: "Tests/Costs"),
        .testTarget(
            name: "EyelineTests", dependencies: ["Eyeline", "EyelineBindings", "EyelineTestKit", "KilledApp"]),
    ]
)
