package io.tenantry

import io.tenantry.ffi.Engine
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext
import java.io.File

/**
 * Tenants, memberships and the answers about them, in one file on the device. It resolves by the very rule of the server.
 *
 * One engine serves the whole app: it may be used from every thread and coroutine. What is suspended runs on the dispatcher, for it
 * reads a file; it is not interrupted when the caller is cancelled, so that what was begun is done.
 *
 * Every function throws [TenantryException.Store] for trouble with the file, and [TenantryException.Closed] after [close].
 *
 * @sample io.tenantry.Samples.switcher
 */
public class TenancyEngine private constructor(
    private val engine: Engine,
    private val dispatcher: CoroutineDispatcher,
) : AutoCloseable {
    /** Counts the changes; none once it is closed. */
    private val changes = MutableStateFlow<Long?>(0)

    /** The absolute path of the file. */
    public val path: String get() = translated { engine.path() }

    // Resolution

    /** Decides which tenant a request is in. */
    public suspend fun resolve(request: Request): Resolution = ask { resolve(request.toFfi()).toResolution() }

    /** The tenant that a user is in by the selection that the store keeps. */
    public suspend fun current(user: String): Resolution = ask { current(user.text("user key")).toResolution() }

    /**
     * The tenant that a user is in: what it is now, and then whenever it changes by this engine, by a switch, by a snapshot that
     * revokes it, by a new name. It ends when the engine is closed. After changes by others, of another process say, call [refresh].
     */
    public fun resolutions(user: String): Flow<Resolution> = watch { current(user) }

    /** Lets [resolutions] and [memberships] look again. */
    public fun refresh(): Unit = changes.update { it?.plus(1) }

    /**
     * Selects the tenant of a slug for a user, until it is cleared; also when the app is started anew.
     *
     * @throws TenantryException.NotAvailable for what the user may not enter, and for what does not exist.
     */
    public suspend fun select(
        user: String,
        slug: String,
    ): Resolution = change { select(user.text("user key"), slug.asAsked()).toResolution() }

    /** Forgets the selection of a user. */
    public suspend fun clear(user: String): Unit = change { clear(user.text("user key")) }

    /** The tenants of a user with the memberships, usable or not, in the order in which they were made. */
    public suspend fun tenantsOf(user: String): List<MemberOf> = ask { tenantsOf(user.text("user key")).map { it.toMemberOf() } }

    /** What [tenantsOf] says: now, and then whenever it changes, as with [resolutions]. */
    public fun memberships(user: String): Flow<List<MemberOf>> = watch { tenantsOf(user) }

    // Snapshots

    /** A user's usable tenants as JSON, for [importSnapshot] of another engine. */
    public suspend fun exportSnapshot(user: String): String = ask { exportSnapshot(user.text("user key")) }

    /**
     * Makes the tenants of a user those of a snapshot, as the server exported it. What it no longer holds was revoked, and is refused
     * from then on. The same one again changes nothing.
     *
     * @return how many tenants the user has now.
     * @throws TenantryException.Snapshot for one that is damaged, or newer than this library reads. Nothing has changed then.
     */
    public suspend fun importSnapshot(json: String): Int = change { importSnapshot(json.text("snapshot")).toInt() }

    // Tenants

    /**
     * Makes a tenant, and its owner's membership.
     *
     * @param slug the first free one made of the name, if none.
     * @throws TenantryException.Invalid for a name, slug, domain or key that cannot be.
     * @throws TenantryException.SlugTaken for a slug that another tenant has or had.
     */
    public suspend fun create(
        name: String,
        owner: String,
        slug: String? = null,
        domain: String? = null,
        plan: Plan = Plan.FREE,
    ): Tenant =
        change {
            create(name.text("tenant name"), owner.text("user key"), slug?.text("slug"), domain.orEmpty().text("domain"), plan.toFfi())
                .toTenant()
        }

    /**
     * Gives a user who has no membership a tenant, as [backfill] does.
     *
     * @return the new tenant, or none if there was a membership.
     * @throws TenantryException.Row for a user to whom the backfill could not give one.
     */
    public suspend fun ensureTenant(user: UserProfile): Tenant? = change { ensureTenant(user.toFfi())?.toTenant() }

    /** The tenant that has this slug, whoever may enter it, or none. */
    public suspend fun tenantBySlug(slug: String): Tenant? = ask { tenantBySlug(slug.asAsked())?.toTenant() }

    /**
     * Renames a tenant. Its slug stays, unless another is asked for; the old one then still leads to it, and to no other tenant.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     * @throws TenantryException.Invalid for a name or slug that cannot be.
     * @throws TenantryException.SlugTaken for a slug that another tenant has or had.
     */
    public suspend fun rename(
        id: TenantId,
        name: String,
        slug: String? = null,
    ): Tenant = change { rename(id.value, name.text("tenant name"), slug?.text("slug")).toTenant() }

    /**
     * Sets the domain of a tenant, or takes it away.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     * @throws TenantryException.Invalid for a domain that cannot be.
     */
    public suspend fun setDomain(
        id: TenantId,
        domain: String?,
    ): Tenant = change { setDomain(id.value, domain.orEmpty().text("domain")).toTenant() }

    /**
     * Sets the plan of a tenant.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     */
    public suspend fun setPlan(
        id: TenantId,
        plan: Plan,
    ): Tenant = change { setPlan(id.value, plan.toFfi()).toTenant() }

    /**
     * Lets members enter a tenant, or nobody.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     */
    public suspend fun setTenantActive(
        id: TenantId,
        active: Boolean,
    ): Tenant = change { setTenantActive(id.value, active).toTenant() }

    /**
     * Deletes a tenant with its memberships. No other tenant will ever get its slug.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     */
    public suspend fun delete(id: TenantId): Unit = change { delete(id.value) }

    // Members

    /**
     * The members of a tenant, active or not.
     *
     * @throws TenantryException.NoSuchTenant if there is none.
     */
    public suspend fun members(id: TenantId): List<Membership> = ask { members(id.value).map { it.toMembership() } }

    /**
     * Makes a user a member.
     *
     * @throws TenantryException.NoSuchTenant if there is no such tenant.
     * @throws TenantryException.AlreadyMember if there is a membership, also a revoked one.
     */
    public suspend fun join(
        id: TenantId,
        user: String,
        role: Role = Role.MEMBER,
    ): Membership = change { join(id.value, user.text("user key"), role.toFfi()).toMembership() }

    /**
     * Gives a member another role.
     *
     * @throws TenantryException.NoSuchMembership if there is none.
     * @throws TenantryException.LastOwner if no active owner would be left.
     */
    public suspend fun setRole(
        id: TenantId,
        user: String,
        role: Role,
    ): Membership = change { setRole(id.value, user.text("user key"), role.toFfi()).toMembership() }

    /**
     * Revokes a membership, or gives it back.
     *
     * @throws TenantryException.NoSuchMembership if there is none.
     * @throws TenantryException.LastOwner if no active owner would be left.
     */
    public suspend fun setMembershipActive(
        id: TenantId,
        user: String,
        active: Boolean,
    ): Membership = change { setMembershipActive(id.value, user.text("user key"), active).toMembership() }

    /**
     * Removes a membership.
     *
     * @throws TenantryException.NoSuchMembership if there is none.
     * @throws TenantryException.LastOwner if no active owner would be left.
     */
    public suspend fun leave(
        id: TenantId,
        user: String,
    ): Unit = change { leave(id.value, user.text("user key")) }

    // The backfill

    /**
     * Gives every user without a membership a tenant, in the order of their keys and in one transaction. A second run makes none.
     *
     * @throws TenantryException.Row for a user to whom it cannot give one, if that is to stop it.
     */
    public suspend fun backfill(
        users: List<UserProfile>,
        options: BackfillOptions = BackfillOptions(),
    ): Report = change { backfill(users.map { it.toFfi() }, options.toFfi()).toReport() }

    /** Closes the file, once what is under way has ended. Closing twice does nothing. */
    override fun close() {
        translated { engine.closeStore() }
        changes.value = null
    }

    private fun <T> watch(look: suspend () -> T): Flow<T> =
        flow {
            emit(look())
            val later = changes.takeWhile { it != null }.map { look() }
            // Closed on the way: that is the end, and no mistake of who listens.
            emitAll(later.catch { if (it !is TenantryException.Closed) throw it })
        }.distinctUntilChanged()

    private suspend fun <T> ask(call: Engine.() -> T): T = withContext(dispatcher) { translated { engine.call() } }

    // In the block, for what is done is told also if the caller was cancelled meanwhile.
    private suspend fun <T> change(call: Engine.() -> T): T = ask { call().also { refresh() } }

    /** Opens engines. */
    public companion object {
        /**
         * An engine over a file, which is opened, and made if it is not there, when it is first needed.
         *
         * The file is tenantry's own: never give it the database of the app. On Android, take one in `Context.filesDir`. The first call
         * loads the native library, which takes a tenth of a second.
         *
         * @param dispatcher where it works; it may block a thread.
         * @throws TenantryException.Invalid for a limit of slugs that is not 16 to 80.
         * @throws TenantryException.Store for a path that can be none.
         * @throws TenantryException.NoLibrary if there is no native library for this machine.
         */
        public fun open(
            file: File,
            options: EngineOptions = EngineOptions(),
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): TenancyEngine = translated { TenancyEngine(Engine.open(file.path.text("path"), options.toFfi()), dispatcher) }
    }
}
