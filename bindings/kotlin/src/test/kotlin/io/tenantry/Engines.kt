package io.tenantry

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** A test with a folder of its own, and engines over files in it. */
abstract class Engines {
    @TempDir
    lateinit var folder: File

    /** Runs a test on real threads: what it is about is how the engine works on them. */
    fun test(block: suspend CoroutineScope.() -> Unit): Unit = runBlocking(Dispatchers.Default, block)

    fun open(
        name: String = "tenancy.db",
        options: EngineOptions = EngineOptions(),
    ): TenancyEngine = TenancyEngine.open(File(folder, name), options)
}
