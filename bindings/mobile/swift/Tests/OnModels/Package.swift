// swift-tools-version: 6.0
// The package on models of UIKit and SwiftUI of our own, so that what only Apple's platforms have is compiled and run on Linux, too.
// What this shows: syntax, our own API, isolation, and what we do with views. What it can't: that Apple's SDK is as the models say.
// `cargo xtask swift --test` puts this file beside links to `Sources`, `Tests` and `examples`.

import PackageDescription

let package = Package(
    name: "EyelineOnModels",
    targets: [
        .systemLibrary(name: "EyelineFFI", path: "Sources/EyelineFFI/generated"),
        .target(name: "EyelineBindings", dependencies: ["EyelineFFI"]),
        .target(name: "UIKit", path: "Tests/OnModels/UIKit"),
        .target(name: "SwiftUI", dependencies: ["UIKit"], path: "Tests/OnModels/SwiftUI"),
        .target(
            name: "Eyeline", dependencies: ["EyelineBindings", "UIKit", "SwiftUI"], exclude: ["Eyeline.docc"],
            resources: [.copy("PrivacyInfo.xcprivacy")]),
        .target(name: "EyelineTestKit", dependencies: ["Eyeline", "EyelineBindings"]),
        .executableTarget(
            name: "Feed", dependencies: ["Eyeline", "EyelineBindings", "UIKit", "SwiftUI"], path: "examples/ios/Feed"),
        .testTarget(
            name: "OnModelsTests", dependencies: ["Eyeline", "EyelineBindings", "EyelineTestKit", "UIKit", "SwiftUI"],
            path: "Tests/OnModels/Tests"),
    ]
)
