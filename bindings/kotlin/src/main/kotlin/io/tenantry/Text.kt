package io.tenantry

// A text of the JVM may hold half of a surrogate pair, which is no character and cannot cross: a text crosses as UTF-8.

internal fun String.isWellFormed(): Boolean = none { it.isSurrogate() } || Charsets.UTF_8.newEncoder().canEncode(this)

/** The text, to be kept. */
internal fun String.text(what: String): String =
    if (isWellFormed()) {
        this
    } else {
        val reason = "it holds half of a surrogate pair"
        val shown = letters().take(40)
        throw TenantryException.Invalid("the $what \"$shown\" is not valid: $reason", what, shown, reason)
    }

/** The text as what names a tenant. No slug and no domain holds NUL, so that it is refused as every wrong one is. */
internal fun String.asAsked(): String = if (isWellFormed()) this else "\u0000"

/** The text without what is no letter, which a slug loses in any case. */
internal fun String.letters(): String {
    if (isWellFormed()) return this
    return buildString {
        var at = 0
        while (at < this@letters.length) {
            val point = this@letters.codePointAt(at)
            at += Character.charCount(point)
            if (point !in 0xD800..0xDFFF) appendCodePoint(point)
        }
    }
}
