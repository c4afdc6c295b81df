import Tenantry
import XCTest

final class EngineTests: EngineTestCase {
    func testATenantLivesFromItsMakingToItsDeletion() async throws {
        let engine = try open()
        let made = try await engine.create(name: " Acme ", owner: "ann", domain: "acme.example.com", plan: .pro)
        XCTAssertEqual([made.name, made.slug, made.domain], ["Acme", "acme", "acme.example.com"])
        let found = try await engine.tenant(slug: "acme")
        XCTAssertEqual(found, made)

        let renamed = try await engine.rename(made.id, to: "Acme Inc", slug: "acme-inc")
        XCTAssertEqual(renamed.slug, "acme-inc")
        let retired = try await engine.tenant(slug: "acme")
        XCTAssertNil(retired)
        let withoutDomain = try await engine.setDomain(made.id, to: nil)
        XCTAssertNil(withoutDomain.domain)
        let free = try await engine.setPlan(made.id, to: .free)
        XCTAssertEqual(free.plan, .free)
        let inactive = try await engine.setTenantActive(made.id, to: false)
        XCTAssertFalse(inactive.isActive)
        let tenants = try await engine.tenants(of: "ann")
        XCTAssertEqual(tenants.map(\.isUsable), [false])

        try await engine.delete(made.id)
        let none = try await engine.tenants(of: "ann")
        XCTAssertEqual(none, [])
        guard case .slugTaken(_, "acme") = try await failure(of: { try await engine.create(name: "Acme", owner: "bob", slug: "acme") })
        else { return XCTFail("it is retired for good") }
    }

    func testAMemberJoinsIsPromotedAndLeaves() async throws {
        let engine = try open()
        let id = try await engine.create(name: "Acme", owner: "ann").id
        let joined = try await engine.join(id, user: "bob")
        XCTAssertEqual(joined.role, .member)
        try await engine.setRole(id, user: "bob", to: .owner)
        let members = try await engine.members(of: id)
        XCTAssertEqual(members.map(\.userKey), ["ann", "bob"])
        try await engine.leave(id, user: "ann")
        guard case .lastOwner(_, id, "bob") = try await failure(of: { try await engine.leave(id, user: "bob") })
        else { return XCTFail("a tenant keeps one active owner") }
    }

    func testWhoSignsUpGetsATenantOnce() async throws {
        let engine = try open()
        let first = try await engine.ensureTenant(for: UserProfile(key: "7", username: "ann"))
        XCTAssertEqual(first?.name, "ann's Workspace")
        let second = try await engine.ensureTenant(for: UserProfile(key: "7", username: "ann"))
        XCTAssertNil(second)
        let tooLong = UserProfile(key: "8", businessDomain: String(repeating: "x", count: 256))
        guard case .row(_, let row) = try await failure(of: { try await engine.ensureTenant(for: tooLong) as Any })
        else { return XCTFail("the domain is too long") }
        XCTAssertEqual([row.column.rawValue, row.fault.rawValue], ["domain", "too_long"])
        XCTAssertTrue(row.message.contains("business domain"))
    }

    func testADryRunReportsAndWritesNothing() async throws {
        let engine = try open()
        let users = [UserProfile(key: "1", businessName: "Acme", tier: "gold"), UserProfile(key: "", businessName: "Globex")]
        let report = try await engine.backfill(users, options: BackfillOptions(dryRun: true, onError: .skip))
        XCTAssertEqual([report.seen, report.created, report.failed], [2, 1, 1])
        XCTAssertEqual(report.unknownPlans.map(\.tier), ["gold"])
        XCTAssertEqual(report.unknownPlans.map(\.users), [1])
        XCTAssertTrue(report.dryRun && report.run == nil && report.seconds > 0)
        XCTAssertTrue(report.errors[0].message.contains("is empty"))
        let none = try await engine.tenants(of: "1")
        XCTAssertEqual(none, [])
    }

    func testTiersThatOnlyLookTheSameAreCountedApart() async throws {
        let tiers = ["caf\u{e9}", "cafe\u{301}"]
        let users = tiers.enumerated().map { UserProfile(key: "\($0)", businessName: "Acme", tier: $1) }
        let report = try await open().backfill(users, options: BackfillOptions(dryRun: true))
        XCTAssertEqual(report.unknownPlans.map(\.users), [1, 1])
    }

    func testWhatAnotherMayEnterCannotBeToldFromWhatDoesNotExist() async throws {
        let engine = try open()
        try await engine.create(name: "Acme", owner: "ann")
        let others = try await failure(of: { try await engine.select(user: "bob", slug: "acme") })
        let nobodys = try await failure(of: { try await engine.select(user: "bob", slug: "none") })
        XCTAssertEqual(others.message.replacingOccurrences(of: "acme", with: "none"), nobodys.message)
        guard case .notAvailable(_, "acme") = others else { return XCTFail("\(others)") }
    }

    func testASelectionThatNoSlugCanBeIsNotAvailable() async throws {
        let engine = try open()
        try await engine.create(name: "Acme", owner: "ann")
        for selected in ["a\0", String(repeating: "a", count: 100_000), "🏢", " acme", "acme/../x"] {
            let answer = try await engine.resolve(Request(user: "ann", selected: selected))
            XCTAssertEqual(answer, .unresolved(reason: .notAvailable))
            guard case .notAvailable = try await failure(of: { try await engine.select(user: "ann", slug: selected) })
            else { return XCTFail(selected) }
        }
        let nobody = try await engine.resolve(Request(user: nil, selected: "acme"))
        XCTAssertEqual(nobody, .unresolved(reason: .anonymous))
        let empty = try await engine.resolve(Request(user: "ann", selected: ""))
        XCTAssertEqual(empty.tenant?.slug, "acme", "empty is none")
    }

    func testAnErrorSaysTheValueAndWhatToDoAndChangesNothing() async throws {
        let engine = try open()
        let acme = try await engine.create(name: "Acme", owner: "ann")
        guard case .invalid(_, "tenant name", _, _) = try await failure(of: { try await engine.create(name: "  ", owner: "ann") })
        else { return XCTFail("a blank name") }
        let taken = try await failure(of: { try await engine.create(name: "Other", owner: "ann", slug: "acme") })
        XCTAssertTrue(taken.message.contains("\"acme\""), taken.message)
        guard case .alreadyMember(_, acme.id, "ann") = try await failure(of: { try await engine.join(acme.id, user: "ann") })
        else { return XCTFail("a member already") }
        let missing = TenantID(rawValue: 99)
        guard case .noSuchTenant(_, missing) = try await failure(of: { try await engine.rename(missing, to: "x") })
        else { return XCTFail("no such tenant") }
        let stranger = try await failure(of: { try await engine.setRole(acme.id, user: "bob", to: .admin) })
        guard case .noSuchMembership(_, acme.id, "bob") = stranger else { return XCTFail("\(stranger)") }
        let tenants = try await engine.tenants(of: "ann")
        XCTAssertEqual(tenants.map(\.tenant), [acme])
    }

    func testOptionsOutOfRangeAreRefusedOrBounded() async throws {
        for limit in [Int.min, -1, 0, 15, 81, Int.max] {
            XCTAssertThrowsError(try open(options: EngineOptions(slugs: SlugOptions(limit: limit)))) { error in
                guard case TenantryError.invalid = error else { return XCTFail("\(error)") }
            }
            XCTAssertThrowsError(try SlugAllocator(limit: limit))
        }
        for timeout: TimeInterval in [0, -1, .infinity, .nan, -TimeInterval.infinity, .greatestFiniteMagnitude] {
            let engine = try open(options: EngineOptions(busyTimeout: timeout))
            _ = try await engine.tenants(of: "ann")
            engine.close()
        }
        let slugs = SlugOptions(style: .transliterate, limit: 16, reserved: ["admin"])
        let engine = try open(options: EngineOptions(slugs: slugs))
        var made: [String] = []
        for name in ["東京", "Admin", String(repeating: "a", count: 50)] {
            made.append(try await engine.create(name: name, owner: "ann").slug)
        }
        XCTAssertEqual(made, ["dong-jing", "admin-1", String(repeating: "a", count: 16)])
    }

    func testAClosedEngineSaysSoAndTheFileCanBeOpenedAnew() async throws {
        let engine = try open()
        try await engine.create(name: "Acme", owner: "ann")
        engine.close()
        engine.close()
        let closed = try await failure(of: { try await engine.tenants(of: "ann") })
        XCTAssertTrue(closed.message.contains("open it anew"))
        guard case .closed(_, engine.path) = closed else { return XCTFail("\(closed)") }
        let again = try await open().tenants(of: "ann")
        XCTAssertEqual(again.count, 1)
    }

    func testTroubleWithTheFileIsToldByItsCode() async throws {
        let none = try open("none.db", options: EngineOptions(create: false))
        guard case .store(_, "no_store", _) = try await failure(of: { try await none.tenants(of: "ann") })
        else { return XCTFail("there is no file") }

        let text = Data(String(repeating: "this is no database, and must stay as it is", count: 100).utf8)
        try text.write(to: folder.appendingPathComponent("foreign.db"))
        let foreign = try open("foreign.db")
        guard case .store(_, _, foreign.path) = try await failure(of: { try await foreign.create(name: "Acme", owner: "ann") })
        else { return XCTFail("a foreign file") }
        XCTAssertEqual(try Data(contentsOf: folder.appendingPathComponent("foreign.db")), text)

        XCTAssertThrowsError(try TenancyEngine(url: URL(string: "https://example.com/t.db")!))
    }

    func testASelectionIsThereWhenTheAppStartsAnew() async throws {
        let first = try open()
        try await first.create(name: "Acme", owner: "ann")
        try await first.create(name: "Globex", owner: "ann")
        try await first.select(user: "ann", slug: "globex")
        first.close()
        let second = try open()
        let current = try await second.current(user: "ann")
        XCTAssertEqual(current.tenant?.slug, "globex")
        try await second.clear(user: "ann")
        second.close()
        let third = try await open().current(user: "ann")
        XCTAssertEqual(third, .unresolved(reason: .ambiguous))
    }
}
