package io.tenantry.tutorial

import io.tenantry.Engines
import io.tenantry.Role
import kotlinx.coroutines.flow.first
import org.junit.jupiter.api.Test
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** What docs/kotlin.md tells works, and is what it tells. */
class TutorialTest : Engines() {
    @Test
    fun `every block of Kotlin in the pages is compiled here`() {
        val page = listOf("docs/kotlin.md", "README.md").joinToString("\n") { File("../..", it).readText() }
        val compiled = listOf("Switcher.kt", "Calls.kt").joinToString("\n") { File("src/test/kotlin/io/tenantry/tutorial", it).readText() }
        val blocks = Regex("```kotlin\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(page).map { it.groupValues[1] }.toList()
        assertTrue(blocks.size >= 6, "$blocks")
        for (block in blocks) assertContains(compiled.flat(), block.flat())
    }

    /** Without the indentation: the page shows what stands in a function by itself. */
    private fun String.flat() = lines().map { it.trim() }.filter { it.isNotEmpty() }.joinToString("\n")

    @Test
    fun `the screen shows the workspaces, switches, and follows a revocation`() =
        test {
            val server = open("server.db")
            val acme = server.create("Acme", owner = "bob")
            server.join(acme.id, "ann", Role.ADMIN)
            server.create("Globex", owner = "ann")

            val engine = openOnce(folder)
            val switcher = Switcher(engine, "ann")
            assertEquals(Screen(emptyList(), "You are in no workspace yet"), switcher.screen.first())

            assertEquals(null, switcher.update(server.exportSnapshot("ann")))
            val lines = listOf(Workspace("acme", "Acme", false), Workspace("globex", "Globex", false))
            assertEquals(Screen(lines, "Choose a workspace"), switcher.screen.first())

            assertEquals(null, switcher.enter("acme"))
            assertEquals("Acme", switcher.screen.first().title)
            assertEquals("This workspace is not available any more.", switcher.enter("nowhere"))

            server.setMembershipActive(acme.id, "ann", false)
            assertEquals("Please update the app.", switcher.update("{}"))
            assertEquals("Acme", switcher.screen.first().title, "what was there is there still")
            switcher.update(server.exportSnapshot("ann"))
            assertEquals(Screen(lines.drop(1), "Your workspace is not available any more"), switcher.screen.first())
            signedOut(engine, "ann")
            assertEquals("Globex", switcher.screen.first().title)
            listOf(server, engine, forServers(File(folder, "other.db"))).forEach { it.close() }
        }
}
