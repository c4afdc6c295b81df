-- Schema 1. Times are microseconds since 1970-01-01 UTC.
-- Slugs compare without regard to ASCII case everywhere: an old `Acme` blocks `acme`.

-- One row: what tells this store from all others, for the keys that leave it in snapshots.
CREATE TABLE store (uid TEXT NOT NULL) STRICT;

INSERT INTO store (uid) VALUES (lower(hex(randomblob(8))));

CREATE TABLE tenant (
    -- AUTOINCREMENT: a number is never used again. Other databases may hold it, and must not
    -- come to mean another company by it.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    slug TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 80),
    domain TEXT NOT NULL CHECK (length(domain) <= 255),
    plan TEXT NOT NULL CHECK (plan IN ('free', 'starter', 'growth', 'pro', 'enterprise')),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- The key it has at the side that exported it; null for tenants made here.
    origin_id TEXT
) STRICT;

CREATE UNIQUE INDEX tenant_origin ON tenant (origin_id) WHERE origin_id IS NOT NULL;

CREATE TABLE membership (
    id INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    user_key TEXT NOT NULL CHECK (length(user_key) BETWEEN 1 AND 255),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- The user first: this index also answers "which tenants is this user in".
    UNIQUE (user_key, tenant_id)
) STRICT;

CREATE INDEX membership_tenant ON membership (tenant_id);

-- Slugs that a tenant once had. They still lead to it while it lives, and to nobody after that.
CREATE TABLE retired_slug (
    slug TEXT NOT NULL PRIMARY KEY,
    tenant_id INTEGER REFERENCES tenant (id) ON DELETE SET NULL,
    retired_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One tenant may have had `Acme` and `acme`; no other one may then have either.
CREATE INDEX retired_slug_folded ON retired_slug (slug COLLATE NOCASE);

CREATE INDEX retired_slug_tenant ON retired_slug (tenant_id);

-- What a user has selected. The slug and not the tenant, so that it behaves as a session does.
CREATE TABLE selection (
    user_key TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    selected_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE backfill_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    options TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    undone_at INTEGER
) STRICT;

-- Which tenants a run made, and for whom: what undo may remove.
CREATE TABLE backfill_entry (
    tenant_id INTEGER PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    run_id INTEGER NOT NULL REFERENCES backfill_run (id),
    user_key TEXT NOT NULL
) STRICT;
