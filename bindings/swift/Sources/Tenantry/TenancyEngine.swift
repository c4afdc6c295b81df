import Dispatch
import Foundation
import TenantryFFI

/// Tenants, memberships and the answers about them, in one file on the device. It resolves by the very rule of the server.
///
/// One engine serves the whole app: it may be used from every thread and task. It works on threads of its own, for it reads a file; what
/// has begun is not interrupted when the caller is cancelled, so that it is done. In a task that is cancelled already, a function throws
/// `CancellationError` and does nothing.
///
/// Every other error is a ``TenantryError``. Every function throws ``TenantryError/store(message:code:path:)`` for trouble with the file, and
/// ``TenantryError/closed(message:path:)`` after ``close()``.
public final class TenancyEngine: Sendable {
    private let engine: Engine
    private let queue = DispatchQueue(label: "io.tenantry.engine", attributes: .concurrent)
    let listeners = Listeners()

    /// An engine over a file, which is opened, and made if it is not there, when it is first needed.
    ///
    /// The file is tenantry's own: never give it the database of the app.
    ///
    /// - Throws: ``TenantryError/invalid(message:what:value:reason:)`` for a limit of slugs that is not 16 to 80, and for a URL that is
    ///   no file's.
    public init(url: URL, options: EngineOptions = EngineOptions()) throws {
        guard url.isFileURL else {
            let (shown, reason) = (String(url.absoluteString.prefix(80)), "it is not that of a file")
            let message = "the store \"\(shown)\" is not valid: \(reason)"
            throw TenantryError.invalid(message: message, what: "store", value: shown, reason: reason)
        }
        engine = try translated { try Engine.open(path: url.path, options: options.ffi) }
    }

    deinit {
        // Who waits for changes would wait for ever.
        listeners.close()
    }

    /// The absolute path of the file.
    public var path: String { engine.path() }

    // MARK: Resolution

    /// Decides which tenant a request is in.
    public func resolve(_ request: Request) async throws -> Resolution {
        try await ask { Resolution(try $0.resolve(request: request.ffi)) }
    }

    /// The tenant that a user is in by the selection that the store keeps.
    public func current(user: String) async throws -> Resolution {
        try await ask { Resolution(try $0.current(user: user)) }
    }

    /// The tenant that a user is in: what it is now, and then whenever it changes by this engine, by a switch, by a snapshot that revokes
    /// it, by a new name.
    ///
    /// Who listens slowly is told what is now, and not what was between. It ends when the engine is closed or the task is cancelled, and
    /// keeps the engine until then, or until it is dropped. It is for one task: another takes a stream of its own. After changes by others,
    /// of another process say, call ``refresh()``.
    public func resolutions(of user: String) -> AsyncThrowingStream<Resolution, Error> {
        watch { try await self.current(user: user) }
    }

    /// What ``tenants(of:)`` says: now, and then whenever it changes, as with ``resolutions(of:)``.
    public func memberships(of user: String) -> AsyncThrowingStream<[MemberOf], Error> {
        watch { try await self.tenants(of: user) }
    }

    /// An element after changes by this engine, whatever they were: one for several that nobody looked at. It ends when the engine is
    /// closed.
    public func changes() -> AsyncStream<Void> {
        listeners.listen()
    }

    /// Lets ``resolutions(of:)`` and ``memberships(of:)`` look again.
    public func refresh() {
        listeners.tell()
    }

    /// Selects the tenant of a slug for a user, until it is cleared; also when the app is started anew.
    ///
    /// - Throws: ``TenantryError/notAvailable(message:slug:)`` for what the user may not enter, and for what does not exist.
    @discardableResult
    public func select(user: String, slug: String) async throws -> Resolution {
        try await change { Resolution(try $0.select(user: user, slug: slug)) }
    }

    /// Forgets the selection of a user.
    public func clear(user: String) async throws {
        try await change { try $0.clear(user: user) }
    }

    /// The tenants of a user with the memberships, usable or not, in the order in which they were made.
    public func tenants(of user: String) async throws -> [MemberOf] {
        try await ask { try $0.tenantsOf(user: user).map { MemberOf($0) } }
    }

    // MARK: Snapshots

    /// A user's usable tenants as JSON, for ``importSnapshot(_:)`` of another engine.
    public func exportSnapshot(of user: String) async throws -> String {
        try await ask { try $0.exportSnapshot(user: user) }
    }

    /// Makes the tenants of a user those of a snapshot, as the server exported it. What it no longer holds was revoked, and is refused
    /// from then on. The same one again changes nothing.
    ///
    /// - Returns: How many tenants the user has now.
    /// - Throws: ``TenantryError/snapshot(message:reason:)`` for one that is damaged, or newer than this library reads. Nothing has
    ///   changed then.
    @discardableResult
    public func importSnapshot(_ json: String) async throws -> Int {
        try await change { Int(try $0.importSnapshot(json: json)) }
    }

    // MARK: Tenants

    /// Makes a tenant, and its owner's membership.
    ///
    /// - Parameter slug: The first free one made of the name, if none.
    /// - Throws: ``TenantryError/invalid(message:what:value:reason:)`` for a name, slug, domain or key that cannot be, and
    ///   ``TenantryError/slugTaken(message:slug:)`` for a slug that another tenant has or had.
    @discardableResult
    public func create(
        name: String,
        owner: String,
        slug: String? = nil,
        domain: String? = nil,
        plan: Plan = .free
    ) async throws -> Tenant {
        try await change {
            Tenant(try $0.create(name: name, owner: owner, slug: slug, domain: domain ?? "", plan: plan.ffi))
        }
    }

    /// Gives a user who has no membership a tenant, as ``backfill(_:options:)`` does.
    ///
    /// - Returns: The new tenant, or none if there was a membership.
    /// - Throws: ``TenantryError/row(message:row:)`` for a user to whom the backfill could not give one.
    @discardableResult
    public func ensureTenant(for user: UserProfile) async throws -> Tenant? {
        try await change { try $0.ensureTenant(user: user.ffi).map { Tenant($0) } }
    }

    /// The tenant that has this slug, whoever may enter it, or none.
    public func tenant(slug: String) async throws -> Tenant? {
        try await ask { try $0.tenantBySlug(slug: slug).map { Tenant($0) } }
    }

    /// Renames a tenant. Its slug stays, unless another is asked for; the old one then still leads to it, and to no other tenant.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none,
    ///   ``TenantryError/invalid(message:what:value:reason:)`` for a name or slug that cannot be, and
    ///   ``TenantryError/slugTaken(message:slug:)`` for a slug that another tenant has or had.
    @discardableResult
    public func rename(_ id: TenantID, to name: String, slug: String? = nil) async throws -> Tenant {
        try await change { Tenant(try $0.rename(id: id.rawValue, name: name, slug: slug)) }
    }

    /// Sets the domain of a tenant, or takes it away.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none, and
    ///   ``TenantryError/invalid(message:what:value:reason:)`` for a domain that cannot be.
    @discardableResult
    public func setDomain(_ id: TenantID, to domain: String?) async throws -> Tenant {
        try await change { Tenant(try $0.setDomain(id: id.rawValue, domain: domain ?? "")) }
    }

    /// Sets the plan of a tenant.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none.
    @discardableResult
    public func setPlan(_ id: TenantID, to plan: Plan) async throws -> Tenant {
        try await change { Tenant(try $0.setPlan(id: id.rawValue, plan: plan.ffi)) }
    }

    /// Lets members enter a tenant, or nobody.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none.
    @discardableResult
    public func setTenantActive(_ id: TenantID, to active: Bool) async throws -> Tenant {
        try await change { Tenant(try $0.setTenantActive(id: id.rawValue, active: active)) }
    }

    /// Deletes a tenant with its memberships. No other tenant will ever get its slug.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none.
    public func delete(_ id: TenantID) async throws {
        try await change { try $0.delete(id: id.rawValue) }
    }

    // MARK: Members

    /// The members of a tenant, active or not.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is none.
    public func members(of id: TenantID) async throws -> [Membership] {
        try await ask { try $0.members(id: id.rawValue).map { Membership($0) } }
    }

    /// Makes a user a member.
    ///
    /// - Throws: ``TenantryError/noSuchTenant(message:tenantID:)`` if there is no such tenant, and
    ///   ``TenantryError/alreadyMember(message:tenantID:userKey:)`` if there is a membership, also a revoked one.
    @discardableResult
    public func join(_ id: TenantID, user: String, role: Role = .member) async throws -> Membership {
        try await change { Membership(try $0.join(id: id.rawValue, user: user, role: role.ffi)) }
    }

    /// Gives a member another role.
    ///
    /// - Throws: ``TenantryError/noSuchMembership(message:tenantID:userKey:)`` if there is none, and
    ///   ``TenantryError/lastOwner(message:tenantID:userKey:)`` if no active owner would be left.
    @discardableResult
    public func setRole(_ id: TenantID, user: String, to role: Role) async throws -> Membership {
        try await change { Membership(try $0.setRole(id: id.rawValue, user: user, role: role.ffi)) }
    }

    /// Revokes a membership, or gives it back.
    ///
    /// - Throws: ``TenantryError/noSuchMembership(message:tenantID:userKey:)`` if there is none, and
    ///   ``TenantryError/lastOwner(message:tenantID:userKey:)`` if no active owner would be left.
    @discardableResult
    public func setMembershipActive(_ id: TenantID, user: String, to active: Bool) async throws -> Membership {
        try await change { Membership(try $0.setMembershipActive(id: id.rawValue, user: user, active: active)) }
    }

    /// Removes a membership.
    ///
    /// - Throws: ``TenantryError/noSuchMembership(message:tenantID:userKey:)`` if there is none, and
    ///   ``TenantryError/lastOwner(message:tenantID:userKey:)`` if no active owner would be left.
    public func leave(_ id: TenantID, user: String) async throws {
        try await change { try $0.leave(id: id.rawValue, user: user) }
    }

    // MARK: The backfill

    /// Gives every user without a membership a tenant, in the order of their keys and in one transaction. A second run makes none.
    ///
    /// - Throws: ``TenantryError/row(message:row:)`` for a user to whom it cannot give one, if that is to stop it.
    @discardableResult
    public func backfill(_ users: [UserProfile], options: BackfillOptions = BackfillOptions()) async throws -> Report {
        try await change { Report(try $0.backfill(users: users.map(\.ffi), options: options.ffi)) }
    }

    /// Closes the file, once what is under way has ended. Closing twice does nothing.
    public func close() {
        engine.closeStore()
        listeners.close()
    }

    // MARK: How it is asked

    private func ask<T: Sendable>(_ call: @escaping @Sendable (Engine) throws -> T) async throws -> T {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            // Not on the threads of tasks, of which there are as many as cores and which must not wait for a file.
            queue.async { [engine] in
                continuation.resume(with: Result { try translated { try call(engine) } })
            }
        }
    }

    private func change<T: Sendable>(_ call: @escaping @Sendable (Engine) throws -> T) async throws -> T {
        try await ask { [listeners] engine in
            let done = try call(engine)
            // Here, for it is told also if the caller was cancelled meanwhile.
            listeners.tell()
            return done
        }
    }

    private func watch<T: Sendable & Equatable>(
        _ look: @escaping @Sendable () async throws -> T
    ) -> AsyncThrowingStream<T, Error> {
        let watch = Watch(listen: { self.changes() }, look: look)
        return AsyncThrowingStream(unfolding: { try await watch.next() })
    }
}
