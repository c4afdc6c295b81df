import Tenantry
import XCTest

final class SnapshotTests: EngineTestCase {
    func testALaterSnapshotTakesAwayWhatWasRevokedAndItsSelectionIsRefusedAtOnce() async throws {
        let (server, phone) = (try open("server.db"), try open("phone.db"))
        let acme = try await server.create(name: "Acme", owner: "ann")
        try await server.create(name: "Globex", owner: "bob", domain: "globex.example.com")
        try await server.join(acme.id, user: "bob", role: .admin)
        let snapshot = try await server.exportSnapshot(of: "bob")
        let count = try await phone.importSnapshot(snapshot)
        XCTAssertEqual(count, 2)
        try await phone.select(user: "bob", slug: "acme")

        let before = try await phone.tenants(of: "bob")
        try await phone.importSnapshot(snapshot)
        let same = try await phone.tenants(of: "bob")
        XCTAssertEqual(same, before, "the same again changes nothing")

        try await server.setMembershipActive(acme.id, user: "bob", to: false)
        try await phone.importSnapshot(try await server.exportSnapshot(of: "bob"))
        let refused = try await phone.current(user: "bob")
        XCTAssertEqual(refused, .unresolved(reason: .notAvailable))
        phone.close()
        let again = try open("phone.db")
        let still = try await again.current(user: "bob")
        XCTAssertEqual(still, .unresolved(reason: .notAvailable), "also when the app starts anew")
        try await again.clear(user: "bob")
        let sole = try await again.current(user: "bob")
        XCTAssertEqual(sole.tenant?.slug, "globex")
    }

    func testADamagedSnapshotIsRefusedWithTheReasonAndChangesNothing() async throws {
        let engine = try open()
        try await engine.create(name: "Acme", owner: "ann")
        let good = try await engine.exportSnapshot(of: "ann")
        let before = try await engine.tenants(of: "ann")
        let bad = [
            "", "{}", "[1", "null", String(good.dropLast(10)),
            good.replacingOccurrences(of: "\"version\":1", with: "\"version\":2"),
            good.replacingOccurrences(of: "\"acme\"", with: "\"a b\""),
        ]
        for json in bad {
            let error = try await failure(of: { try await engine.importSnapshot(json) })
            guard case .snapshot(let message, let reason) = error else { return XCTFail("\(error)") }
            XCTAssertTrue(message.contains(reason))
            let after = try await engine.tenants(of: "ann")
            XCTAssertEqual(after, before)
        }
    }
}
