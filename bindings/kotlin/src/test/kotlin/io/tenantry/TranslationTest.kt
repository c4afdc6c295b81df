package io.tenantry

import org.junit.jupiter.api.Test
import kotlin.reflect.KClass
import kotlin.reflect.full.memberProperties
import kotlin.test.assertEquals

/** A new field of the library has to be carried: the compiler does not say so, for it is read by name. */
class TranslationTest {
    @Test
    fun `each value has the fields that it has in the library`() {
        compare(io.tenantry.ffi.Tenant::class, Tenant::class)
        compare(io.tenantry.ffi.Membership::class, Membership::class)
        compare(io.tenantry.ffi.MemberOf::class, MemberOf::class, "isUsable" to null)
        compare(io.tenantry.ffi.Resolution.Resolved::class, Resolution.Resolved::class)
        compare(io.tenantry.ffi.Report::class, Report::class, "duration" to "seconds")
        // No row of a file reaches this far.
        compare(io.tenantry.ffi.RowError::class, RowError::class, "message" to "row")
        compare(io.tenantry.ffi.TenantName::class, TenantName::class)
        compare(io.tenantry.ffi.TenantPlan::class, TenantPlan::class)
    }

    private fun compare(
        theirs: KClass<*>,
        ours: KClass<*>,
        vararg renamed: Pair<String, String?>,
    ) {
        val names = renamed.toMap()
        val found = ours.memberProperties.mapNotNull { if (it.name in names) names[it.name] else it.name }
        assertEquals(theirs.memberProperties.map { it.name }.sorted(), found.sorted(), "$ours")
    }
}
