import Foundation

/// A user as the application knows it.
public struct UserProfile: Hashable, Sendable {
    /// The primary key as text.
    public var key: String
    /// The login name. A tenant of a user without a business name is named after it.
    public var username: String?
    /// What the tenant will be named, unless it is blank.
    public var businessName: String?
    /// The tenant's domain.
    public var businessDomain: String?
    /// The tenant's plan.
    public var tier: String?

    /// The user of this key.
    public init(
        key: String,
        username: String? = nil,
        businessName: String? = nil,
        businessDomain: String? = nil,
        tier: String? = nil
    ) {
        self.key = key
        self.username = username
        self.businessName = businessName
        self.businessDomain = businessDomain
        self.tier = tier
    }
}

/// What a row in error does.
public enum OnError: String, Hashable, Sendable, CaseIterable {
    /// It ends the run, and nothing is kept.
    case stop
    /// It is listed in the report, and the run goes on without it.
    case skip
}

/// What becomes of a tier that is no plan.
public enum UnknownPlan: String, Hashable, Sendable, CaseIterable {
    /// It becomes ``Plan/free``, and the report lists it.
    case free
    /// It is an error of the row.
    case reject
}

/// How a backfill works.
public struct BackfillOptions: Hashable, Sendable {
    /// Whether to report only, and write nothing.
    public var dryRun: Bool
    /// What a row in error does.
    public var onError: OnError
    /// What becomes of a tier that is no plan.
    public var unknownPlan: UnknownPlan

    /// The defaults are right for most.
    public init(dryRun: Bool = false, onError: OnError = .stop, unknownPlan: UnknownPlan = .free) {
        self.dryRun = dryRun
        self.onError = onError
        self.unknownPlan = unknownPlan
    }
}

/// Which of the user's values is at fault.
public enum Column: String, Hashable, Sendable, CaseIterable {
    case key, username, name, domain, plan
}

/// What is wrong with a value.
public enum RowFault: String, Hashable, Sendable, CaseIterable {
    case empty
    case tooLong = "too_long"
    case nul
    case unknown
    case duplicate
    case notUTF8 = "not_utf8"
    case wrongType = "wrong_type"
}

/// A user to whom the backfill cannot give a tenant.
public struct RowError: Hashable, Sendable {
    /// The user, if the key could be read; cut to 40 characters.
    public let userKey: String?
    /// The value at fault.
    public let column: Column
    /// What is wrong with it.
    public let fault: RowFault
    /// The value, cut to 40 characters.
    public let value: String
    /// All that as a sentence, with what to do.
    public let message: String
}

/// A tier that is no plan.
public struct UnknownTier: Hashable, Sendable {
    /// The tier.
    public let tier: String
    /// How many users have it.
    public let users: Int
}

/// What a backfill did, or would have done in a dry run. A slug may count more than once: both cut and suffixed, say.
public struct Report: Hashable, Sendable {
    /// The number of the run; none for a dry run.
    public let run: Int64?
    /// Whether nothing was written.
    public let dryRun: Bool
    /// Users that were looked at.
    public let seen: Int
    /// Tenants that were made.
    public let created: Int
    /// Users who had a membership already.
    public let skipped: Int
    /// Users in error.
    public let failed: Int
    /// Slugs that are the name's own.
    public let slugsUnchanged: Int
    /// Slugs that got a number.
    public let slugsSuffixed: Int
    /// Slugs that were too long.
    public let slugsCut: Int
    /// Slugs of names in another script.
    public let slugsTransliterated: Int
    /// Slugs of names of which nothing was left.
    public let slugsFallenBack: Int
    /// Names that were too long.
    public let namesCut: Int
    /// Tiers that are no plan, and how many users have each. No dictionary: to that, texts that look the same are one.
    public let unknownPlans: [UnknownTier]
    /// The users in error.
    public let errors: [RowError]
    /// How long it took, in seconds.
    public let seconds: TimeInterval
}

/// The name of a user's tenant.
public struct TenantName: Hashable, Sendable {
    /// The name, 1 to 200 characters.
    public let name: String
    /// Whether it was too long.
    public let wasCut: Bool
}

/// The plan of a user's tenant.
public struct TenantPlan: Hashable, Sendable {
    /// The plan.
    public let plan: Plan
    /// Whether the tier was one, or blank.
    public let isKnown: Bool
}
