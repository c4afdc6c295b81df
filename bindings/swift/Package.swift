// swift-tools-version:5.9
import Foundation
import PackageDescription

// The package as scripts/swift_package.sh lays it out: sources, what is generated, and the library, with no need of Rust.

let here = Context.packageDirectory
// Made on a Mac by scripts/xcframework.sh; for iOS and macOS. A Linux that shares the folder has no use for it.
let framework = "lib/CTenantry.xcframework"
#if os(macOS)
let hasFramework = FileManager.default.fileExists(atPath: "\(here)/\(framework)")
#else
let hasFramework = false
#endif

// The C header: with the framework it comes from there, and else it stands beside the library.
let interface: Target =
    hasFramework
    ? .binaryTarget(name: "CTenantry", path: framework)
    : .systemLibrary(name: "CTenantry", path: "Sources/CTenantry")
let library: [LinkerSetting] =
    hasFramework ? [] : [.unsafeFlags(["-L\(here)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(here)/lib"])]
let strict: [SwiftSetting] = [.enableExperimentalFeature("StrictConcurrency")]

let package = Package(
    name: "Tenantry",
    platforms: [.macOS(.v12), .iOS(.v15)],
    products: [.library(name: "Tenantry", targets: ["Tenantry"])],
    targets: [
        interface,
        // Generated, and no interface to be used.
        .target(name: "TenantryFFI", dependencies: ["CTenantry"], linkerSettings: library),
        .target(name: "Tenantry", dependencies: ["TenantryFFI"], swiftSettings: strict),
        .testTarget(name: "TenantryTests", dependencies: ["Tenantry"], resources: [.copy("Cases")], swiftSettings: strict),
    ]
)
