package io.tenantry.tutorial

import io.tenantry.EngineOptions
import io.tenantry.Source
import io.tenantry.TenancyEngine
import io.tenantry.Tenant
import java.io.File

// The short blocks of docs/kotlin.md, and that of the README.

suspend fun ofTheReadme(
    filesDir: File,
    user: String,
    response: String,
    show: (Tenant?) -> Unit,
) {
    val engine = TenancyEngine.open(File(filesDir, "tenancy.db"))
    engine.importSnapshot(response) // what `export_tenants` wrote
    engine.select(user, "acme-inc") // kept, also when the app is started anew
    engine.resolutions(user).collect { show(it.tenant) } // now, and whenever it changes
}

fun openOnce(filesDir: File): TenancyEngine {
    val engine = TenancyEngine.open(File(filesDir, "tenancy.db"))
    return engine
}

suspend fun signedIn(
    engine: TenancyEngine,
    user: String,
    response: String,
) {
    engine.importSnapshot(response)
    val workspaces = engine.tenantsOf(user)
    val current = engine.current(user)
    println("$current of $workspaces")
}

suspend fun signedOut(
    engine: TenancyEngine,
    user: String,
) {
    engine.clear(user)
}

fun forServers(file: File): TenancyEngine {
    val options = EngineOptions(sources = listOf(Source.SESSION, Source.HEADER, Source.DOMAIN))
    return TenancyEngine.open(file, options)
}
