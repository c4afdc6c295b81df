package io.tenantry

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** What it does in a process of its own, until it is killed: makes tenants, and selects the newest; says what is done. */
fun main(args: Array<String>): Unit =
    runBlocking {
        TenancyEngine.open(File(args.single())).use { engine ->
            while (true) {
                val slug = engine.create("Acme", owner = "ann").slug
                engine.select("ann", slug)
                println(slug)
            }
        }
    }

class SurvivalTest : Engines() {
    @Test
    fun `what was done survives the death of the process`() {
        var said = emptyList<String>()
        repeat(4) { round ->
            val child = jvm("SurvivalTestKt", File(folder, "tenancy.db").path)
            val lines = child.inputReader()
            // In the midst of the work, and each time elsewhere.
            repeat(5 + 7 * round) { said = said + lines.readLine() }
            // Not by the process itself, which would close the pipe: what it said with its last breath was done as well.
            child.toHandle().destroyForcibly()
            said = said + lines.readLines()
            assertTrue(child.waitFor(10, TimeUnit.SECONDS))

            runBlocking {
                open().use { engine ->
                    val kept = engine.tenantsOf("ann").map { it.tenant.slug }
                    // One more may have been made, and not told.
                    assertEquals(said, kept.take(said.size))
                    assertTrue(kept.size <= said.size + 1)
                    val current = engine.current("ann") as Resolution.Resolved
                    assertEquals(Source.SESSION, current.source)
                    assertTrue(current.tenant.slug in kept.takeLast(2))
                    said = kept
                }
            }
        }
    }

    @Test
    fun `a selection is there when the app starts anew`() =
        test {
            open().use { engine ->
                engine.create("Acme", owner = "ann")
                engine.create("Globex", owner = "ann")
                engine.select("ann", "globex")
            }
            open().use { engine ->
                assertEquals("globex", engine.current("ann").tenant?.slug)
                engine.clear("ann")
            }
            open().use { engine -> assertEquals(Resolution.Unresolved(Reason.AMBIGUOUS), engine.current("ann")) }
        }
}
