// The folder for events: made for this app alone, in no backup, and readable once the device was unlocked after its start.

import Foundation

extension Configuration.Storage {
    /// The folder, made ready; `nil` for memory. A folder that can't be made is left to the engine, which says why.
    func prepared() -> URL? {
        guard let folder else { return nil }
        var attributes = Self.protection
        attributes[.posixPermissions] = 0o700
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: attributes)
        // One that was there before may be of another class. Files take that of the folder they are made in.
        try? FileManager.default.setAttributes(Self.protection, ofItemAtPath: folder.path)
        var values = URLResourceValues()
        // A restored copy on another device would send what this one has sent.
        values.isExcludedFromBackup = true
        var url = folder
        try? url.setResourceValues(values)
        return folder
    }

    private var folder: URL? {
        switch self {
        case .memory: return nil
        case .folder(let url): return url
        case .standard:
            let support = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first
            let app = Bundle.main.bundleIdentifier ?? ProcessInfo.processInfo.processName
            return (support ?? FileManager.default.temporaryDirectory)
                .appendingPathComponent(app, isDirectory: true).appendingPathComponent("eyeline", isDirectory: true)
        }
    }

    private static var protection: [FileAttributeKey: Any] {
        #if os(iOS)
            // Files of the default class too can be read while the device is locked again; those of a stricter one could not.
            return [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        #else
            return [:]
        #endif
    }
}
