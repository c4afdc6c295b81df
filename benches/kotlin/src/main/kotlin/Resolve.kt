// What a question costs from Kotlin, beside the same one from Rust (`benches/resolve_peer.rs`), turn by turn and over one store.

import io.tenantry.EngineOptions
import io.tenantry.Request
import io.tenantry.TenancyEngine
import io.tenantry.UserProfile
import io.tenantry.isValidSlug
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.io.path.createTempDirectory

private const val USERS = 2_000
private const val TURNS = 21

fun main() {
    val folder = createTempDirectory("tenantry").toFile()
    val store = File(folder, "tenancy.db")
    val keys = (0 until USERS).map { it.toString() }
    TenancyEngine.open(store).use { engine ->
        runBlocking { engine.backfill(keys.map { UserProfile(it, businessName = "Acme $it") }) }
    }
    val peers = listOf("TENANTRY_RESOLVE_PEER", "TENANTRY_RESOLVE_PEER_MOBILE").map { Peer(System.getenv(it), store) }
    val dispatchers = listOf(Dispatchers.Unconfined, Dispatchers.IO)
    val engines = dispatchers.map { TenancyEngine.open(store, EngineOptions(), it) }
    val times = List(5) { mutableListOf<Double>() }
    // The first turns are for the compiler of the JVM.
    repeat(10 + TURNS) { turn ->
        val taken = peers.map { it.turn() } + engines.zip(dispatchers) { engine, on -> turn(engine, on, keys) } + crossing(keys)
        if (turn >= 10) times.zip(taken) { all, one -> all += one }
    }
    val rust = times.first()
    val names =
        listOf(
            "Rust",
            "Rust, profile mobile",
            "Kotlin, in the caller's thread",
            "Kotlin, on Dispatchers.IO",
            "Kotlin, the way across alone",
        )
    for ((name, taken) in names.zip(times)) {
        val ratio = median(taken.zip(rust) { one, other -> one / other })
        println("%-32s %8.2f us  %6.2f of Rust".format(name, median(taken) * 1e6, ratio))
    }
    engines.forEach { it.close() }
    peers.forEach { it.close() }
    folder.deleteRecursively()
}

/** The median of a call that has next to nothing to do: one text in, one flag out. */
private fun crossing(keys: List<String>): Double =
    median(
        keys.map { key ->
            val start = System.nanoTime()
            isValidSlug(key)
            (System.nanoTime() - start) / 1e9
        },
    )

/** The median of asking for each user once, in seconds. */
private fun turn(
    engine: TenancyEngine,
    dispatcher: CoroutineDispatcher,
    keys: List<String>,
): Double =
    runBlocking(if (dispatcher == Dispatchers.IO) Dispatchers.Default else dispatcher) {
        median(
            keys.map { key ->
                val start = System.nanoTime()
                engine.resolve(Request(key))
                (System.nanoTime() - start) / 1e9
            },
        )
    }

private fun median(values: List<Double>): Double = values.sorted()[values.size / 2]

private class Peer(
    program: String,
    store: File,
) {
    private val process = ProcessBuilder(program, store.path, USERS.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val asked = process.outputWriter()
    private val answers = process.inputReader()

    fun turn(): Double {
        asked.write("\n")
        asked.flush()
        return answers.readLine().toDouble()
    }

    fun close() {
        asked.close()
        process.waitFor()
    }
}
