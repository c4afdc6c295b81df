package io.tenantry

import kotlin.time.Duration.Companion.seconds
import io.tenantry.ffi.BackfillOptions as FfiBackfillOptions
import io.tenantry.ffi.Candidate as FfiCandidate
import io.tenantry.ffi.Column as FfiColumn
import io.tenantry.ffi.Decision as FfiDecision
import io.tenantry.ffi.EngineOptions as FfiEngineOptions
import io.tenantry.ffi.MemberOf as FfiMemberOf
import io.tenantry.ffi.Membership as FfiMembership
import io.tenantry.ffi.OnError as FfiOnError
import io.tenantry.ffi.Plan as FfiPlan
import io.tenantry.ffi.Reason as FfiReason
import io.tenantry.ffi.Report as FfiReport
import io.tenantry.ffi.Request as FfiRequest
import io.tenantry.ffi.Resolution as FfiResolution
import io.tenantry.ffi.Role as FfiRole
import io.tenantry.ffi.RowError as FfiRowError
import io.tenantry.ffi.RowFault as FfiRowFault
import io.tenantry.ffi.SlugStyle as FfiSlugStyle
import io.tenantry.ffi.Source as FfiSource
import io.tenantry.ffi.Tenant as FfiTenant
import io.tenantry.ffi.UnknownPlan as FfiUnknownPlan
import io.tenantry.ffi.UserProfile as FfiUserProfile
import io.tenantry.ffi.rowErrorWords as ffiRowErrorWords

// Between the values of the library and those that people use. Each `when` is whole, so that a new word fails to compile until it
// has a translation; a test compares the fields.

// What comes back

internal fun FfiTenant.toTenant() = Tenant(TenantId(id), name, slug, domain.ifEmpty { null }, plan.toPlan(), isActive, createdAt, updatedAt)

internal fun FfiMembership.toMembership() = Membership(TenantId(tenantId), userKey, role.toRole(), isActive, createdAt, updatedAt)

internal fun FfiMemberOf.toMemberOf() = MemberOf(tenant.toTenant(), membership.toMembership())

internal fun FfiResolution.toResolution(): Resolution =
    when (this) {
        is FfiResolution.Resolved -> toResolved()
        is FfiResolution.Unresolved -> Resolution.Unresolved(reason.toReason())
    }

internal fun FfiResolution.Resolved.toResolved() = Resolution.Resolved(tenant.toTenant(), role.toRole(), source.toSource())

internal fun FfiDecision.toDecision(): Decision =
    when (this) {
        is FfiDecision.Chosen -> Decision.Chosen(index.toInt(), source.toSource())
        is FfiDecision.Refused -> Decision.Refused(reason.toReason())
    }

internal fun FfiRowError.toRowError() = RowError(userKey, column.toColumn(), fault.toRowFault(), value, ffiRowErrorWords(this))

internal fun FfiReport.toReport() =
    Report(
        run = run,
        dryRun = dryRun,
        seen = seen.toLong(),
        created = created.toLong(),
        skipped = skipped.toLong(),
        failed = failed.toLong(),
        slugsUnchanged = slugsUnchanged.toLong(),
        slugsSuffixed = slugsSuffixed.toLong(),
        slugsCut = slugsCut.toLong(),
        slugsTransliterated = slugsTransliterated.toLong(),
        slugsFallenBack = slugsFallenBack.toLong(),
        namesCut = namesCut.toLong(),
        unknownPlans = unknownPlans.associate { it.tier to it.users.toLong() },
        errors = errors.map { it.toRowError() },
        duration = seconds.seconds,
    )

internal fun FfiPlan.toPlan() =
    when (this) {
        FfiPlan.FREE -> Plan.FREE
        FfiPlan.STARTER -> Plan.STARTER
        FfiPlan.GROWTH -> Plan.GROWTH
        FfiPlan.PRO -> Plan.PRO
        FfiPlan.ENTERPRISE -> Plan.ENTERPRISE
    }

private fun FfiRole.toRole() =
    when (this) {
        FfiRole.OWNER -> Role.OWNER
        FfiRole.ADMIN -> Role.ADMIN
        FfiRole.MEMBER -> Role.MEMBER
    }

private fun FfiSource.toSource() =
    when (this) {
        FfiSource.SESSION -> Source.SESSION
        FfiSource.HEADER -> Source.HEADER
        FfiSource.DOMAIN -> Source.DOMAIN
        FfiSource.SOLE_MEMBERSHIP -> Source.SOLE_MEMBERSHIP
    }

private fun FfiReason.toReason() =
    when (this) {
        FfiReason.ANONYMOUS -> Reason.ANONYMOUS
        FfiReason.NOT_AVAILABLE -> Reason.NOT_AVAILABLE
        FfiReason.NO_MEMBERSHIP -> Reason.NO_MEMBERSHIP
        FfiReason.AMBIGUOUS -> Reason.AMBIGUOUS
    }

private fun FfiColumn.toColumn() =
    when (this) {
        FfiColumn.KEY -> Column.KEY
        FfiColumn.USERNAME -> Column.USERNAME
        FfiColumn.NAME -> Column.NAME
        FfiColumn.DOMAIN -> Column.DOMAIN
        FfiColumn.PLAN -> Column.PLAN
    }

private fun FfiRowFault.toRowFault() =
    when (this) {
        FfiRowFault.EMPTY -> RowFault.EMPTY
        FfiRowFault.TOO_LONG -> RowFault.TOO_LONG
        FfiRowFault.NUL -> RowFault.NUL
        FfiRowFault.UNKNOWN -> RowFault.UNKNOWN
        FfiRowFault.DUPLICATE -> RowFault.DUPLICATE
        FfiRowFault.NOT_UTF8 -> RowFault.NOT_UTF8
        FfiRowFault.WRONG_TYPE -> RowFault.WRONG_TYPE
    }

// What goes in

internal fun Request.toFfi() = FfiRequest(user?.text("user key"), selected?.asAsked(), header?.asAsked(), host?.asAsked())

internal fun Candidate.toFfi() = FfiCandidate(slug.asAsked(), retiredSlug?.asAsked(), domain.orEmpty().asAsked(), isUsable)

internal fun UserProfile.toFfi() =
    FfiUserProfile(
        key = key.text("user key"),
        username = username.orEmpty().text("username"),
        businessName = businessName.orEmpty().text("business name"),
        businessDomain = businessDomain.orEmpty().text("business domain"),
        tier = tier.orEmpty().text("tier"),
    )

internal fun EngineOptions.toFfi() =
    FfiEngineOptions(
        create = create,
        busyTimeoutMillis = busyTimeout.inWholeMilliseconds.coerceAtLeast(0).toULong(),
        sources = sources.map { it.toFfi() },
        slugStyle = slugs.style.toFfi(),
        slugLimit = slugs.limit.coerceAtLeast(0).toUInt(),
        reservedSlugs = slugs.reserved.map { it.text("reserved slug") },
    )

internal fun BackfillOptions.toFfi() =
    FfiBackfillOptions(
        dryRun = dryRun,
        onError =
            when (onError) {
                OnError.STOP -> FfiOnError.STOP
                OnError.SKIP -> FfiOnError.SKIP
            },
        unknownPlan =
            when (unknownPlan) {
                UnknownPlan.FREE -> FfiUnknownPlan.FREE
                UnknownPlan.REJECT -> FfiUnknownPlan.REJECT
            },
    )

internal fun Plan.toFfi() =
    when (this) {
        Plan.FREE -> FfiPlan.FREE
        Plan.STARTER -> FfiPlan.STARTER
        Plan.GROWTH -> FfiPlan.GROWTH
        Plan.PRO -> FfiPlan.PRO
        Plan.ENTERPRISE -> FfiPlan.ENTERPRISE
    }

internal fun Role.toFfi() =
    when (this) {
        Role.OWNER -> FfiRole.OWNER
        Role.ADMIN -> FfiRole.ADMIN
        Role.MEMBER -> FfiRole.MEMBER
    }

internal fun Source.toFfi() =
    when (this) {
        Source.SESSION -> FfiSource.SESSION
        Source.HEADER -> FfiSource.HEADER
        Source.DOMAIN -> FfiSource.DOMAIN
        Source.SOLE_MEMBERSHIP -> FfiSource.SOLE_MEMBERSHIP
    }

internal fun SlugStyle.toFfi() =
    when (this) {
        SlugStyle.DJANGO -> FfiSlugStyle.DJANGO
        SlugStyle.TRANSLITERATE -> FfiSlugStyle.TRANSLITERATE
    }
