import io.tenantry.Reason
import io.tenantry.Resolution
import io.tenantry.TenancyEngine
import io.tenantry.TenantryException
import kotlinx.coroutines.runBlocking
import java.io.File
import java.io.IOException
import kotlin.system.exitProcess

private val HELP =
    """
    switcher STORE USER [SNAPSHOT]: the workspaces of a user, as the server exported them into the file SNAPSHOT.
    Then a slug a line switches, `-` leaves the workspace, and the end of the input ends it.
    """.trimIndent()

/** A workspace switcher for the terminal: what a phone's would do, without the screen. */
fun main(args: Array<String>) {
    if (args.size !in 2..3) {
        System.err.println(HELP)
        exitProcess(2)
    }
    val user = args[1]
    try {
        TenancyEngine.open(File(args[0])).use { engine ->
            runBlocking {
                if (args.size == 3) engine.importSnapshot(File(args[2]).readText())
                for ((tenant, membership) in engine.tenantsOf(user)) {
                    println("${tenant.slug}: ${tenant.name}, ${membership.role.name.lowercase()}")
                }
                println(shown(engine.current(user)))
                for (slug in generateSequence(::readLine)) println(switch(engine, user, slug))
            }
        }
    } catch (trouble: TenantryException) {
        System.err.println(trouble.message)
        exitProcess(1)
    } catch (trouble: IOException) {
        System.err.println("the snapshot cannot be read: ${trouble.message}")
        exitProcess(1)
    }
}

private suspend fun switch(
    engine: TenancyEngine,
    user: String,
    slug: String,
): String =
    try {
        if (slug == "-") {
            engine.clear(user)
            shown(engine.current(user))
        } else {
            shown(engine.select(user, slug))
        }
    } catch (refused: TenantryException.NotAvailable) {
        "! ${refused.message}"
    }

private fun shown(answer: Resolution): String =
    when (answer) {
        is Resolution.Resolved -> {
            "> in ${answer.tenant.name} (${answer.role.name.lowercase()})"
        }

        is Resolution.Unresolved -> {
            when (answer.reason) {
                Reason.AMBIGUOUS -> "> choose a workspace"
                Reason.NO_MEMBERSHIP -> "> you are in no workspace yet"
                Reason.NOT_AVAILABLE -> "> the workspace that you were in is not available any more"
                Reason.ANONYMOUS -> "> sign in first"
            }
        }
    }
