import Tenantry
import XCTest

final class BackfillVectorTests: EngineTestCase {
    func testABackfillMakesTheTenantsThatItMakesEverywhere() async throws {
        for (at, one) in try Case.all("backfill.json").enumerated() {
            let name = "\(at).db"
            try await fill(name, with: one)
            let engine = try open(name, options: one.engineOptions)
            var report: Report?
            var errors: [RowError]
            do {
                // Not in the order of their keys: that is the engine's to find.
                let done = try await engine.backfill(one.objects("users").reversed().map(\.profile), options: one.backfillOptions)
                (report, errors) = (done, done.errors)
            } catch TenantryError.row(_, let row) {
                errors = [row]
            }
            let description = one.text("description")
            let made = try await made(by: engine, for: one.objects("users"))
            let planned = one.objects("planned")
            XCTAssertEqual(made.map { $0.keys.sorted() }, planned.map { $0.fields.keys.sorted() }, description)
            for (made, planned) in zip(made, planned) {
                for (name, value) in made { assertSame(value, planned.text(name)) }
            }
            let wanted = one.objects("errors").map { [cutKey($0.text("user_key")), $0.text("column"), $0.text("code")] }
            XCTAssertEqual(errors.map { [$0.userKey ?? "", $0.column.rawValue, $0.fault.rawValue] }, wanted, description)
            if let report {
                XCTAssertEqual(report.counters as NSDictionary, one.fields["report"] as! NSDictionary, description)
            } else {
                XCTAssertTrue(one.fields["report"] is NSNull, description)
            }
            engine.close()
        }
    }

    /// Makes what the case says is there. Without its options: what is there may be reserved, or longer than the limit.
    private func fill(_ name: String, with one: Case) async throws {
        let engine = try open(name)
        func make(_ slug: String) async throws -> TenantID {
            try await engine.create(name: "There already", owner: "somebody else", slug: slug).id
        }
        var existing: [TenantID] = []
        for slug in one.texts("existing") { existing.append(try await make(slug)) }
        for slug in one.texts("retired") { try await engine.delete(try await make(slug)) }
        let members = one.objects("users").filter { $0.flag("has_membership") }
        if !members.isEmpty {
            if existing.isEmpty { existing.append(try await make("nobody-else-is-named-so")) }
            for user in members { try await engine.join(existing[0], user: user.text("key")) }
        }
        engine.close()
    }

    private func made(by engine: TenancyEngine, for users: [Case]) async throws -> [[String: String]] {
        var made: [MemberOf] = []
        for user in users where !user.flag("has_membership") { made += try await engine.tenants(of: user.text("key")) }
        made.sort { $0.tenant.id.rawValue < $1.tenant.id.rawValue }
        return made.map { one in
            XCTAssertEqual(one.membership.role, .owner)
            XCTAssertTrue(one.isUsable)
            return [
                "user_key": one.membership.userKey,
                "name": one.tenant.name,
                "slug": one.tenant.slug,
                "domain": one.tenant.domain ?? "",
                "plan": one.tenant.plan.rawValue,
            ]
        }
    }

    /// An error holds no more than the first 40 characters of a key.
    private func cutKey(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.prefix(40)))
    }
}

extension Case {
    var profile: UserProfile {
        UserProfile(
            key: text("key"),
            username: text("username"),
            businessName: textOrNil("name"),
            businessDomain: textOrNil("domain"),
            tier: textOrNil("plan")
        )
    }

    var engineOptions: EngineOptions {
        let options = self["options"]
        let slugs = SlugOptions(style: options.word("style"), limit: options.int("limit"), reserved: options.texts("reserved"))
        return EngineOptions(slugs: slugs)
    }

    var backfillOptions: BackfillOptions {
        let options = self["options"]
        return BackfillOptions(onError: options.word("on_error"), unknownPlan: options.word("unknown_plan"))
    }
}

extension Report {
    var counters: [String: Any] {
        [
            "seen": seen,
            "created": created,
            "skipped": skipped,
            "failed": failed,
            "slugs_unchanged": slugsUnchanged,
            "slugs_suffixed": slugsSuffixed,
            "slugs_cut": slugsCut,
            "slugs_transliterated": slugsTransliterated,
            "slugs_fallen_back": slugsFallenBack,
            "names_cut": namesCut,
            "unknown_plans": Dictionary(unknownPlans.map { ($0.tier, $0.users) }, uniquingKeysWith: +),
        ]
    }
}
