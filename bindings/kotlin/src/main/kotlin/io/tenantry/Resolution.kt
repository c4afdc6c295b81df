package io.tenantry

/** What named the tenant. */
public enum class Source {
    /** The selection: of a server's session, or the one that the store keeps. */
    SESSION,

    /** A header of the request. */
    HEADER,

    /** The host of the request, which is the tenant's domain. */
    DOMAIN,

    /** The only tenant that the user may enter. */
    SOLE_MEMBERSHIP,
}

/** Why there is no tenant. */
public enum class Reason {
    /** There is no user. */
    ANONYMOUS,

    /**
     * The user may not enter what was asked for. It is the same answer for a tenant that does not exist, for that of others, for a
     * revoked membership and for an inactive tenant, so that nobody learns which it is.
     */
    NOT_AVAILABLE,

    /** The user may enter no tenant. */
    NO_MEMBERSHIP,

    /** The user may enter several, and selected none. */
    AMBIGUOUS,
}

/** Who asks, and what names the tenant. */
public data class Request(
    /** The key of the user, or none for nobody. */
    public val user: String?,
    /** The slug that was selected. */
    public val selected: String? = null,
    /** The slug that a header names; read if the engine has the source [Source.HEADER]. */
    public val header: String? = null,
    /** The host that was asked; read if the engine has the source [Source.DOMAIN]. */
    public val host: String? = null,
)

/** The answer: the tenant that a request is in, or why it is in none. */
public sealed interface Resolution {
    /** The request is in a tenant. */
    public data class Resolved(
        override val tenant: Tenant,
        /** What the user may do there. */
        public val role: Role,
        /** What named it. */
        public val source: Source,
    ) : Resolution

    /** The request is in no tenant. */
    public data class Unresolved(
        /** Why. */
        public val reason: Reason,
    ) : Resolution {
        override val tenant: Tenant? get() = null
    }

    /** The tenant, or none. */
    public val tenant: Tenant?
}

/** A membership of the user who asks, with what counts of its tenant: for those who keep their rows elsewhere. */
public data class Candidate(
    /** The tenant's slug. */
    public val slug: String,
    /** Whether the membership and the tenant are active. */
    public val isUsable: Boolean,
    /** The retired slug of the tenant that was asked for, if it was one. */
    public val retiredSlug: String? = null,
    /** The tenant's domain, or none. */
    public val domain: String? = null,
)

/** Which of the candidates it is, or why none. */
public sealed interface Decision {
    /** It is the candidate at this place. */
    public data class Chosen(
        /** Its place, from 0. */
        public val index: Int,
        /** What named it. */
        public val source: Source,
    ) : Decision

    /** It is none. */
    public data class Refused(
        /** Why. */
        public val reason: Reason,
    ) : Decision
}
