import TenantryFFI

// Between the values of the library and those that people use. Each `switch` is whole, so that a new word fails to compile until it
// has a translation.

// MARK: What comes back

extension Tenant {
    init(_ tenant: TenantryFFI.Tenant) {
        self.init(
            id: TenantID(rawValue: tenant.id),
            name: tenant.name,
            slug: tenant.slug,
            domain: tenant.domain.isEmpty ? nil : tenant.domain,
            plan: Plan(tenant.plan),
            isActive: tenant.isActive,
            createdAt: tenant.createdAt,
            updatedAt: tenant.updatedAt
        )
    }
}

extension Membership {
    init(_ membership: TenantryFFI.Membership) {
        self.init(
            tenantID: TenantID(rawValue: membership.tenantId),
            userKey: membership.userKey,
            role: Role(membership.role),
            isActive: membership.isActive,
            createdAt: membership.createdAt,
            updatedAt: membership.updatedAt
        )
    }
}

extension MemberOf {
    init(_ one: TenantryFFI.MemberOf) {
        self.init(tenant: Tenant(one.tenant), membership: Membership(one.membership))
    }
}

extension Resolution {
    init(_ answer: TenantryFFI.Resolution) {
        switch answer {
        case .resolved(let tenant, let role, let source):
            self = .resolved(tenant: Tenant(tenant), role: Role(role), source: Source(source))
        case .unresolved(let reason):
            self = .unresolved(reason: Reason(reason))
        }
    }
}

extension Decision {
    init(_ decision: TenantryFFI.Decision) {
        switch decision {
        case .chosen(let index, let source): self = .chosen(index: Int(index), source: Source(source))
        case .refused(let reason): self = .refused(reason: Reason(reason))
        }
    }
}

extension RowError {
    init(_ error: TenantryFFI.RowError) {
        self.init(
            userKey: error.userKey,
            column: Column(error.column),
            fault: RowFault(error.fault),
            value: error.value,
            message: TenantryFFI.rowErrorWords(error: error)
        )
    }
}

extension Report {
    init(_ report: TenantryFFI.Report) {
        self.init(
            run: report.run,
            dryRun: report.dryRun,
            seen: Int(report.seen),
            created: Int(report.created),
            skipped: Int(report.skipped),
            failed: Int(report.failed),
            slugsUnchanged: Int(report.slugsUnchanged),
            slugsSuffixed: Int(report.slugsSuffixed),
            slugsCut: Int(report.slugsCut),
            slugsTransliterated: Int(report.slugsTransliterated),
            slugsFallenBack: Int(report.slugsFallenBack),
            namesCut: Int(report.namesCut),
            unknownPlans: report.unknownPlans.map { UnknownTier(tier: $0.tier, users: Int($0.users)) },
            errors: report.errors.map { RowError($0) },
            seconds: report.seconds
        )
    }
}

extension Plan {
    init(_ plan: TenantryFFI.Plan) {
        switch plan {
        case .free: self = .free
        case .starter: self = .starter
        case .growth: self = .growth
        case .pro: self = .pro
        case .enterprise: self = .enterprise
        }
    }

    var ffi: TenantryFFI.Plan {
        switch self {
        case .free: return .free
        case .starter: return .starter
        case .growth: return .growth
        case .pro: return .pro
        case .enterprise: return .enterprise
        }
    }
}

extension Role {
    init(_ role: TenantryFFI.Role) {
        switch role {
        case .owner: self = .owner
        case .admin: self = .admin
        case .member: self = .member
        }
    }

    var ffi: TenantryFFI.Role {
        switch self {
        case .owner: return .owner
        case .admin: return .admin
        case .member: return .member
        }
    }
}

extension Source {
    init(_ source: TenantryFFI.Source) {
        switch source {
        case .session: self = .session
        case .header: self = .header
        case .domain: self = .domain
        case .soleMembership: self = .soleMembership
        }
    }

    var ffi: TenantryFFI.Source {
        switch self {
        case .session: return .session
        case .header: return .header
        case .domain: return .domain
        case .soleMembership: return .soleMembership
        }
    }
}

extension Reason {
    init(_ reason: TenantryFFI.Reason) {
        switch reason {
        case .anonymous: self = .anonymous
        case .notAvailable: self = .notAvailable
        case .noMembership: self = .noMembership
        case .ambiguous: self = .ambiguous
        }
    }
}

extension Column {
    init(_ column: TenantryFFI.Column) {
        switch column {
        case .key: self = .key
        case .username: self = .username
        case .name: self = .name
        case .domain: self = .domain
        case .plan: self = .plan
        }
    }
}

extension RowFault {
    init(_ fault: TenantryFFI.RowFault) {
        switch fault {
        case .empty: self = .empty
        case .tooLong: self = .tooLong
        case .nul: self = .nul
        case .unknown: self = .unknown
        case .duplicate: self = .duplicate
        case .notUtf8: self = .notUTF8
        case .wrongType: self = .wrongType
        }
    }
}

// MARK: What goes in

extension Request {
    var ffi: TenantryFFI.Request {
        TenantryFFI.Request(user: user, selected: selected, header: header, host: host)
    }
}

extension Candidate {
    var ffi: TenantryFFI.Candidate {
        TenantryFFI.Candidate(slug: slug, retiredSlug: retiredSlug, domain: domain ?? "", usable: isUsable)
    }
}

extension UserProfile {
    var ffi: TenantryFFI.UserProfile {
        TenantryFFI.UserProfile(
            key: key,
            username: username ?? "",
            businessName: businessName ?? "",
            businessDomain: businessDomain ?? "",
            tier: tier ?? ""
        )
    }
}

extension EngineOptions {
    var ffi: TenantryFFI.EngineOptions {
        TenantryFFI.EngineOptions(
            create: create,
            busyTimeoutMillis: busyTimeout.isNaN ? 0 : UInt64(clamping: Int64(min(max(busyTimeout, 0), 1e12) * 1000)),
            sources: sources.map(\.ffi),
            slugStyle: slugs.style.ffi,
            slugLimit: UInt32(clamping: slugs.limit),
            reservedSlugs: slugs.reserved
        )
    }
}

extension BackfillOptions {
    var ffi: TenantryFFI.BackfillOptions {
        TenantryFFI.BackfillOptions(dryRun: dryRun, onError: onError.ffi, unknownPlan: unknownPlan.ffi)
    }
}

extension OnError {
    var ffi: TenantryFFI.OnError {
        switch self {
        case .stop: return .stop
        case .skip: return .skip
        }
    }
}

extension UnknownPlan {
    var ffi: TenantryFFI.UnknownPlan {
        switch self {
        case .free: return .free
        case .reject: return .reject
        }
    }
}

extension SlugStyle {
    var ffi: TenantryFFI.SlugStyle {
        switch self {
        case .django: return .django
        case .transliterate: return .transliterate
        }
    }
}
