import Foundation
import Tenantry

// The blocks of docs/swift.md, the README and the catalogue of DocC.

func openOnce(in folder: URL) throws -> TenancyEngine {
    let engine = try TenancyEngine(url: folder.appendingPathComponent("tenancy.db"))
    return engine
}

func signedIn(_ engine: TenancyEngine, user: String, response: String) async throws {
    try await engine.importSnapshot(response)
    let workspaces = try await engine.tenants(of: user)
    let current = try await engine.current(user: user)
    print(current, workspaces.count)
}

func ofTheCatalogue(folder: URL, user: String, response: String) async throws {
    let engine = try TenancyEngine(url: folder.appendingPathComponent("tenancy.db"))
    try await engine.importSnapshot(response)
    let current = try await engine.current(user: user)
    print(current)
}

func signedOut(_ engine: TenancyEngine, user: String) async throws {
    try await engine.clear(user: user)
}

func ofTheReadme(folder: URL, user: String, response: String, show: (Tenant?) -> Void) async throws {
    let engine = try TenancyEngine(url: folder.appendingPathComponent("tenancy.db"))
    try await engine.importSnapshot(response)
    try await engine.select(user: user, slug: "acme-inc")
    for try await now in engine.resolutions(of: user) { show(now.tenant) }
}

/// What the screen shows.
struct Screen: Equatable {
    var workspaces: [Workspace] = []
    var title = ""
}

/// A line of the list.
struct Workspace: Equatable, Identifiable {
    let slug: String
    let name: String
    let isCurrent: Bool
    var id: String { slug }
}

/// What is behind the screen.
struct Switcher: Sendable {
    let engine: TenancyEngine
    let user: String

    /// What is to be shown now.
    func screen() async throws -> Screen {
        let now = try await engine.current(user: user)
        let workspaces = try await engine.tenants(of: user).filter(\.isUsable).map { one in
            Workspace(slug: one.tenant.slug, name: one.tenant.name, isCurrent: one.tenant == now.tenant)
        }
        return Screen(workspaces: workspaces, title: title(now))
    }

    /// Shows the screen, and shows it anew after each change: a switch, a snapshot that brings or revokes something.
    func follow(show: @Sendable (Screen) async -> Void) async throws {
        let changes = engine.changes()
        await show(try await screen())
        for await _ in changes {
            await show(try await screen())
        }
    }

    /// The user tapped a workspace. The words of the answer are for the user, or none if it went well.
    func enter(_ slug: String) async throws -> String? {
        do {
            try await engine.select(user: user, slug: slug)
            return nil
        } catch TenantryError.notAvailable {
            return "This workspace is not available any more."
        }
    }

    /// The server sent a snapshot: after the sign-in, on a push, every hour.
    func update(with snapshot: String) async throws -> String? {
        do {
            try await engine.importSnapshot(snapshot)
            return nil
        } catch TenantryError.snapshot {
            return "Please update the app."  // or the transfer broke; what was there is there still
        }
    }

    private func title(_ now: Resolution) -> String {
        switch now {
        case .resolved(let tenant, _, _): return tenant.name
        case .unresolved(.ambiguous): return "Choose a workspace"
        case .unresolved(.notAvailable): return "Your workspace is not available any more"
        case .unresolved(.noMembership): return "You are in no workspace yet"
        case .unresolved(.anonymous): return "Sign in"
        }
    }
}
