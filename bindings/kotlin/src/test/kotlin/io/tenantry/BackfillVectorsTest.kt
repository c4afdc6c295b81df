package io.tenantry

import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.put
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertEquals

class BackfillVectorsTest {
    @TempDir
    lateinit var folder: File
    private var stores = 0

    @TestFactory
    fun `a backfill makes the tenants that it makes everywhere`() =
        Vectors.tests("backfill.json") { case ->
            runBlocking {
                val file = File(folder, "${stores++}.db")
                val users = case.objects("users")
                fill(file, case)
                TenancyEngine.open(file, case.engineOptions()).use { engine ->
                    var report: JsonElement = JsonNull
                    var errors: List<RowError>
                    try {
                        // Not in the order of their keys: that is the engine's to find.
                        val done = engine.backfill(users.reversed().map { it.profile() }, case.backfillOptions())
                        report = done.counters()
                        errors = done.errors
                    } catch (stopped: TenantryException.Row) {
                        errors = listOf(stopped.row)
                    }
                    assertEquals(case.getValue("planned"), JsonArray(engine.made(users)))
                    assertEquals(case.objects("errors").map { it.withCutKey() }, errors.map { it.inWords() })
                    assertEquals(case.getValue("report"), report)
                }
            }
        }

    /** Makes what the case says is there. Without its options: what is there may be reserved, or longer than the limit. */
    private suspend fun fill(
        file: File,
        case: JsonObject,
    ) = TenancyEngine.open(file).use { engine ->
        suspend fun make(slug: String) = engine.create("There already", owner = "somebody else", slug = slug).id
        val existing = case.texts("existing").map { make(it) }
        case.texts("retired").forEach { engine.delete(make(it)) }
        val members = case.objects("users").filter { it.flag("has_membership") }
        if (members.isNotEmpty()) {
            val id = existing.firstOrNull() ?: make("nobody-else-is-named-so")
            members.forEach { engine.join(id, it.text("key")) }
        }
    }

    private suspend fun TenancyEngine.made(users: List<JsonObject>): List<JsonObject> =
        users
            .filter { !it.flag("has_membership") }
            .flatMap { user -> tenantsOf(user.text("key")) }
            .sortedBy { it.tenant.id.value }
            .map { (tenant, membership) ->
                assertEquals(Role.OWNER to true, membership.role to membership.isActive)
                buildJsonObject {
                    put("user_key", membership.userKey)
                    put("name", tenant.name)
                    put("slug", tenant.slug)
                    put("domain", tenant.domain.orEmpty())
                    put("plan", tenant.plan.word)
                }
            }

    private fun JsonObject.profile() =
        UserProfile(text("key"), text("username"), textOrNull("name"), textOrNull("domain"), textOrNull("plan"))

    private fun JsonObject.engineOptions(): EngineOptions {
        val options = getValue("options").jsonObject
        return EngineOptions(slugs = SlugOptions(word(options.text("style")), options.int("limit"), options.texts("reserved")))
    }

    private fun JsonObject.backfillOptions(): BackfillOptions {
        val options = getValue("options").jsonObject
        return BackfillOptions(onError = word(options.text("on_error")), unknownPlan = word(options.text("unknown_plan")))
    }

    private fun RowError.inWords() =
        buildJsonObject {
            put("user_key", userKey)
            put("column", column.word)
            put("code", fault.word)
        }

    /** A [RowError] holds no more than the first 40 characters of a key. */
    private fun JsonObject.withCutKey(): JsonObject {
        val key = text("user_key")
        val cut = key.substring(0, key.offsetByCodePoints(0, minOf(40, key.codePointCount(0, key.length))))
        return JsonObject(this + ("user_key" to JsonPrimitive(cut)))
    }

    private fun Report.counters() =
        buildJsonObject {
            put("seen", seen)
            put("created", created)
            put("skipped", skipped)
            put("failed", failed)
            put("slugs_unchanged", slugsUnchanged)
            put("slugs_suffixed", slugsSuffixed)
            put("slugs_cut", slugsCut)
            put("slugs_transliterated", slugsTransliterated)
            put("slugs_fallen_back", slugsFallenBack)
            put("names_cut", namesCut)
            put("unknown_plans", JsonObject(unknownPlans.mapValues { JsonPrimitive(it.value) }))
        }
}
