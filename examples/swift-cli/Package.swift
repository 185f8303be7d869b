// swift-tools-version: 6.0
// A program on the command line that measures what it shows.

import PackageDescription

let package = Package(
    name: "swift-cli",
    platforms: [.macOS(.v12)],
    dependencies: [.package(name: "Eyeline", path: "../../bindings/mobile/swift")],
    targets: [
        .executableTarget(
            name: "swift-cli", dependencies: [.product(name: "Eyeline", package: "Eyeline")], path: "Sources")
    ]
)
