import Tenantry
import XCTest

final class KernelVectorTests: XCTestCase {
    func testANameBecomesTheSlugThatItBecomesEverywhere() throws {
        for one in try Case.all("slugify.json") {
            assertSame(slugify(one.text("name")), one.text("django"))
            assertSame(slugify(one.text("name"), style: .transliterate), one.text("transliterate"))
        }
    }

    func testASlugIsValidOrIsNotAsEverywhere() throws {
        for one in try Case.all("slug_validity.json") {
            XCTAssertEqual(isValidSlug(one.text("slug")), one.flag("valid"), one.text("slug"))
        }
    }

    func testSlugsAreHandedOutAsEverywhere() throws {
        for one in try Case.all("allocation.json") {
            let allocator = try SlugAllocator(limit: one.int("limit"))
            for kind in ["existing", "retired", "reserved"] {
                for slug in one.texts(kind) { try allocator.take(slug) }
            }
            assertSame(try one.texts("bases").map(allocator.allocate), one.texts("slugs"))
        }
    }

    func testATenantIsNamedAsEverywhere() throws {
        for one in try Case.all("names.json") {
            let found = tenantName(businessName: one.textOrNil("business_name"), username: one.text("username"))
            assertSame(found.name, one.text("name"))
            XCTAssertEqual(found.wasCut, one.flag("cut"))
        }
    }

    func testATierMeansThePlanThatItMeansEverywhere() throws {
        for one in try Case.all("plans.json") {
            let found = tenantPlan(tier: one.textOrNil("tier"))
            XCTAssertEqual(found.plan, one.word("plan"))
            XCTAssertEqual(found.isKnown, one.flag("known"))
        }
    }

    func testUsersAreTakenInTheOrderInWhichTheyAreTakenEverywhere() throws {
        for one in try Case.all("key_order.json") {
            assertSame(one.texts("keys").sorted(by: isOrderedBefore), one.texts("sorted"))
        }
    }

    func testAHostIsATenantsOrIsNotAsEverywhere() throws {
        for one in try Case.all("domains.json") {
            let (host, domain) = (one.text("host"), one.text("domain"))
            XCTAssertEqual(isHost(host, of: domain), one.flag("matches"), "\(host) \(domain)")
        }
    }

    func testCandidatesAreCutAndNumberedWithinTheLimit() {
        XCTAssertEqual(slugCandidate(base: "acme", n: 0), "acme")
        XCTAssertEqual(slugCandidate(base: String(repeating: "a", count: 100), n: 12, limit: 16), "aaaaaaaaaaaaa-12")
        XCTAssertEqual(slugBase(name: "!!!", username: "東京"), "dong-jing")
    }

    func testNoFileOfCasesIsLeftOut() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let sources = try FileManager.default.contentsOfDirectory(at: tests, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        let folder = casesFolder.appendingPathComponent("vectors").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        XCTAssertGreaterThanOrEqual(files.count, 9)
        for file in files {
            XCTAssertTrue(sources.contains { $0.contains("Case.all(\"\(file)\")") }, "no test reads \(file)")
        }
    }
}
