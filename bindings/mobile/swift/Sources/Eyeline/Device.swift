// What the system says of the device, no closer than the wire contract asks for.

import EyelineBindings
import Foundation

extension Device {
    /// This device: operating system, language and offset from UTC. Its class and viewport come with `followApp()`.
    public static var current: Device {
        let version = ProcessInfo.processInfo.operatingSystemVersion
        let language = Locale.preferredLanguages.first ?? Locale.current.identifier
        return Device(
            class: deviceClass, os: "\(systemName) \(version.majorVersion).\(version.minorVersion)",
            language: language.replacingOccurrences(of: "_", with: "-"),
            utcOffsetMin: Int32(TimeZone.current.secondsFromGMT() / 60))
    }

    private static var systemName: String {
        #if os(iOS)
            return "iOS"
        #elseif os(macOS)
            return "macOS"
        #else
            return "Linux"
        #endif
    }

    private static var deviceClass: String? {
        #if os(macOS)
            return "desktop"
        #else
            return nil
        #endif
    }
}
