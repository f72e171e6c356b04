-- What is kept beside the blobs. Times are milliseconds since 1970. The file for PostgreSQL differs in types only.

-- One row: the name of the store, part of every ETag.
CREATE TABLE store (name TEXT NOT NULL);

-- `changes` counts every change of the tenant's index; `pruned` is the count up to which removals are forgotten.
CREATE TABLE tenants (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    changes INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    pruned INTEGER NOT NULL DEFAULT 0
);

-- state: 0 kept, 1 being deleted, 2 deleted (until uploads of before have noticed).
-- Rows are in the order they came, not of their digests: new ones are written at the end.
-- `body` holds small contents; else they are at `path`, or where their digest says.
CREATE TABLE blobs (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    touched INTEGER NOT NULL,
    path TEXT,
    body BLOB
);

CREATE TABLE repositories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

-- Which blobs a repository has.
CREATE TABLE links (
    repository INTEGER NOT NULL,
    digest TEXT NOT NULL,
    linked INTEGER NOT NULL,
    PRIMARY KEY (repository, digest)
) WITHOUT ROWID;
CREATE INDEX links_by_digest ON links (digest);

-- `chart` is the version of a Helm chart whose archive was checked.
CREATE TABLE manifests (
    id INTEGER PRIMARY KEY,
    repository INTEGER NOT NULL,
    digest TEXT NOT NULL,
    media_type TEXT NOT NULL,
    artifact_type TEXT,
    subject TEXT,
    annotations TEXT,
    chart TEXT,
    size INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (repository, digest)
);
CREATE INDEX manifests_by_chart ON manifests (repository, chart) WHERE chart IS NOT NULL;
CREATE INDEX manifests_by_subject ON manifests (repository, subject) WHERE subject IS NOT NULL;

-- Which blobs a manifest needs.
CREATE TABLE needs (
    repository INTEGER NOT NULL,
    digest TEXT NOT NULL,
    manifest TEXT NOT NULL,
    PRIMARY KEY (repository, digest, manifest)
) WITHOUT ROWID;
CREATE INDEX needs_by_manifest ON needs (repository, manifest);

CREATE TABLE tags (
    repository INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (repository, name)
) WITHOUT ROWID;
CREATE INDEX tags_by_digest ON tags (repository, digest);

-- The charts of indexes. `changed` is the count of the tenant when the row was written.
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    file TEXT NOT NULL,
    archive TEXT NOT NULL,
    provenance TEXT,
    manifest TEXT,
    size INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    entry TEXT NOT NULL,
    UNIQUE (tenant, name, version),
    UNIQUE (tenant, file)
);
CREATE INDEX versions_by_change ON versions (tenant, changed);
CREATE INDEX versions_by_archive ON versions (archive);
CREATE INDEX versions_by_provenance ON versions (provenance) WHERE provenance IS NOT NULL;

-- Versions that went, for those who hold an older index.
CREATE TABLE removals (
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (tenant, name, version)
) WITHOUT ROWID;
CREATE INDEX removals_by_change ON removals (tenant, changed);

-- Provenance files that came before their charts.
CREATE TABLE provenances (
    tenant INTEGER NOT NULL,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (tenant, file)
) WITHOUT ROWID;
CREATE INDEX provenances_by_digest ON provenances (digest);

-- Bodies that come in parts, each an object of its own.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    repository TEXT NOT NULL,
    size INTEGER NOT NULL,
    touched INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE parts (
    upload TEXT NOT NULL,
    start INTEGER NOT NULL,
    size INTEGER NOT NULL,
    object TEXT NOT NULL,
    PRIMARY KEY (upload, start)
) WITHOUT ROWID;

-- Packages that lie in the folder or bucket by themselves; `size` and `modified` tell whether they are the same still.
CREATE TABLE imported (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    digest TEXT NOT NULL,
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL
) WITHOUT ROWID;
