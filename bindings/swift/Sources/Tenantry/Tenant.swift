import Foundation

/// The number of a tenant in its store. Another store, the server's too, numbers the same tenant otherwise.
public struct TenantID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    public let rawValue: Int64

    /// The tenant with this number.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The number alone.
    public var description: String { String(rawValue) }
}

/// What a tenant pays for.
public enum Plan: String, Hashable, Sendable, CaseIterable {
    case free, starter, growth, pro, enterprise
}

/// A workspace that users share.
public struct Tenant: Hashable, Sendable, Identifiable {
    /// Its number in this store.
    public let id: TenantID
    /// Its name, 1 to 200 characters.
    public let name: String
    /// Its slug, 1 to 80 of `a-z`, `0-9`, `-` and `_`. No other tenant has it.
    public let slug: String
    /// Its domain, at most 255 characters, or none.
    public let domain: String?
    /// Its plan.
    public let plan: Plan
    /// Whether anybody may enter it.
    public let isActive: Bool
    /// When it was made.
    public let createdAt: Date
    /// When it was last changed.
    public let updatedAt: Date
}

/// What a member may do. tenantry keeps the roles, and the application says what they mean.
public enum Role: String, Hashable, Sendable, CaseIterable {
    case owner, admin, member
}

/// A user in a tenant.
public struct Membership: Hashable, Sendable {
    /// The tenant.
    public let tenantID: TenantID
    /// The key of the user, as the server knows it.
    public let userKey: String
    /// What the user may do.
    public let role: Role
    /// Whether it counts. A revoked one is kept, and does not.
    public let isActive: Bool
    /// When it was made.
    public let createdAt: Date
    /// When it was last changed.
    public let updatedAt: Date
}

/// A tenant with the user's membership in it.
public struct MemberOf: Hashable, Sendable, Identifiable {
    /// The tenant.
    public let tenant: Tenant
    /// The membership.
    public let membership: Membership

    /// That of the tenant: a user has one membership in it.
    public var id: TenantID { tenant.id }
    /// Whether the user may enter: the membership is active, and so is the tenant.
    public var isUsable: Bool { membership.isActive && tenant.isActive }
}
