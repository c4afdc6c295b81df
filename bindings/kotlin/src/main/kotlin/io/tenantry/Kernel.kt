package io.tenantry

import io.tenantry.ffi.decide as ffiDecide
import io.tenantry.ffi.isHostOf as ffiIsHostOf
import io.tenantry.ffi.keyOrder as ffiKeyOrder
import io.tenantry.ffi.tenantName as ffiTenantName
import io.tenantry.ffi.tenantPlan as ffiTenantPlan

/**
 * Decides which of the memberships that were read a request is in, by the rule of [TenancyEngine.resolve]: for those who keep
 * their rows in a database of their own.
 *
 * @param candidates the user's memberships; with a selection, the one in the tenant of that slug is enough.
 * @param sources what may name the tenant, in the order of trying.
 * @sample io.tenantry.Samples.rowsElsewhere
 */
public fun decide(
    request: Request,
    candidates: List<Candidate>,
    sources: List<Source> = listOf(Source.SESSION),
): Decision =
    translated {
        ffiDecide(request.toFfi(), sources.map { it.toFfi() }, candidates.map { it.toFfi() }).toDecision()
    }

/** The name that the backfill gives a user's tenant: the business name, or `<username>'s Workspace`. */
public fun tenantName(
    businessName: String?,
    username: String,
): TenantName =
    translated {
        ffiTenantName(businessName.orEmpty().text("tenant name"), username.text("username")).let { TenantName(it.name, it.wasCut) }
    }

/** The plan that the backfill gives a user's tenant; an unknown tier becomes [Plan.FREE]. */
public fun tenantPlan(tier: String?): TenantPlan =
    translated {
        ffiTenantPlan(tier.orEmpty().text("plan")).let { TenantPlan(it.plan.toPlan(), it.isKnown) }
    }

/** The order in which the backfill takes users: by their keys, numbers before texts. */
public val keyOrder: Comparator<String> =
    Comparator { a, b -> translated { ffiKeyOrder(a.text("user key"), b.text("user key")).toInt() } }

/** Whether a host is that of a tenant's domain: the whole of it, without case, port and trailing dot. */
public fun isHostOf(
    host: String,
    domain: String,
): Boolean = host.isWellFormed() && domain.isWellFormed() && translated { ffiIsHostOf(host, domain) }
