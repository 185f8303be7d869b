//! The project's own commands: `cargo xtask test`, `conformance`, `demo`, `web`, `swift`, `spark`, `bench`, `soak`, `fmt`.

mod bench;
mod browsers;
mod collector;
mod conformance;
mod demo;
mod deploy;
mod directions;
mod documents;
mod exact;
mod kotlin;
mod lambda;
mod layout;
mod mobile;
mod package;
mod process;
mod soak;
mod spark;
mod stage;
mod steps;
mod swift;
mod test;
mod toolchain;
mod tools;
mod web;
mod workspace;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Eyeline's own commands",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check everything: layout, formatting, lints, tests, documentation, and the demo on the real data
    Test,
    /// Check only what needs no build: layout, documents, who may depend on whom
    Layout,
    /// Send 60,000 real impressions through the whole system and show the report
    Demo {
        /// Kill the collector and the loader on the way, verify every number in the fact table, and exit
        #[arg(long)]
        check: bool,
        /// Go over Firehose with its Lambda function and S3 with KMS, played on this machine
        #[arg(long, requires = "check")]
        aws_emulated: bool,
    },
    /// Run every benchmark in release mode and print the tables of docs/benchmarks.md
    Bench {
        /// `web`: the web SDK beside its peers, in Chromium; `swift`: what the Swift package costs; without it the Rust benchmarks
        part: Option<bench::Part>,
        /// Only the benchmarks of this package
        #[arg(long, conflicts_with = "part")]
        package: Option<String>,
    },
    /// Build everything a web page loads into bindings/web/dist, and print what it weighs
    Web {
        /// Fail where sizes or the engine's surface are not what is committed
        #[arg(long, conflicts_with = "bless")]
        check: bool,
        /// Commit to the sizes and the surface of this build
        #[arg(long)]
        bless: bool,
        /// Then run the tests that need no browser
        #[arg(long)]
        test: bool,
    },
    /// Build the Kotlin packages and run their tests on the JVM, with the real library and the real collector
    Kotlin {
        /// Commit to the public surface of this build
        #[arg(long)]
        bless: bool,
    },
    /// Build the Swift package with the Rust library below it, and hold its public surface against api/swift.txt
    Swift {
        /// Commit to the surface of this build, and to what the description of collected data says
        #[arg(long)]
        bless: bool,
        /// Then run its tests, against the real collector
        #[arg(long)]
        test: bool,
    },
    /// Build the library for phones and JVMs: x86-64 Linux, arm64 Android, arm64 iOS, and print what it weighs
    Mobile {
        /// Every target: four Android ABIs, iOS devices and simulators too
        #[arg(long)]
        all: bool,
        /// Fail where a size is not what is committed
        #[arg(long, conflicts_with = "bless")]
        check: bool,
        /// Commit to the sizes of this build
        #[arg(long)]
        bless: bool,
    },
    /// Check the CloudFormation templates: their rules, a security scan, the data path deployed to an AWS on this machine
    Deploy {
        /// Write the catalogue's tables anew from backend/sql/ddl
        #[arg(long)]
        bless: bool,
    },
    /// Build the Lambda function behind Firehose as the zip that backend/deploy wants, for arm64
    Lambda {
        /// Then run what is in the zip, emulated where this machine is no arm64
        #[arg(long)]
        test: bool,
    },
    /// Make the Android package: four ABIs, the Kotlin classes, rules, sources; in the target folder's `packages`
    Aar {
        /// The Android NDK to link with; without one no device can load the libraries
        #[arg(long, value_name = "FOLDER")]
        ndk: Option<PathBuf>,
    },
    /// Make the package for JVMs, with this machine's library inside
    JvmJar {
        /// Libraries of other machines, each in a folder that is named as JNA names the machine
        #[arg(long, value_name = "FOLDER")]
        with: Option<PathBuf>,
    },
    /// Build this machine's library, for the jar that another machine makes
    HostLibrary {
        /// Where to put it, in a folder that is named as JNA names this machine
        #[arg(long, value_name = "FOLDER")]
        into: PathBuf,
    },
    /// Make the XCFramework that Package.swift looks for, and the archive that SwiftPM downloads
    Xcframework,
    /// Build the decoder's wheel, check the package that runs on Spark, and run its tests: every table equal to the embedded engine's
    Spark,
    /// Make what a job on EMR takes along: wheels and archives for both processors, in the target folder's `packages/spark`
    SparkPackage,
    /// The long tests: thousands of kills, hours of fuzzing. Takes a night; `--help` names the settings
    #[command(after_help = soak::SETTINGS)]
    Soak {
        /// Only this part
        #[arg(value_enum)]
        only: Option<soak::Part>,
    },
    /// Play the scenarios of tests/conformance on every host, and show a table of how they did
    Conformance {
        /// Commit to what the hosts say now
        #[arg(long)]
        bless: bool,
    },
    /// Install Chromium, Firefox and WebKit for the web tests, where missing (Debian, as root)
    Browsers,
    /// Format the code
    Fmt,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Test => test::run(),
        Command::Layout => test::layout(),
        Command::Demo { check: false, .. } => demo::show(),
        Command::Demo { aws_emulated, .. } => demo::check(if aws_emulated {
            demo::Way::Aws
        } else {
            demo::Way::Files
        }),
        Command::Bench {
            part: Some(bench::Part::Web),
            ..
        } => bench::web(),
        Command::Bench {
            part: Some(bench::Part::Swift),
            ..
        } => bench::swift(),
        Command::Bench {
            part: Some(bench::Part::Kotlin),
            ..
        } => bench::kotlin(),
        Command::Bench {
            part: None,
            package,
        } => bench::run(package.as_deref()),
        Command::Web { check, bless, test } => {
            web::run(match (check, bless) {
                (true, _) => web::Differences::Fail,
                (_, true) => web::Differences::Bless,
                _ => web::Differences::Say,
            })?;
            if test { web::test()?.verdict() } else { Ok(()) }
        }
        Command::Kotlin { bless } => {
            let surface = if bless {
                kotlin::Surface::Bless
            } else {
                kotlin::Surface::Check
            };
            kotlin::run(surface)?.verdict()
        }
        Command::Swift { bless, test } => {
            swift::run(if bless {
                swift::Differences::Bless
            } else {
                swift::Differences::Fail
            })?;
            if test {
                swift::test()?.verdict()
            } else {
                Ok(())
            }
        }
        Command::Mobile { all, check, bless } => mobile::run(
            all,
            match (check, bless) {
                (true, _) => mobile::Differences::Fail,
                (_, true) => mobile::Differences::Bless,
                _ => mobile::Differences::Say,
            },
        ),
        Command::Deploy { bless } => deploy::run(if bless {
            deploy::Catalog::Bless
        } else {
            deploy::Catalog::Check
        })?
        .verdict(),
        Command::Lambda { test: true } => lambda::test()?.verdict(),
        Command::Lambda { test: false } => lambda::run().map(drop),
        Command::Aar { ndk } => package::aar(ndk),
        Command::JvmJar { with } => package::jar(with.as_deref()),
        Command::HostLibrary { into } => mobile::put_host_library(&into),
        Command::Xcframework => package::xcframework(),
        Command::Spark => spark::test()?.verdict(),
        Command::SparkPackage => spark::bundle(),
        Command::Soak { only: None } => soak::run(),
        Command::Soak {
            only: Some(soak::Part::Web),
        } => soak::web(),
        Command::Conformance { bless } => conformance::run(bless)?.verdict(),
        Command::Soak {
            only: Some(soak::Part::Kotlin),
        } => soak::kotlin(),
        Command::Soak {
            only: Some(soak::Part::Swift),
        } => soak::swift(),
        Command::Browsers => browsers::install(),
        Command::Fmt => {
            tools::component("rustfmt")?;
            steps::run(workspace::cargo()?.args(["fmt", "--all"]))
        }
    }
}
