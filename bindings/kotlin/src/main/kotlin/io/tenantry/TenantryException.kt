package io.tenantry

/**
 * What went wrong. [message] says it for people, with the offending value and what to do; the fields of each kind say it for programs.
 *
 * @sample io.tenantry.Samples.errors
 */
public sealed class TenantryException(
    /** What was wrong, with the offending value, and what to do. */
    override val message: String,
    cause: Throwable? = null,
) : Exception(message, cause) {
    /** A value that cannot be used. */
    public class Invalid(
        message: String,
        /** What it is: `name`, `slug`, ... */
        public val what: String,
        /** The value, cut to 80 characters. */
        public val value: String,
        /** What is wrong with it. */
        public val reason: String,
    ) : TenantryException(message)

    /** A slug that another tenant has or had, or that is reserved. */
    public class SlugTaken(
        message: String,
        /** The slug. */
        public val slug: String,
    ) : TenantryException(message)

    /** The user may not enter this tenant, or there is none. Which of the two it is, nobody learns. */
    public class NotAvailable(
        message: String,
        /** The slug that was asked for. */
        public val slug: String,
    ) : TenantryException(message)

    /** There is no tenant with this number. */
    public class NoSuchTenant(
        message: String,
        /** The number. */
        public val tenantId: TenantId,
    ) : TenantryException(message)

    /** The user is no member of this tenant. */
    public class NoSuchMembership(
        message: String,
        /** The tenant. */
        public val tenantId: TenantId,
        /** The user. */
        public val userKey: String,
    ) : TenantryException(message)

    /** The user is a member of this tenant already, if perhaps a revoked one. */
    public class AlreadyMember(
        message: String,
        /** The tenant. */
        public val tenantId: TenantId,
        /** The user. */
        public val userKey: String,
    ) : TenantryException(message)

    /** A tenant keeps one active owner, and this is the last. */
    public class LastOwner(
        message: String,
        /** The tenant. */
        public val tenantId: TenantId,
        /** The user. */
        public val userKey: String,
    ) : TenantryException(message)

    /** A user stopped the backfill, and nothing of it is kept. */
    public class Row(
        message: String,
        /** The user, and what is wrong. */
        public val row: RowError,
    ) : TenantryException(message)

    /** A snapshot that cannot be imported. Nothing has changed. */
    public class Snapshot(
        message: String,
        /** What is wrong with it. */
        public val reason: String,
    ) : TenantryException(message)

    /** The engine was closed. */
    public class Closed(
        message: String,
        /** The file that it was over. */
        public val path: String,
    ) : TenantryException(message)

    /** Trouble with the file. */
    public class Store(
        message: String,
        /**
         * Which: `no_store`, `foreign_file`, `newer_store`, `corrupt`, `busy`, `read_only`, `full`, `cannot_open`, `second_sqlite`,
         * `forked` or `store`. Only `busy` goes away by trying again.
         */
        public val code: String,
        /** The file. */
        public val path: String,
    ) : TenantryException(message)

    /** There is no library for this machine, or not the one that this jar goes with. */
    public class NoLibrary(
        message: String,
        cause: Throwable,
    ) : TenantryException(message, cause)

    /** A defect of tenantry, or what a newer one says and this jar has no word for. */
    public class Unexpected(
        message: String,
        /** The kind, the same word in every language. */
        public val code: String,
        cause: Throwable? = null,
    ) : TenantryException(message, cause)
}
