package io.tenantry

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertEquals

/** The examples of the documentation, which are run. */
class Samples {
    @TempDir
    lateinit var filesDir: File

    @Test
    fun slugs() {
        assertEquals("acme-co", slugify("Acme & Co."))
        assertEquals("", slugify("東京"))
        assertEquals("dong-jing", slugify("東京", SlugStyle.TRANSLITERATE))
    }

    @Test
    fun allocator() {
        val allocator = SlugAllocator()
        allocator.take("Acme")
        assertEquals("acme-1", allocator.allocate("acme"))
        assertEquals("acme-2", allocator.allocate("acme"))
    }

    @Test
    fun switcher() =
        runBlocking {
            TenancyEngine.open(File(filesDir, "tenancy.db")).use { engine ->
                engine.importSnapshot(fromServer())
                val slugs = engine.tenantsOf("ann").map { it.tenant.slug }
                assertEquals(listOf("acme", "globex"), slugs)

                engine.select("ann", "globex")
                val name = engine.resolutions("ann").map { it.tenant?.name }.first()
                assertEquals("Globex", name)
            }
        }

    @Test
    fun errors() =
        runBlocking {
            TenancyEngine.open(File(filesDir, "tenancy.db")).use { engine ->
                val message =
                    try {
                        engine.select("ann", "globex")
                        "welcome"
                    } catch (refused: TenantryException.NotAvailable) {
                        "You may not enter ${refused.slug}"
                    }
                assertEquals("You may not enter globex", message)
            }
        }

    @Test
    fun rowsElsewhere() {
        val rows = listOf(Candidate("acme", isUsable = false), Candidate("globex", isUsable = true))
        assertEquals(Decision.Chosen(1, Source.SOLE_MEMBERSHIP), decide(Request(user = "ann"), rows))
        assertEquals(Decision.Refused(Reason.NOT_AVAILABLE), decide(Request(user = "ann", selected = "acme"), rows))
    }

    private suspend fun fromServer(): String =
        TenancyEngine.open(File(filesDir, "server.db")).use { server ->
            server.create("Acme", owner = "ann")
            server.create("Globex", owner = "ann")
            server.exportSnapshot("ann")
        }
}
