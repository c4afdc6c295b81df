package io.tenantry

import com.sun.jna.Platform
import io.tenantry.ffi.EngineException
import io.tenantry.ffi.InternalException

/** Runs what calls the library, and says what goes wrong there in our own exceptions. */
internal inline fun <T> translated(block: () -> T): T =
    try {
        block()
    } catch (error: EngineException) {
        throw error.translated()
    } catch (error: InternalException) {
        throw TenantryException.Unexpected("a defect of tenantry, please report it: ${error.message}", "internal", error)
    } catch (error: LinkageError) {
        throw noLibrary(error)
    } catch (error: RuntimeException) {
        // The library is of another version: what is generated compares checksums, and has no class for that.
        if (error.message?.startsWith("UniFFI ") == true) throw noLibrary(error)
        throw error
    }

internal fun EngineException.translated(): TenantryException =
    when (this) {
        is EngineException.Invalid -> TenantryException.Invalid(words, what, value, reason)
        is EngineException.SlugTaken -> TenantryException.SlugTaken(words, slug)
        is EngineException.NotAvailable -> TenantryException.NotAvailable(words, slug)
        is EngineException.NoSuchTenant -> TenantryException.NoSuchTenant(words, TenantId(tenantId))
        is EngineException.NoSuchMembership -> TenantryException.NoSuchMembership(words, TenantId(tenantId), userKey)
        is EngineException.AlreadyMember -> TenantryException.AlreadyMember(words, TenantId(tenantId), userKey)
        is EngineException.LastOwner -> TenantryException.LastOwner(words, TenantId(tenantId), userKey)
        is EngineException.Row -> TenantryException.Row(words, row.toRowError())
        is EngineException.Snapshot -> TenantryException.Snapshot(words, reason)
        is EngineException.Closed -> TenantryException.Closed(words, path)
        is EngineException.Store -> TenantryException.Store(words, code, path)
        is EngineException.Other -> TenantryException.Unexpected(words, code)
    }

internal fun noLibrary(cause: Throwable) =
    TenantryException.NoLibrary(
        "the library of tenantry for ${Platform.RESOURCE_PREFIX} cannot be used: it has to be on the class path in the folder " +
            "${Platform.RESOURCE_PREFIX}/ and of the version of this jar (${cause.message})",
        cause,
    )
