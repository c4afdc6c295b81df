import Foundation
import Tenantry
import XCTest

/// The folder with the cases that the tests of every language read.
let casesFolder = Bundle.module.resourceURL!.appendingPathComponent("Cases")

/// An object of a file of cases.
struct Case {
    let fields: [String: Any]

    static func all(_ file: String) throws -> [Case] {
        let url = casesFolder.appendingPathComponent("vectors").appendingPathComponent(file)
        let whole = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        let cases = try XCTUnwrap(whole?["cases"] as? [[String: Any]])
        XCTAssertFalse(cases.isEmpty, "\(file) has no cases")
        return cases.map { Case(fields: $0) }
    }

    subscript(name: String) -> Case { Case(fields: fields[name] as! [String: Any]) }

    func text(_ name: String) -> String { fields[name] as! String }
    func textOrNil(_ name: String) -> String? { fields[name] as? String }
    func int(_ name: String) -> Int { fields[name] as! Int }
    func flag(_ name: String) -> Bool { fields[name] as! Bool }
    func texts(_ name: String) -> [String] { fields[name] as! [String] }
    func objects(_ name: String) -> [Case] { (fields[name] as! [[String: Any]]).map { Case(fields: $0) } }
    func word<T: RawRepresentable>(_ name: String) -> T where T.RawValue == String { T(rawValue: text(name))! }
}

/// Compares texts by their scalars: for `==` of Swift, texts with the same look are the same.
func assertSame(_ found: String, _ wanted: String, file: StaticString = #filePath, line: UInt = #line) {
    XCTAssertEqual(Array(found.unicodeScalars), Array(wanted.unicodeScalars), file: file, line: line)
}

func assertSame(_ found: [String], _ wanted: [String], file: StaticString = #filePath, line: UInt = #line) {
    XCTAssertEqual(found.map { Array($0.unicodeScalars) }, wanted.map { Array($0.unicodeScalars) }, file: file, line: line)
}

/// An answer as a case says it: tenant, role and source, or the reason.
struct Answer: Equatable, CustomStringConvertible {
    let tenant: String?
    let role: String?
    let source: String?
    let reason: String?

    init(_ wanted: Case) {
        tenant = wanted.textOrNil("tenant")
        role = wanted.textOrNil("role")
        source = wanted.textOrNil("source")
        reason = wanted.textOrNil("reason")
    }

    init(slug: String, role: Role, source: Source) {
        (tenant, self.role, self.source, reason) = (slug, role.rawValue, source.rawValue, nil)
    }

    init(_ found: Resolution) {
        switch found {
        case .resolved(let tenant, let role, let source): self.init(slug: tenant.slug, role: role, source: source)
        case .unresolved(let reason): self.init(reason)
        }
    }

    init(_ why: Reason) {
        (tenant, role, source, reason) = (nil, nil, nil, why.rawValue)
    }

    var description: String { "\(tenant ?? "none") \(role ?? "") \(source ?? "") \(reason ?? "")" }
}

/// A test with a folder of its own, and engines over files in it.
class EngineTestCase: XCTestCase {
    private(set) var folder = URL(fileURLWithPath: "/")

    override func setUpWithError() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tenantry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    override func tearDown() {
        // As well as it goes: an engine that is just closing removes files of its own.
        try? FileManager.default.removeItem(at: folder)
    }

    func open(_ name: String = "tenancy.db", options: EngineOptions = EngineOptions()) throws -> TenancyEngine {
        try TenancyEngine(url: folder.appendingPathComponent(name), options: options)
    }

    /// The error of tenantry that a call must throw.
    func failure<T>(
        file: StaticString = #filePath,
        line: UInt = #line,
        of call: () async throws -> T
    ) async throws -> TenantryError {
        do {
            let done = try await call()
            XCTFail("nothing was thrown, but \(done) returned", file: file, line: line)
            throw CancellationError()
        } catch let error as TenantryError {
            XCTAssertFalse(error.message.isEmpty, file: file, line: line)
            XCTAssertEqual(error.localizedDescription, error.message, file: file, line: line)
            return error
        }
    }
}
