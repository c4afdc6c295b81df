package io.tenantry

import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** What a Django project exported, imported here: the same answers, as `tests/fixtures/snapshots` has them. */
class DjangoSnapshotTest : Engines() {
    private val snapshots = File(System.getProperty("tenantry.snapshots"))

    private fun read(name: String) = File(snapshots, name).readText()

    @TestFactory
    fun `an engine answers as the project that exported`(): List<DynamicTest> {
        val answers = Json.parseToJsonElement(read("answers.json")).jsonArray.map { it.jsonObject }
        assertTrue(answers.size > 50)
        return answers.map { case ->
            DynamicTest.dynamicTest("${case.text("snapshot")} ${case.textOrNull("selected")}") {
                runBlocking {
                    open(case.text("snapshot").replace("json", "db")).use { engine ->
                        engine.importSnapshot(read(case.text("snapshot")))
                        val answer = engine.resolve(Request(case.text("user"), case.textOrNull("selected")))
                        assertEquals(case.getValue("answer"), answer.inWords())
                    }
                }
            }
        }
    }

    @Test
    fun `what the later one revokes is refused at once`() =
        test {
            open().use { engine ->
                val ann = Json.parseToJsonElement(read("ann.before.json")).jsonObject.text("user_key")
                engine.importSnapshot(read("ann.before.json"))
                engine.select(ann, "globex")
                val before = engine.tenantsOf(ann)
                engine.importSnapshot(read("ann.before.json"))
                assertEquals(before, engine.tenantsOf(ann), "the same again changes nothing")

                engine.importSnapshot(read("ann.after.json"))
                assertEquals(Resolution.Unresolved(Reason.NOT_AVAILABLE), engine.current(ann))
                assertEquals("acme-inc", engine.select(ann, "acme").tenant?.slug, "the old slug leads there")
            }
        }

    @Test
    fun `what is damaged or newer is refused and changes nothing`() =
        test {
            open().use { engine ->
                val ann = Json.parseToJsonElement(read("ann.before.json")).jsonObject.text("user_key")
                engine.importSnapshot(read("ann.before.json"))
                val before = engine.tenantsOf(ann)
                val files = File(snapshots, "refused").listFiles()!!
                assertTrue(files.size > 10)
                for (file in files) {
                    assertFailsWith<TenantryException.Snapshot>(file.name) { engine.importSnapshot(file.readText()) }
                    assertEquals(before, engine.tenantsOf(ann), file.name)
                }
            }
        }
}
