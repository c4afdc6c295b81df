import Tenantry
import XCTest

/// What docs/swift.md of the project tells works.
final class TutorialTests: EngineTestCase {
    func testTheScreenShowsTheWorkspacesSwitchesAndFollowsARevocation() async throws {
        let server = try open("server.db")
        let acme = try await server.create(name: "Acme", owner: "bob")
        try await server.join(acme.id, user: "ann", role: .admin)
        try await server.create(name: "Globex", owner: "ann")

        let engine = try openOnce(in: folder)
        let switcher = Switcher(engine: engine, user: "ann")
        let shown = Shown()
        let screen = Task { try await switcher.follow { await shown.show($0) } }
        var now = await shown.until { $0.title == "You are in no workspace yet" }
        XCTAssertEqual(now.workspaces, [])

        try await signedIn(engine, user: "ann", response: try await server.exportSnapshot(of: "ann"))
        now = await shown.until { $0.title == "Choose a workspace" }
        XCTAssertEqual(now.workspaces.map(\.slug), ["acme", "globex"])

        let entered = try await switcher.enter("acme")
        XCTAssertNil(entered)
        now = await shown.until { $0.title == "Acme" }
        XCTAssertEqual(now.workspaces.map(\.isCurrent), [true, false])
        let refused = try await switcher.enter("nowhere")
        XCTAssertEqual(refused, "This workspace is not available any more.")
        let damaged = try await switcher.update(with: "{}")
        XCTAssertEqual(damaged, "Please update the app.")

        try await server.setMembershipActive(acme.id, user: "ann", to: false)
        let updated = try await switcher.update(with: try await server.exportSnapshot(of: "ann"))
        XCTAssertNil(updated)
        now = await shown.until { $0.title == "Your workspace is not available any more" }
        XCTAssertEqual(now.workspaces.map(\.slug), ["globex"])
        try await signedOut(engine, user: "ann")
        _ = await shown.until { $0.title == "Globex" }

        engine.close()
        // It may be closed just when the screen is drawn.
        _ = await screen.result
    }
}

/// A screen.
private actor Shown {
    private var now = Screen()

    func show(_ screen: Screen) {
        now = screen
    }

    func until(_ isThere: @Sendable (Screen) -> Bool) async -> Screen {
        while !isThere(now) { try? await Task.sleep(nanoseconds: 1_000_000) }
        XCTAssertTrue(isThere(now), "\(now)")
        return now
    }
}
