import Tenantry
import XCTest

final class ThreadTests: EngineTestCase {
    func testManyTasksWriteThroughTwoEnginesAndNothingIsLostOrDoubled() async throws {
        let engines = [try open(), try open()]
        let slugs = try await withThrowingTaskGroup(of: String.self) { group in
            for at in 0..<100 {
                group.addTask { try await engines[at % 2].create(name: "Acme", owner: "user \(at % 10)").slug }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        XCTAssertEqual(slugs, Set((0..<100).map { $0 == 0 ? "acme" : "acme-\($0)" }))
        for user in 0..<10 {
            let tenants = try await engines[0].tenants(of: "user \(user)")
            XCTAssertEqual(tenants.count, 10)
        }
    }

    func testAThousandTasksThatWriteAtOnceAllGetATenantOfTheirOwn() async throws {
        let engine = try open()
        let slugs = try await withThrowingTaskGroup(of: String.self) { group in
            for at in 0..<1000 { group.addTask { try await engine.create(name: "Acme", owner: "user \(at)").slug } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        XCTAssertEqual(slugs.count, 1000)
    }

    func testWhatIsCancelledBeforeItBeginsIsNotDone() async throws {
        let engine = try open()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await engine.create(name: "Acme", owner: "ann")
        }
        task.cancel()
        let result = await task.result
        XCTAssertThrowsError(try result.get()) { XCTAssertTrue($0 is CancellationError, "\($0)") }
        let none = try await engine.tenants(of: "ann")
        XCTAssertEqual(none, [])
    }

    func testAnswersAskedByAThousandTasksAtOnceAreAllRight() async throws {
        let engine = try open()
        for user in 0..<20 { try await engine.create(name: "Tenant", owner: "user \(user)") }
        try await withThrowingTaskGroup(of: (Int, Resolution).self) { group in
            for at in 0..<1000 {
                group.addTask { (at % 20, try await engine.resolve(Request(user: "user \(at % 20)"))) }
            }
            for try await (user, answer) in group {
                XCTAssertEqual(answer.tenant?.slug, user == 0 ? "tenant" : "tenant-\(user)")
            }
        }
    }

    func testARevocationCountsWithTheNextQuestionToAnotherEngine() async throws {
        let (server, phone) = (try open(), try open())
        let id = try await server.create(name: "Acme", owner: "ann").id
        try await server.join(id, user: "bob")
        for _ in 0..<20 {
            let before = try await phone.resolve(Request(user: "bob"))
            XCTAssertEqual(before.tenant?.slug, "acme")
            try await server.setMembershipActive(id, user: "bob", to: false)
            let after = try await phone.resolve(Request(user: "bob"))
            XCTAssertEqual(after, .unresolved(reason: .noMembership))
            try await server.setMembershipActive(id, user: "bob", to: true)
        }
    }

    func testAnEngineThatIsClosedUnderWorkEndsWhatWasBegun() async throws {
        let engine = try open()
        let work = (0..<50).map { at in
            Task {
                do {
                    try await engine.create(name: "Acme", owner: "user \(at)")
                    return true
                } catch TenantryError.closed {
                    return false
                }
            }
        }
        engine.close()
        let again = try open()
        for (at, task) in work.enumerated() {
            let made = try await task.value
            let tenants = try await again.tenants(of: "user \(at)")
            XCTAssertEqual(tenants.count, made ? 1 : 0)
        }
    }

    func testSlugsAreHandedOutOnceWhoeverAsks() async throws {
        let allocator = try SlugAllocator()
        let slugs = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { try allocator.allocate("acme") } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        XCTAssertEqual(slugs.count, 200)
    }
}
