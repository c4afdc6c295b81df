package io.tenantry

import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ThreadsTest : Engines() {
    @Test
    fun `many coroutines write through two engines, and nothing is lost or doubled`() =
        test {
            val engines = listOf(open(), open())
            val slugs =
                (0 until 100)
                    .map { at -> async { engines[at % 2].create("Acme", owner = "user ${at % 10}").slug } }
                    .awaitAll()
            assertEquals(List(100) { if (it == 0) "acme" else "acme-$it" }.toSet(), slugs.toSet())
            for (user in 0 until 10) assertEquals(10, engines[0].tenantsOf("user $user").size)
            engines.forEach { it.close() }
        }

    @Test
    fun `answers asked by a thousand coroutines at once are all right`() =
        test {
            open().use { engine ->
                repeat(20) { engine.create("Tenant", owner = "user $it") }
                val answers =
                    (0 until 1000).map { at ->
                        async { at % 20 to engine.resolve(Request("user ${at % 20}")) as Resolution.Resolved }
                    }
                for ((user, answer) in answers.awaitAll()) {
                    assertEquals(Source.SOLE_MEMBERSHIP, answer.source)
                    assertEquals(if (user == 0) "tenant" else "tenant-$user", answer.tenant.slug)
                }
            }
        }

    @Test
    fun `a revocation counts with the next question to another engine`() =
        test {
            val (server, phone) = open() to open()
            val id = server.create("Acme", owner = "ann").id
            server.join(id, "bob")
            repeat(20) {
                assertEquals("acme", phone.resolve(Request("bob")).tenant?.slug)
                server.setMembershipActive(id, "bob", false)
                assertEquals(Resolution.Unresolved(Reason.NO_MEMBERSHIP), phone.resolve(Request("bob")))
                server.setMembershipActive(id, "bob", true)
            }
            listOf(server, phone).forEach { it.close() }
        }

    @Test
    fun `an engine that is closed under work ends what was begun`() =
        test {
            val engine = open()
            val work =
                (0 until 50).map { at ->
                    async {
                        try {
                            engine.create("Acme", owner = "user $at")
                            true
                        } catch (_: TenantryException.Closed) {
                            false
                        }
                    }
                }
            engine.close()
            val done = work.awaitAll()
            open().use { again ->
                for ((at, made) in done.withIndex()) assertEquals(if (made) 1 else 0, again.tenantsOf("user $at").size)
            }
        }

    @Test
    fun `slugs are handed out once, whoever asks`() =
        test {
            val allocator = SlugAllocator()
            val slugs = (0 until 200).map { async { allocator.allocate("acme") } }.awaitAll()
            assertEquals(200, slugs.toSet().size)
            assertTrue("acme-199" in slugs)
        }
}
