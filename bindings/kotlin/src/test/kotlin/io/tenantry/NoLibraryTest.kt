package io.tenantry

import org.junit.jupiter.api.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals

/** Asks twice, for the second time the class that loads the library is in error already. */
fun main() {
    repeat(2) {
        try {
            println(slugify("Acme"))
        } catch (missing: TenantryException.NoLibrary) {
            println(missing.message.replace("\n", " "))
        }
    }
}

class NoLibraryTest {
    @Test
    fun `a machine without the library is told where it has to be`() {
        val child = jvm("NoLibraryTestKt", options = listOf("-Duniffi.component.tenantry_uniffi.libraryOverride=not-here"))
        val lines = child.inputReader().readLines()
        assertEquals(0, child.waitFor())
        assertEquals(2, lines.size, "$lines")
        for (line in lines) assertContains(line, "on the class path in the folder")
    }

    @Test
    fun `another library of that name is told from ours`() {
        val child = jvm("NoLibraryTestKt", options = listOf("-Duniffi.component.tenantry_uniffi.libraryOverride=c"))
        val lines = child.inputReader().readLines()
        assertEquals(0, child.waitFor())
        for (line in lines) assertContains(line, "of the version of this jar")
    }
}
