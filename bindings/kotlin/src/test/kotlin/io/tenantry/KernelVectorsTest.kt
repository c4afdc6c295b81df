package io.tenantry

import org.junit.jupiter.api.TestFactory
import kotlin.test.assertEquals

class KernelVectorsTest {
    @TestFactory
    fun `a name becomes the slug that it becomes everywhere`() =
        Vectors.tests("slugify.json") { case ->
            assertEquals(case.text("django"), slugify(case.text("name")))
            assertEquals(case.text("transliterate"), slugify(case.text("name"), SlugStyle.TRANSLITERATE))
        }

    @TestFactory
    fun `a slug is valid or is not, as everywhere`() =
        Vectors.tests("slug_validity.json") { case -> assertEquals(case.flag("valid"), isValidSlug(case.text("slug"))) }

    @TestFactory
    fun `slugs are handed out as everywhere`() =
        Vectors.tests("allocation.json") { case ->
            val allocator = SlugAllocator(case.int("limit"))
            for (kind in listOf("existing", "retired", "reserved")) case.texts(kind).forEach(allocator::take)
            assertEquals(case.texts("slugs"), case.texts("bases").map(allocator::allocate))
        }

    @TestFactory
    fun `a tenant is named as everywhere`() =
        Vectors.tests("names.json") { case ->
            val wanted = TenantName(case.text("name"), case.flag("cut"))
            assertEquals(wanted, tenantName(case.textOrNull("business_name"), case.text("username")))
        }

    @TestFactory
    fun `a tier means the plan that it means everywhere`() =
        Vectors.tests("plans.json") { case ->
            assertEquals(TenantPlan(word(case.text("plan")), case.flag("known")), tenantPlan(case.textOrNull("tier")))
        }

    @TestFactory
    fun `users are taken in the order in which they are taken everywhere`() =
        Vectors.tests("key_order.json") { case -> assertEquals(case.texts("sorted"), case.texts("keys").sortedWith(keyOrder)) }

    @TestFactory
    fun `a host is a tenant's, or is not, as everywhere`() =
        Vectors.tests("domains.json") { case ->
            assertEquals(case.flag("matches"), isHostOf(case.text("host"), case.text("domain")))
        }
}
