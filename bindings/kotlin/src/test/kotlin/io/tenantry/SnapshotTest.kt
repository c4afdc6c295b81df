package io.tenantry

import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class SnapshotTest : Engines() {
    @Test
    fun `a later snapshot takes away what was revoked, and its selection is refused at once`() =
        test {
            val (server, phone) = open("server.db") to open("phone.db")
            val acme = server.create("Acme", owner = "ann")
            server.create("Globex", owner = "bob", domain = "globex.example.com")
            server.join(acme.id, "bob", Role.ADMIN)
            val first = server.exportSnapshot("bob")
            assertEquals(2, phone.importSnapshot(first))
            phone.select("bob", "acme")
            assertEquals(Role.ADMIN, (phone.current("bob") as Resolution.Resolved).role)

            val before = phone.tenantsOf("bob")
            assertEquals(2, phone.importSnapshot(first))
            assertEquals(before, phone.tenantsOf("bob"), "the same again changes nothing")

            server.setMembershipActive(acme.id, "bob", false)
            assertEquals(1, phone.importSnapshot(server.exportSnapshot("bob")))
            assertEquals(Resolution.Unresolved(Reason.NOT_AVAILABLE), phone.current("bob"))
            phone.close()
            val again = open("phone.db")
            assertEquals(Resolution.Unresolved(Reason.NOT_AVAILABLE), again.current("bob"), "also when the app starts anew")
            again.clear("bob")
            assertEquals("globex", again.current("bob").tenant?.slug)
            listOf(server, again).forEach { it.close() }
        }

    @Test
    fun `a damaged snapshot is refused with the reason, and changes nothing`() =
        test {
            open().use { engine ->
                engine.create("Acme", owner = "ann")
                val good = engine.exportSnapshot("ann")
                val before = engine.tenantsOf("ann")
                val bad =
                    listOf("", "{}", "[1", "null", good.dropLast(10), good.replace("\"version\":1", "\"version\":2"), "\uD800") +
                        good.replace("\"acme\"", "\"a b\"")
                for (json in bad) {
                    val refused = assertFailsWith<TenantryException>(json) { engine.importSnapshot(json) }
                    if (refused is TenantryException.Snapshot) assertContains(refused.message, refused.reason)
                    assertEquals(before, engine.tenantsOf("ann"))
                }
            }
        }
}
