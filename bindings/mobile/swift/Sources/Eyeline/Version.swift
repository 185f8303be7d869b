// The version of this package: that of the Rust library it was made with.

enum Version {
    static let current = "0.1.0"
}
