package io.tenantry

import kotlinx.coroutines.runBlocking
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

class ResolutionVectorsTest {
    @TempDir
    lateinit var folder: File

    /** Stores with the same tenants and memberships: many cases ask about the same ones. */
    private val worlds = HashMap<Any, File>()

    @TestFactory
    fun `an engine answers every request as everywhere`() =
        Vectors.tests("resolution.json") { case ->
            runBlocking {
                val world = worlds.getOrPut(case.objects("tenants") to case.objects("memberships")) { make(case) }
                TenancyEngine.open(world, EngineOptions(sources = case.sources())).use { engine ->
                    assertEquals(case.getValue("answer"), engine.resolve(case.request()).inWords())
                    // The second time it comes from memory.
                    assertEquals(case.getValue("answer"), engine.resolve(case.request()).inWords())
                }
            }
        }

    @TestFactory
    fun `who keeps the rows elsewhere gets the same answers`() =
        Vectors.tests("resolution.json") { case ->
            val request = case.request()
            val tenants = case.objects("tenants").associateBy { it.text("slug") }
            val rows = case.objects("memberships").filter { it.text("user") == request.user }
            val candidates =
                rows.map { row ->
                    val tenant = tenants.getValue(row.text("tenant"))
                    Candidate(
                        slug = tenant.text("slug"),
                        isUsable = row.flag("is_active") && tenant.flag("is_active"),
                        retiredSlug = tenant.texts("retired_slugs").find { it == request.selected || it == request.header },
                        domain = tenant.text("domain"),
                    )
                }
            val found =
                when (val decision = decide(request, candidates, case.sources())) {
                    is Decision.Refused -> {
                        noTenant(decision.reason)
                    }

                    is Decision.Chosen -> {
                        val row = rows[decision.index]
                        aTenant(row.text("tenant"), row.text("role"), decision.source)
                    }
                }
            assertEquals(case.getValue("answer"), found)
        }

    private suspend fun make(case: JsonObject): File {
        val file = File(folder, "${worlds.size}.db")
        TenancyEngine.open(file).use { engine ->
            val ids = case.objects("tenants").associate { it.text("slug") to engine.makeTenant(it) }
            for (row in case.objects("memberships")) {
                val (id, user) = ids.getValue(row.text("tenant")) to row.text("user")
                engine.join(id, user, word(row.text("role")))
                engine.setMembershipActive(id, user, row.flag("is_active"))
            }
        }
        return file
    }

    /** A tenant that had each of its retired slugs, one after the other. */
    private suspend fun TenancyEngine.makeTenant(row: JsonObject): TenantId {
        val slugs = row.texts("retired_slugs") + row.text("slug")
        val id = create("Tenant", owner = "somebody else", slug = slugs.first()).id
        slugs.drop(1).forEach { rename(id, "Tenant", slug = it) }
        setDomain(id, row.text("domain"))
        setTenantActive(id, row.flag("is_active"))
        return id
    }

    private fun JsonObject.sources(): List<Source> = texts("sources").map { word<Source>(it) }

    private fun JsonObject.request(): Request {
        val asked = getValue("request").jsonObject
        return Request(
            user = asked.textOrNull("user"),
            selected = asked.textOrNull("selected"),
            header = asked.textOrNull("header"),
            host = asked.textOrNull("host"),
        )
    }
}

/** An answer as a vector says it. */
fun Resolution.inWords(): JsonObject =
    when (this) {
        is Resolution.Resolved -> aTenant(tenant.slug, role.word, source)
        is Resolution.Unresolved -> noTenant(reason)
    }

private fun aTenant(
    slug: String,
    role: String,
    source: Source,
) = buildJsonObject {
    put("tenant", JsonPrimitive(slug))
    put("role", role)
    put("source", source.word)
}

private fun noTenant(reason: Reason) =
    buildJsonObject {
        put("tenant", JsonNull)
        put("reason", reason.word)
    }
