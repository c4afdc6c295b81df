package io.tenantry

import kotlin.time.Duration

/** A user as the application knows it. */
public data class UserProfile(
    /** The primary key as text. */
    public val key: String,
    /** The login name. A tenant of a user without a business name is named after it. */
    public val username: String? = null,
    /** What the tenant will be named, unless it is blank. */
    public val businessName: String? = null,
    /** The tenant's domain. */
    public val businessDomain: String? = null,
    /** The tenant's plan. */
    public val tier: String? = null,
)

/** What a row in error does. */
public enum class OnError {
    /** It ends the run, and nothing is kept. */
    STOP,

    /** It is listed in the report, and the run goes on without it. */
    SKIP,
}

/** What becomes of a tier that is no plan. */
public enum class UnknownPlan {
    /** It becomes [Plan.FREE], and the report lists it. */
    FREE,

    /** It is an error of the row. */
    REJECT,
}

/** How a backfill works. */
public data class BackfillOptions(
    /** Whether to report only, and write nothing. */
    public val dryRun: Boolean = false,
    /** What a row in error does. */
    public val onError: OnError = OnError.STOP,
    /** What becomes of a tier that is no plan. */
    public val unknownPlan: UnknownPlan = UnknownPlan.FREE,
)

/** Which of the user's values is at fault. */
public enum class Column { KEY, USERNAME, NAME, DOMAIN, PLAN }

/** What is wrong with a value. */
public enum class RowFault { EMPTY, TOO_LONG, NUL, UNKNOWN, DUPLICATE, NOT_UTF8, WRONG_TYPE }

/** A user to whom the backfill cannot give a tenant. */
public data class RowError(
    /** The user, if the key could be read; cut to 40 characters. */
    public val userKey: String?,
    /** The value at fault. */
    public val column: Column,
    /** What is wrong with it. */
    public val fault: RowFault,
    /** The value, cut to 40 characters. */
    public val value: String,
    /** All that as a sentence, with what to do. */
    public val message: String,
)

/** What a backfill did, or would have done in a dry run. A slug may count more than once: both cut and suffixed, say. */
public data class Report(
    /** The number of the run; none for a dry run. */
    public val run: Long?,
    /** Whether nothing was written. */
    public val dryRun: Boolean,
    /** Users that were looked at. */
    public val seen: Long,
    /** Tenants that were made. */
    public val created: Long,
    /** Users who had a membership already. */
    public val skipped: Long,
    /** Users in error. */
    public val failed: Long,
    /** Slugs that are the name's own. */
    public val slugsUnchanged: Long,
    /** Slugs that got a number. */
    public val slugsSuffixed: Long,
    /** Slugs that were too long. */
    public val slugsCut: Long,
    /** Slugs of names in another script. */
    public val slugsTransliterated: Long,
    /** Slugs of names of which nothing was left. */
    public val slugsFallenBack: Long,
    /** Names that were too long. */
    public val namesCut: Long,
    /** Tiers that are no plan, and how many users have each. */
    public val unknownPlans: Map<String, Long>,
    /** The users in error. */
    public val errors: List<RowError>,
    /** How long it took. */
    public val duration: Duration,
)

/** The name of a user's tenant. */
public data class TenantName(
    /** The name, 1 to 200 characters. */
    public val name: String,
    /** Whether it was too long. */
    public val wasCut: Boolean,
)

/** The plan of a user's tenant. */
public data class TenantPlan(
    /** The plan. */
    public val plan: Plan,
    /** Whether the tier was one, or blank. */
    public val isKnown: Boolean,
)
