/// What named the tenant.
public enum Source: String, Hashable, Sendable, CaseIterable {
    /// The selection: of a server's session, or the one that the store keeps.
    case session
    /// A header of the request.
    case header
    /// The host of the request, which is the tenant's domain.
    case domain
    /// The only tenant that the user may enter.
    case soleMembership = "sole_membership"
}

/// Why there is no tenant.
public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// There is no user.
    case anonymous
    /// The user may not enter what was asked for. It is the same answer for a tenant that does not exist, for that of others, for a
    /// revoked membership and for an inactive tenant, so that nobody learns which it is.
    case notAvailable = "not_available"
    /// The user may enter no tenant.
    case noMembership = "no_membership"
    /// The user may enter several, and selected none.
    case ambiguous
}

/// Who asks, and what names the tenant.
public struct Request: Hashable, Sendable {
    /// The key of the user, or none for nobody.
    public var user: String?
    /// The slug that was selected.
    public var selected: String?
    /// The slug that a header names; read if the engine has the source ``Source/header``.
    public var header: String?
    /// The host that was asked; read if the engine has the source ``Source/domain``.
    public var host: String?

    /// A request of a user, or of nobody.
    public init(user: String?, selected: String? = nil, header: String? = nil, host: String? = nil) {
        self.user = user
        self.selected = selected
        self.header = header
        self.host = host
    }
}

/// The answer: the tenant that a request is in, or why it is in none.
public enum Resolution: Hashable, Sendable {
    /// The request is in this tenant, where the user may do what the role says.
    case resolved(tenant: Tenant, role: Role, source: Source)
    /// The request is in no tenant.
    case unresolved(reason: Reason)

    /// The tenant, or none.
    public var tenant: Tenant? {
        switch self {
        case .resolved(let tenant, _, _): return tenant
        case .unresolved: return nil
        }
    }
}

/// A membership of the user who asks, with what counts of its tenant: for those who keep their rows elsewhere.
public struct Candidate: Hashable, Sendable {
    /// The tenant's slug.
    public var slug: String
    /// Whether the membership and the tenant are active.
    public var isUsable: Bool
    /// The retired slug of the tenant that was asked for, if it was one.
    public var retiredSlug: String?
    /// The tenant's domain, or none.
    public var domain: String?

    /// A membership in the tenant of this slug.
    public init(slug: String, isUsable: Bool, retiredSlug: String? = nil, domain: String? = nil) {
        self.slug = slug
        self.isUsable = isUsable
        self.retiredSlug = retiredSlug
        self.domain = domain
    }
}

/// Which of the candidates it is, or why none.
public enum Decision: Hashable, Sendable {
    /// It is the candidate at this place, from 0.
    case chosen(index: Int, source: Source)
    /// It is none.
    case refused(reason: Reason)
}
