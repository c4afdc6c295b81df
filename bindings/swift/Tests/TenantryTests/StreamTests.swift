import XCTest

@testable import Tenantry

final class StreamTests: EngineTestCase {
    func testItEmitsWhatIsNowAndThenEachChangeOfTheActiveTenant() async throws {
        let engine = try open()
        var seen = engine.resolutions(of: "ann").makeAsyncIterator()
        var now = try await seen.next()
        XCTAssertEqual(now, .unresolved(reason: .noMembership))
        let acme = try await engine.create(name: "Acme", owner: "ann")
        now = try await seen.next()
        XCTAssertEqual(now?.tenant, acme)
        try await engine.create(name: "Globex", owner: "ann")
        now = try await seen.next()
        XCTAssertEqual(now, .unresolved(reason: .ambiguous))
        try await engine.select(user: "ann", slug: "acme")
        now = try await seen.next()
        XCTAssertEqual(now?.tenant?.slug, "acme")
        // Nothing of these is a change of the active tenant.
        try await engine.setRole(acme.id, user: "ann", to: .owner)
        try await engine.create(name: "Hooli", owner: "bob")
        engine.refresh()
        try await engine.rename(acme.id, to: "Acme Inc")
        now = try await seen.next()
        XCTAssertEqual(now?.tenant?.name, "Acme Inc")
    }

    func testTheListOfWorkspacesIsToldAnewWhenASnapshotChangesIt() async throws {
        let (server, phone) = (try open("server.db"), try open("phone.db"))
        try await server.create(name: "Acme", owner: "ann")
        var seen = phone.memberships(of: "ann").makeAsyncIterator()
        var slugs = try await seen.next()?.map(\.tenant.slug)
        XCTAssertEqual(slugs, [])
        try await phone.importSnapshot(try await server.exportSnapshot(of: "ann"))
        slugs = try await seen.next()?.map(\.tenant.slug)
        XCTAssertEqual(slugs, ["acme"])
    }

    func testItEndsWhenTheEngineIsClosed() async throws {
        let engine = try open()
        let (begun, ends) = (Begun(), [engine.resolutions(of: "ann"), engine.resolutions(of: "bob")])
        let listeners = ends.map { stream in
            Task {
                var count = 0
                for try await _ in stream {
                    count += 1
                    await begun.one()
                }
                return count
            }
        }
        await begun.reach(2)
        engine.close()
        for listener in listeners {
            let count = try await listener.value
            XCTAssertEqual(count, 1)
        }
        for await _ in engine.changes() { XCTFail("it is closed") }
        let error = try await failure(of: {
            for try await _ in engine.resolutions(of: "ann") {}
        })
        guard case .closed = error else { return XCTFail("\(error)") }
    }

    func testASlowListenerIsToldWhatIsNowAndNothingTwice() async throws {
        let engine = try open()
        for name in ["Acme", "Globex"] { try await engine.create(name: name, owner: "ann") }
        try await engine.select(user: "ann", slug: "acme")
        var seen = engine.resolutions(of: "ann").makeAsyncIterator()
        var now = try await seen.next()
        XCTAssertEqual(now?.tenant?.slug, "acme")

        // There and back again before anybody looks.
        try await engine.select(user: "ann", slug: "globex")
        try await Task.sleep(nanoseconds: 20_000_000)
        try await engine.select(user: "ann", slug: "acme")
        try await Task.sleep(nanoseconds: 20_000_000)
        let other = Task {
            try await Task.sleep(nanoseconds: 50_000_000)
            try await engine.select(user: "ann", slug: "globex")
        }
        now = try await seen.next()
        XCTAssertEqual(now?.tenant?.slug, "globex")
        _ = try await other.value

        // What is revoked before anybody looks is never told as if it stood.
        try await engine.select(user: "ann", slug: "acme")
        try await Task.sleep(nanoseconds: 20_000_000)
        let acme = try await engine.tenants(of: "ann")[0].tenant
        try await engine.setTenantActive(acme.id, to: false)
        now = try await seen.next()
        XCTAssertEqual(now, .unresolved(reason: .notAvailable))
    }

    func testTwoTasksOnOneStreamDoNoHarm() async throws {
        let engine = try open()
        let stream = engine.resolutions(of: "ann")
        let listeners = (0..<2).map { _ in Task { for try await _ in stream {} } }
        for name in ["Acme", "Globex", "Hooli"] { try await engine.create(name: name, owner: "ann") }
        engine.close()
        for listener in listeners { _ = await listener.result }
    }

    func testWhoDoesNotListenAnyMoreIsForgotten() async throws {
        let engine = try open()
        for _ in 0..<20 {
            let listener = Task { for try await _ in engine.resolutions(of: "ann") {} }
            let loop = Task { for await _ in engine.changes() {} }
            try await engine.create(name: "Acme", owner: "ann")
            listener.cancel()
            loop.cancel()
            _ = await listener.result
            _ = await loop.value
        }
        // One that nobody ever looked at.
        _ = engine.resolutions(of: "ann")
        while engine.listeners.count > 0 { try await Task.sleep(nanoseconds: 1_000_000) }
        XCTAssertEqual(engine.listeners.count, 0)
    }

    func testAnEngineThatIsGoneEndsItsStreams() async throws {
        var engine: TenancyEngine? = try open()
        let changes = engine!.changes()
        engine = nil
        for await _ in changes { XCTFail("there was none") }
    }

    func testAStreamKeepsTheEngineUntilItIsDroppedOrItsListenerCancelled() async throws {
        weak var gone: TenancyEngine?
        var stream: AsyncThrowingStream<Resolution, Error>?
        try within {
            let engine = try open()
            (gone, stream) = (engine, engine.resolutions(of: "ann"))
        }
        XCTAssertNotNil(gone)
        let (begun, listened) = (Begun(), stream!)
        let listener = Task { for try await _ in listened { await begun.one() } }
        await begun.reach(1)
        listener.cancel()
        _ = await listener.result
        while gone != nil { try await Task.sleep(nanoseconds: 1_000_000) }
        XCTAssertNil(gone, "cancelled, though the stream is there still")
        XCTAssertNotNil(stream)

        try within {
            let engine = try open()
            (gone, stream) = (engine, engine.resolutions(of: "ann"))
        }
        stream = nil
        XCTAssertNil(gone, "dropped")
    }

    func testAChangeIsToldEvenIfItsCallerWasCancelledMeanwhile() async throws {
        let engine = try open()
        var changes = engine.changes().makeAsyncIterator()
        var made = 0
        for round in 0..<50 {
            let task = Task { try await engine.create(name: "Tenant \(round)", owner: "ann") }
            if round % 2 == 0 { await Task.yield() }
            task.cancel()
            _ = await task.result
            // Made or not, each as a whole; and what was made, everybody is told of.
            let count = try await engine.tenants(of: "ann").count
            if count > made {
                made = count
                let told: Void? = await changes.next()
                XCTAssertNotNil(told)
            }
        }
    }

    func testTroubleWithTheFileReachesWhoListens() async throws {
        try Data(String(repeating: "no database", count: 1000).utf8).write(to: folder.appendingPathComponent("foreign.db"))
        let engine = try open("foreign.db")
        let error = try await failure(of: {
            for try await _ in engine.resolutions(of: "ann") {}
        })
        guard case .store = error else { return XCTFail("\(error)") }
    }
}

/// How many listeners were told something.
private actor Begun {
    private var count = 0

    func one() {
        count += 1
    }

    func reach(_ wanted: Int) async {
        while count < wanted { await Task.yield() }
    }
}

/// What is made within ends with it.
private func within(_ block: () throws -> Void) rethrows {
    try block()
}
