import TenantryFFI

/// Decides which of the memberships that were read a request is in, by the rule of ``TenancyEngine/resolve(_:)``: for those who keep
/// their rows in a database of their own.
///
/// - Parameters:
///   - request: Who asks, and what names the tenant.
///   - candidates: The user's memberships; with a selection, the one in the tenant of that slug is enough.
///   - sources: What may name the tenant, in the order of trying.
public func decide(_ request: Request, among candidates: [Candidate], sources: [Source] = [.session]) -> Decision {
    let decision = TenantryFFI.decide(request: request.ffi, sources: sources.map(\.ffi), read: candidates.map(\.ffi))
    return Decision(decision)
}

/// The name that the backfill gives a user's tenant: the business name, or `<username>'s Workspace`.
public func tenantName(businessName: String?, username: String) -> TenantName {
    let found = TenantryFFI.tenantName(businessName: businessName ?? "", username: username)
    return TenantName(name: found.name, wasCut: found.wasCut)
}

/// The plan that the backfill gives a user's tenant; an unknown tier becomes ``Plan/free``.
public func tenantPlan(tier: String?) -> TenantPlan {
    let found = TenantryFFI.tenantPlan(tier: tier ?? "")
    return TenantPlan(plan: Plan(found.plan), isKnown: found.isKnown)
}

/// Whether the backfill takes the user of the first key before that of the second: numbers before texts.
///
/// ```swift
/// ["10", "9", "ann"].sorted(by: isOrderedBefore)   // ["9", "10", "ann"]
/// ```
public func isOrderedBefore(_ a: String, _ b: String) -> Bool {
    TenantryFFI.keyOrder(a: a, b: b) < 0
}

/// Whether a host is that of a tenant's domain: the whole of it, without case, port and trailing dot.
public func isHost(_ host: String, of domain: String) -> Bool {
    TenantryFFI.isHostOf(host: host, domain: domain)
}
