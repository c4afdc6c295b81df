package io.tenantry

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.DynamicTest
import java.io.File

/** The cases that the tests of every language read. */
object Vectors {
    private val folder = File(System.getProperty("tenantry.vectors"))

    fun files(): List<String> = folder.list()!!.filter { it.endsWith(".json") }.sorted()

    private fun cases(file: String): List<JsonObject> {
        val cases =
            Json
                .parseToJsonElement(File(folder, file).readText())
                .jsonObject
                .getValue("cases")
                .jsonArray
        check(cases.isNotEmpty()) { "$file has no cases" }
        return cases.map { it.jsonObject }
    }

    /** A test of each case. */
    fun tests(
        file: String,
        test: (JsonObject) -> Unit,
    ): List<DynamicTest> =
        cases(file).mapIndexed { at, case ->
            val name = case["description"]?.jsonPrimitive?.content ?: case.toString()
            DynamicTest.dynamicTest("$file $at: ${name.take(80)}") { test(case) }
        }
}

fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

fun JsonObject.textOrNull(name: String): String? = getValue(name).jsonPrimitive.contentOrNull

fun JsonObject.int(name: String): Int = getValue(name).jsonPrimitive.int

fun JsonObject.flag(name: String): Boolean = getValue(name).jsonPrimitive.boolean

fun JsonObject.texts(name: String): List<String> = getValue(name).jsonArray.map { it.jsonPrimitive.content }

fun JsonObject.objects(name: String): List<JsonObject> = getValue(name).jsonArray.map(JsonElement::jsonObject)

/** The word of a vector for a value: `SOLE_MEMBERSHIP` is `sole_membership` there. */
val Enum<*>.word: String get() = name.lowercase()

inline fun <reified T : Enum<T>> word(word: String): T = enumValueOf(word.uppercase())
