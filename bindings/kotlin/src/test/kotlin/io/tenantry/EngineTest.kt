package io.tenantry

import org.junit.jupiter.api.Test
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds

class EngineTest : Engines() {
    @Test
    fun `a tenant lives from its making to its deletion`() =
        test {
            open().use { engine ->
                val made = engine.create(" Acme ", owner = "ann", domain = "acme.example.com", plan = Plan.PRO)
                assertEquals(listOf("Acme", "acme", "acme.example.com"), listOf(made.name, made.slug, made.domain))
                assertEquals(made, engine.tenantBySlug("acme"))

                val renamed = engine.rename(made.id, "Acme Inc", slug = "acme-inc")
                assertEquals("acme-inc", renamed.slug)
                assertNull(engine.tenantBySlug("acme"), "it is retired")
                assertNull(engine.setDomain(made.id, null).domain)
                assertEquals(Plan.FREE, engine.setPlan(made.id, Plan.FREE).plan)
                assertFalse(engine.setTenantActive(made.id, false).isActive)
                assertFalse(engine.tenantsOf("ann").single().isUsable)

                engine.delete(made.id)
                assertEquals(emptyList(), engine.tenantsOf("ann"))
                assertFailsWith<TenantryException.SlugTaken> { engine.create("Acme", owner = "bob", slug = "acme") }
            }
        }

    @Test
    fun `a member joins, is promoted and leaves`() =
        test {
            open().use { engine ->
                val id = engine.create("Acme", owner = "ann").id
                assertEquals(Role.MEMBER, engine.join(id, "bob").role)
                assertEquals(Role.OWNER, engine.setRole(id, "bob", Role.OWNER).role)
                assertEquals(listOf("ann", "bob"), engine.members(id).map { it.userKey })
                engine.leave(id, "ann")
                assertFailsWith<TenantryException.LastOwner> { engine.leave(id, "bob") }
            }
        }

    @Test
    fun `who signs up gets a tenant once`() =
        test {
            open().use { engine ->
                val user = UserProfile("7", username = "ann")
                assertEquals("ann's Workspace", engine.ensureTenant(user)?.name)
                assertNull(engine.ensureTenant(user))
                val tooLong = user.copy(key = "8", businessDomain = "x".repeat(256))
                val refused = assertFailsWith<TenantryException.Row> { engine.ensureTenant(tooLong) }
                assertEquals(Column.DOMAIN to RowFault.TOO_LONG, refused.row.column to refused.row.fault)
                assertContains(refused.row.message, "business domain")
            }
        }

    @Test
    fun `a dry run reports and writes nothing`() =
        test {
            open().use { engine ->
                val users = listOf(UserProfile("1", businessName = "Acme", tier = "gold"), UserProfile("", businessName = "Globex"))
                val report = engine.backfill(users, BackfillOptions(dryRun = true, onError = OnError.SKIP))
                assertEquals(listOf(2L, 1L, 1L), listOf(report.seen, report.created, report.failed))
                assertEquals(mapOf("gold" to 1L), report.unknownPlans)
                assertTrue(report.dryRun && report.run == null && report.duration > Duration.ZERO)
                assertContains(report.errors.single().message, "is empty")
                assertEquals(emptyList(), engine.tenantsOf("1"))
            }
        }

    @Test
    fun `what another may enter cannot be told from what does not exist`() =
        test {
            open().use { engine ->
                engine.create("Acme", owner = "ann")
                val others = assertFailsWith<TenantryException.NotAvailable> { engine.select("bob", "acme") }
                val nobodys = assertFailsWith<TenantryException.NotAvailable> { engine.select("bob", "none") }
                assertEquals(others.message.replace("acme", "none"), nobodys.message)
                assertEquals("acme", others.slug)
            }
        }

    @Test
    fun `a selection that no slug can be is not available`() =
        test {
            open().use { engine ->
                engine.create("Acme", owner = "ann")
                for (selected in listOf("a\u0000", "a".repeat(100_000), "\uD800", "acme\uDFFF", "🏢", " acme", "acme/../x")) {
                    val answer = engine.resolve(Request("ann", selected))
                    assertEquals(Resolution.Unresolved(Reason.NOT_AVAILABLE), answer, selected.take(20))
                    assertFailsWith<TenantryException.NotAvailable> { engine.select("ann", selected) }
                    assertNull(engine.tenantBySlug(selected))
                }
                assertEquals(Reason.ANONYMOUS, (engine.resolve(Request(null, "acme")) as Resolution.Unresolved).reason)
                assertEquals("acme", engine.resolve(Request("ann", "")).tenant?.slug, "empty is none")
            }
        }

    @Test
    fun `an error says the value and what to do, and changes nothing`() =
        test {
            open().use { engine ->
                val acme = engine.create("Acme", owner = "ann")
                val invalid = assertFailsWith<TenantryException.Invalid> { engine.create("  ", owner = "ann") }
                assertEquals("tenant name", invalid.what)
                val taken = assertFailsWith<TenantryException.SlugTaken> { engine.create("Other", "ann", slug = "acme") }
                assertEquals("acme", taken.slug)
                assertContains(taken.message, "\"acme\"")
                val member = assertFailsWith<TenantryException.AlreadyMember> { engine.join(acme.id, "ann") }
                assertEquals(acme.id to "ann", member.tenantId to member.userKey)
                val missing = assertFailsWith<TenantryException.NoSuchTenant> { engine.rename(TenantId(99), "x") }
                assertEquals(TenantId(99), missing.tenantId)
                val stranger = assertFailsWith<TenantryException.NoSuchMembership> { engine.setRole(acme.id, "bob", Role.ADMIN) }
                assertEquals("bob", stranger.userKey)
                for (text in listOf("\uD83D", "x\uDE00y")) {
                    val half = assertFailsWith<TenantryException.Invalid> { engine.create(text, owner = "ann") }
                    assertContains(half.message, "half of a surrogate pair")
                    assertFailsWith<TenantryException.Invalid> { engine.backfill(listOf(UserProfile("1", businessName = text))) }
                }
                assertEquals(listOf(acme), engine.tenantsOf("ann").map { it.tenant })
            }
        }

    @Test
    fun `half of a surrogate pair is no letter of a slug`() {
        assertEquals("acme", slugify("ac\uD800me\uDC00"))
        assertEquals("a-gu-b", slugify("a 古 b", SlugStyle.TRANSLITERATE))
        assertFalse(isValidSlug("acme\uD800"))
    }

    @Test
    fun `options out of range are refused or bounded`() =
        test {
            for (limit in listOf(-1, 0, 15, 81, Int.MAX_VALUE)) {
                assertFailsWith<TenantryException.Invalid> { open(options = EngineOptions(slugs = SlugOptions(limit = limit))) }
                assertFailsWith<TenantryException.Invalid> { SlugAllocator(limit) }
            }
            for (timeout in listOf(Duration.ZERO, (-1).seconds, 100_000.days, Duration.INFINITE)) {
                open(options = EngineOptions(busyTimeout = timeout)).use { it.tenantsOf("ann") }
            }
            val options = EngineOptions(slugs = SlugOptions(SlugStyle.TRANSLITERATE, limit = 16, reserved = listOf("admin")))
            open(options = options).use { engine ->
                assertEquals("dong-jing", engine.create("東京", owner = "ann").slug)
                assertEquals("admin-1", engine.create("Admin", owner = "ann").slug)
                assertEquals(16, engine.create("a".repeat(50), owner = "ann").slug.length)
            }
        }

    @Test
    fun `a closed engine says so, and the file can be opened anew`() =
        test {
            val engine = open()
            engine.create("Acme", owner = "ann")
            engine.close()
            engine.close()
            val closed = assertFailsWith<TenantryException.Closed> { engine.tenantsOf("ann") }
            assertEquals(File(folder, "tenancy.db").absolutePath, closed.path)
            assertContains(closed.message, "open it anew")
            assertFailsWith<TenantryException.Closed> { engine.create("Globex", owner = "ann") }
            open().use { assertEquals(1, it.tenantsOf("ann").size) }
        }

    @Test
    fun `trouble with the file is told by its code`() =
        test {
            val none = open("none.db", EngineOptions(create = false))
            assertEquals("no_store", assertFailsWith<TenantryException.Store> { none.tenantsOf("ann") }.code)

            File(folder, "foreign.db").writeText("this is no database, and must stay as it is".repeat(100))
            val foreign = open("foreign.db")
            val refused = assertFailsWith<TenantryException.Store> { foreign.create("Acme", owner = "ann") }
            assertEquals(File(folder, "foreign.db").absolutePath, refused.path)
            assertTrue(File(folder, "foreign.db").readText().startsWith("this is no database"))

            val folderItself = TenancyEngine.open(folder)
            assertFailsWith<TenantryException.Store> { folderItself.tenantsOf("ann") }
            assertFailsWith<TenantryException> { TenancyEngine.open(File("a\u0000b")).tenantsOf("ann") }
        }
}
