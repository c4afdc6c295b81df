package io.tenantry

import java.time.Instant

/** The number of a tenant in its store. Another store, the server's too, numbers the same tenant otherwise. */
@JvmInline
public value class TenantId(
    /** The number. */
    public val value: Long,
) {
    /** The number alone. */
    override fun toString(): String = value.toString()
}

/** What a tenant pays for. */
public enum class Plan { FREE, STARTER, GROWTH, PRO, ENTERPRISE }

/** A workspace that users share. */
public data class Tenant(
    /** Its number in this store. */
    public val id: TenantId,
    /** Its name, 1 to 200 characters. */
    public val name: String,
    /** Its slug, 1 to 80 of `a-z`, `0-9`, `-` and `_`. No other tenant has it. */
    public val slug: String,
    /** Its domain, at most 255 characters, or none. */
    public val domain: String?,
    /** Its plan. */
    public val plan: Plan,
    /** Whether anybody may enter it. */
    public val isActive: Boolean,
    /** When it was made. */
    public val createdAt: Instant,
    /** When it was last changed. */
    public val updatedAt: Instant,
)

/** What a member may do. tenantry keeps the roles, and the application says what they mean. */
public enum class Role { OWNER, ADMIN, MEMBER }

/** A user in a tenant. */
public data class Membership(
    /** The tenant. */
    public val tenantId: TenantId,
    /** The key of the user, as the server knows it. */
    public val userKey: String,
    /** What the user may do. */
    public val role: Role,
    /** Whether it counts. A revoked one is kept, and does not. */
    public val isActive: Boolean,
    /** When it was made. */
    public val createdAt: Instant,
    /** When it was last changed. */
    public val updatedAt: Instant,
)

/** A tenant with the user's membership in it. */
public data class MemberOf(
    /** The tenant. */
    public val tenant: Tenant,
    /** The membership. */
    public val membership: Membership,
) {
    /** Whether the user may enter: the membership is active, and so is the tenant. */
    public val isUsable: Boolean get() = membership.isActive && tenant.isActive
}
