package io.tenantry

import io.tenantry.ffi.SlugAllocator as FfiSlugAllocator
import io.tenantry.ffi.isValidSlug as ffiIsValidSlug
import io.tenantry.ffi.slugBase as ffiSlugBase
import io.tenantry.ffi.slugCandidate as ffiSlugCandidate
import io.tenantry.ffi.slugify as ffiSlugify

/** The longest slug that a tenant may have, in characters. */
public const val SLUG_LIMIT: Int = 80

/** How a name becomes a slug. */
public enum class SlugStyle {
    /** As Django's `slugify` does it: what is not ASCII falls away, but for accents. */
    DJANGO,

    /** In Latin letters, whatever the script. */
    TRANSLITERATE,
}

/** How an engine makes slugs. */
public data class SlugOptions(
    /** How a name becomes a slug. */
    public val style: SlugStyle = SlugStyle.DJANGO,
    /** The longest slug that is given out, 16 to 80 characters. */
    public val limit: Int = SLUG_LIMIT,
    /** Words that are never given out. */
    public val reserved: List<String> = emptyList(),
)

/**
 * The slug of a name. It is empty if nothing of the name is left, and is not cut.
 *
 * @sample io.tenantry.Samples.slugs
 */
public fun slugify(
    name: String,
    style: SlugStyle = SlugStyle.DJANGO,
): String = translated { ffiSlugify(name.letters(), style.toFfi()) }

/** The slug that the candidates of a tenant are made of: of its name, or else of the owner's, or else `workspace`. */
public fun slugBase(
    name: String,
    username: String,
    style: SlugStyle = SlugStyle.DJANGO,
): String = translated { ffiSlugBase(name.letters(), username.letters(), style.toFfi()) }

/**
 * Candidate [n] of a base: 0 is the base itself, and the others end in their number. Both fit into [limit] characters.
 *
 * @throws IllegalArgumentException if [n] or [limit] is negative.
 */
public fun slugCandidate(
    base: String,
    n: Int,
    limit: Int = SLUG_LIMIT,
): String {
    require(n >= 0) { "candidates are counted from 0, and this is $n" }
    require(limit >= 0) { "no slug fits into $limit characters" }
    return translated { ffiSlugCandidate(base.letters(), n.toUInt(), limit.toUInt()) }
}

/** Whether a tenant may have this slug. */
public fun isValidSlug(slug: String): Boolean = slug.isWellFormed() && translated { ffiIsValidSlug(slug) }

/**
 * Hands out free slugs: the first candidate of each base that is not taken. May be used from many threads.
 *
 * @param limit the longest slug that it gives out, 16 to 80 characters.
 * @throws TenantryException.Invalid for another limit.
 * @sample io.tenantry.Samples.allocator
 */
public class SlugAllocator(
    limit: Int = SLUG_LIMIT,
) {
    private val allocator = translated { FfiSlugAllocator(limit.coerceAtLeast(0).toUInt()) }

    /** Notes a slug that is taken, in whatever case. */
    public fun take(slug: String): Unit = translated { allocator.take(slug.text("slug")) }

    /** The first free slug of a base, which is from then on taken. */
    public fun allocate(base: String): String = translated { allocator.allocate(base.text("slug base")) }
}
