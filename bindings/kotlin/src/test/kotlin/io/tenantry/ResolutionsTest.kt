package io.tenantry

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.minutes

class ResolutionsTest : Engines() {
    @Test
    fun `it emits what is now, and then each change of the active tenant`() =
        test {
            open().use { engine ->
                val seen = collect(engine)
                assertEquals(Resolution.Unresolved(Reason.NO_MEMBERSHIP), seen.next())
                val acme = engine.create("Acme", owner = "ann")
                assertEquals(acme, seen.next().tenant)
                engine.create("Globex", owner = "ann")
                assertEquals(Resolution.Unresolved(Reason.AMBIGUOUS), seen.next())
                engine.select("ann", "globex")
                assertEquals("globex", seen.next().tenant?.slug)
                engine.setRole(acme.id, "ann", Role.OWNER)
                // Not a change of the active tenant: what is told next is the one after it.
                engine.refresh()
                engine.setMembershipActive(engine.tenantBySlug("globex")!!.id.also { engine.join(it, "bob", Role.OWNER) }, "ann", false)
                assertEquals(Resolution.Unresolved(Reason.NOT_AVAILABLE), seen.next())
                engine.clear("ann")
                assertEquals("acme", seen.next().tenant?.slug)
                engine.rename(acme.id, "Acme Inc")
                assertEquals("Acme Inc", seen.next().tenant?.name)
            }
        }

    @Test
    fun `it ends when the engine is closed`() =
        test {
            val engine = open()
            val all = Channel<List<Resolution>>(1)
            launch { all.send(engine.resolutions("ann").toList()) }
            launch { all.send(engine.resolutions("bob").toList()) }
            engine.create("Acme", owner = "ann")
            // Both have begun, for each has something to say.
            engine.resolutions("ann").first { it.tenant != null }
            engine.resolutions("bob").first()
            engine.close()
            repeat(2) { withTimeout(5.minutes) { all.receive() } }
            assertFailsWith<TenantryException.Closed> { engine.resolutions("ann").first() }
        }

    @Test
    fun `a change is told even if its caller was cancelled meanwhile`() =
        test {
            open().use { engine ->
                val seen = collect(engine)
                seen.next()
                repeat(50) { round ->
                    val job = launch(start = CoroutineStart.UNDISPATCHED) { engine.create("Tenant $round", owner = "ann") }
                    job.cancelAndJoin()
                }
                // Made or not, each as a whole; and what was made, everybody knows of.
                val count = engine.tenantsOf("ann").size
                if (count > 0) assertTrue(seen.next() != Resolution.Unresolved(Reason.NO_MEMBERSHIP))
            }
        }

    @Test
    fun `trouble with the file reaches who listens`() =
        test {
            java.io.File(folder, "foreign.db").writeText("no database".repeat(1000))
            open("foreign.db").use { engine ->
                assertFailsWith<TenantryException.Store> { engine.resolutions("ann").first() }
            }
        }

    @Test
    fun `what goes wrong with the listener is not taken for a closed engine`() =
        test {
            open().use { engine ->
                val own =
                    assertFailsWith<TenantryException.Closed> {
                        engine.resolutions("ann").collect { throw TenantryException.Closed("mine", "elsewhere") }
                    }
                assertEquals("elsewhere", own.path)
            }
        }

    private fun CoroutineScope.collect(engine: TenancyEngine): ReceiveChannel<Resolution> {
        val channel = Channel<Resolution>(Channel.UNLIMITED)
        launch {
            try {
                engine.resolutions("ann").collect(channel::send)
            } catch (_: CancellationException) {
                channel.close()
            }
        }
        return channel
    }

    private suspend fun ReceiveChannel<Resolution>.next() = withTimeout(5.minutes) { receive() }
}
