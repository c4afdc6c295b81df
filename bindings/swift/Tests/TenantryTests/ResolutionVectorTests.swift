import Tenantry
import XCTest

final class ResolutionVectorTests: EngineTestCase {
    func testAnEngineAnswersEveryRequestAsEverywhere() async throws {
        // Stores with the same tenants and memberships: many cases ask about the same ones.
        var worlds: [String: String] = [:]
        for one in try Case.all("resolution.json") {
            let rows = ["tenants": one.fields["tenants"]!, "memberships": one.fields["memberships"]!]
            let key = String(decoding: try JSONSerialization.data(withJSONObject: rows, options: .sortedKeys), as: UTF8.self)
            if worlds[key] == nil {
                worlds[key] = "\(worlds.count).db"
                try await fill(try open(worlds[key]!), with: one)
            }
            let engine = try open(worlds[key]!, options: EngineOptions(sources: one.sources))
            let wanted = Answer(one["answer"])
            let first = try await engine.resolve(one.request)
            XCTAssertEqual(Answer(first), wanted, one.text("description"))
            // The second time it comes from memory.
            let second = try await engine.resolve(one.request)
            XCTAssertEqual(second, first)
            engine.close()
        }
        XCTAssertGreaterThan(worlds.count, 1)
    }

    func testWhoKeepsTheRowsElsewhereGetsTheSameAnswers() throws {
        for one in try Case.all("resolution.json") {
            let request = one.request
            let tenants = Dictionary(uniqueKeysWithValues: one.objects("tenants").map { ($0.text("slug"), $0) })
            let rows = one.objects("memberships").filter { $0.text("user") == request.user }
            let candidates = rows.map { row in
                let tenant = tenants[row.text("tenant")]!
                return Candidate(
                    slug: tenant.text("slug"),
                    isUsable: row.flag("is_active") && tenant.flag("is_active"),
                    retiredSlug: tenant.texts("retired_slugs").first { $0 == request.selected || $0 == request.header },
                    domain: tenant.text("domain")
                )
            }
            let found: Answer
            switch decide(request, among: candidates, sources: one.sources) {
            case .refused(let reason): found = Answer(reason)
            case .chosen(let index, let source):
                let row = rows[index]
                found = Answer(slug: row.text("tenant"), role: row.word("role"), source: source)
            }
            XCTAssertEqual(found, Answer(one["answer"]), one.text("description"))
        }
    }

    private func fill(_ engine: TenancyEngine, with one: Case) async throws {
        var ids: [String: TenantID] = [:]
        for row in one.objects("tenants") {
            // One that had each of its retired slugs, one after the other.
            let slugs = row.texts("retired_slugs") + [row.text("slug")]
            let id = try await engine.create(name: "Tenant", owner: "somebody else", slug: slugs[0]).id
            for slug in slugs.dropFirst() { try await engine.rename(id, to: "Tenant", slug: slug) }
            try await engine.setDomain(id, to: row.text("domain"))
            try await engine.setTenantActive(id, to: row.flag("is_active"))
            ids[row.text("slug")] = id
        }
        for row in one.objects("memberships") {
            let (id, user) = (ids[row.text("tenant")]!, row.text("user"))
            try await engine.join(id, user: user, role: row.word("role"))
            try await engine.setMembershipActive(id, user: user, to: row.flag("is_active"))
        }
        engine.close()
    }
}

extension Case {
    var sources: [Source] { texts("sources").map { Source(rawValue: $0)! } }

    var request: Request {
        let asked = self["request"]
        return Request(
            user: asked.textOrNil("user"),
            selected: asked.textOrNil("selected"),
            header: asked.textOrNil("header"),
            host: asked.textOrNil("host")
        )
    }
}
