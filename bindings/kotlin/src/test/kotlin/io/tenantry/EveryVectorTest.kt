package io.tenantry

import org.junit.jupiter.api.Test
import java.io.File
import kotlin.test.assertEquals

class EveryVectorTest {
    @Test
    fun `no file of cases is left out`() {
        val tests = File("src/test/kotlin").walk().filter { it.isFile }.joinToString("\n") { it.readText() }
        val read = Regex("""Vectors\.tests\("([^"]+)"\)""").findAll(tests).map { it.groupValues[1] }
        assertEquals(Vectors.files(), read.distinct().sorted().toList())
    }
}
