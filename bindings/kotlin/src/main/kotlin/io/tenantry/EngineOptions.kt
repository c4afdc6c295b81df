package io.tenantry

import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** How an engine works. The defaults are right for most. */
public data class EngineOptions(
    /** Whether the file is made if it is not there. */
    public val create: Boolean = true,
    /** How long others may keep the store busy. */
    public val busyTimeout: Duration = 5.seconds,
    /** What may name the tenant of a request, in the order of trying. */
    public val sources: List<Source> = listOf(Source.SESSION),
    /** How slugs are made. */
    public val slugs: SlugOptions = SlugOptions(),
)
