package io.tenantry.tutorial

import io.tenantry.MemberOf
import io.tenantry.Reason
import io.tenantry.Resolution
import io.tenantry.TenancyEngine
import io.tenantry.TenantryException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine

/** What the screen shows. */
data class Screen(
    val workspaces: List<Workspace>,
    val title: String,
)

/** A line of the list. */
data class Workspace(
    val slug: String,
    val name: String,
    val isCurrent: Boolean,
)

/** What is behind the screen: as a `ViewModel` has it. */
class Switcher(
    private val engine: TenancyEngine,
    private val user: String,
) {
    /** Emits anew whenever the user switches, or a snapshot brings or revokes something. */
    val screen: Flow<Screen> =
        combine(engine.memberships(user), engine.resolutions(user)) { memberships, now ->
            Screen(
                workspaces =
                    memberships.filter(MemberOf::isUsable).map { (tenant, _) ->
                        Workspace(
                            tenant.slug,
                            tenant.name,
                            tenant == now.tenant,
                        )
                    },
                title = title(now),
            )
        }

    /** The user tapped a workspace. The words of the answer are for the user, or none if it went well. */
    suspend fun enter(slug: String): String? =
        try {
            engine.select(user, slug)
            null
        } catch (refused: TenantryException.NotAvailable) {
            "This workspace is not available any more."
        }

    /** The server sent a snapshot: after the sign-in, on a push, every hour. */
    suspend fun update(snapshot: String): String? =
        try {
            engine.importSnapshot(snapshot)
            null
        } catch (refused: TenantryException.Snapshot) {
            "Please update the app." // or the transfer broke; what was there is there still
        }

    private fun title(now: Resolution): String =
        when (now) {
            is Resolution.Resolved -> {
                now.tenant.name
            }

            is Resolution.Unresolved -> {
                when (now.reason) {
                    Reason.AMBIGUOUS -> "Choose a workspace"
                    Reason.NOT_AVAILABLE -> "Your workspace is not available any more"
                    Reason.NO_MEMBERSHIP -> "You are in no workspace yet"
                    Reason.ANONYMOUS -> "Sign in"
                }
            }
        }
}
