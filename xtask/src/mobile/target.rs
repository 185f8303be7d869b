//! What the library is built for.

/// One build of the library.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// As size.json and folders name it.
    pub(crate) name: &'static str,
    /// As rustc names it.
    pub(super) triple: &'static str,
    pub(crate) system: System,
    /// Whether every test run builds it. The others are built by `--all`, and where a package needs them.
    pub(super) is_common: bool,
}

/// Where the library runs, and how it is linked for that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    /// A shared library for JVMs. `machine` is what the linker calls the processor.
    Linux { machine: &'static str },
    /// A shared library of the APK, in the folder of its ABI.
    Android {
        abi: &'static str,
        machine: &'static str,
    },
    /// A static library, linked into the app; `platform` is the linker's word for device or simulator.
    Apple {
        platform: &'static str,
        arch: &'static str,
    },
}

/// Every build that this machine can make.
pub(crate) const TARGETS: [Target; 8] = [
    Target {
        name: "linux-x86-64",
        triple: "x86_64-unknown-linux-gnu",
        system: System::Linux {
            machine: "elf_x86_64",
        },
        is_common: true,
    },
    Target {
        name: "android-arm64-v8a",
        triple: "aarch64-linux-android",
        system: System::Android {
            abi: "arm64-v8a",
            machine: "aarch64linux",
        },
        is_common: true,
    },
    Target {
        name: "android-armeabi-v7a",
        triple: "armv7-linux-androideabi",
        system: System::Android {
            abi: "armeabi-v7a",
            machine: "armelf_linux_eabi",
        },
        is_common: false,
    },
    Target {
        name: "android-x86_64",
        triple: "x86_64-linux-android",
        system: System::Android {
            abi: "x86_64",
            machine: "elf_x86_64",
        },
        is_common: false,
    },
    Target {
        name: "android-x86",
        triple: "i686-linux-android",
        system: System::Android {
            abi: "x86",
            machine: "elf_i386",
        },
        is_common: false,
    },
    Target {
        name: "ios-arm64",
        triple: "aarch64-apple-ios",
        system: System::Apple {
            platform: "ios",
            arch: "arm64",
        },
        is_common: true,
    },
    Target {
        name: "ios-arm64-simulator",
        triple: "aarch64-apple-ios-sim",
        system: System::Apple {
            platform: "ios-simulator",
            arch: "arm64",
        },
        is_common: false,
    },
    Target {
        name: "ios-x86_64-simulator",
        triple: "x86_64-apple-ios",
        system: System::Apple {
            platform: "ios-simulator",
            arch: "x86_64",
        },
        is_common: false,
    },
];

impl Target {
    /// What a build makes that is handed out.
    pub(crate) fn file(&self) -> &'static str {
        match self.system {
            System::Linux { .. } | System::Android { .. } => SHARED,
            System::Apple { .. } => STATIC,
        }
    }

    /// The committed list of what it may ask of its system.
    pub(super) fn imports(&self) -> &'static str {
        match self.system {
            System::Linux { .. } => "bindings/mobile/imports/linux.txt",
            System::Android { .. } => "bindings/mobile/imports/android.txt",
            System::Apple { .. } => "bindings/mobile/imports/ios.txt",
        }
    }

    /// Google Play asks it of what targets Android 15: pages of 16 KB, where the processor has 64 bits.
    pub(super) fn page_bytes(&self) -> u64 {
        match self.system {
            System::Android { abi, .. } if abi.ends_with("64") || abi.starts_with("arm64") => {
                16 * 1024
            }
            _ => 4 * 1024,
        }
    }
}

pub(super) const SHARED: &str = "libeyeline_mobile.so";
pub(super) const STATIC: &str = "libeyeline_mobile.a";

/// The oldest Android, as an API level: that of the AAR's manifest, and of what the Kotlin compiles against.
pub(super) const ANDROID_OLDEST: u32 = 23;

/// The oldest iOS that Package.swift names.
pub(super) const IOS_OLDEST: &str = "15.0";
