-- What is kept beside the blobs. Times are milliseconds since 1970. The file for SQLite differs in types only.

-- One row: the name of the store, part of every ETag.
CREATE TABLE store (name TEXT COLLATE "C" NOT NULL);

-- `changes` counts every change of the tenant's index; `pruned` is the count up to which removals are forgotten.
CREATE TABLE tenants (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    changes BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    pruned BIGINT NOT NULL DEFAULT 0
);

-- state: 0 kept, 1 being deleted, 2 deleted (until uploads of before have noticed).
-- Rows are in the order they came, not of their digests: new ones are written at the end.
-- `body` holds small contents; else they are at `path`, or where their digest says.
CREATE TABLE blobs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    state BIGINT NOT NULL DEFAULT 0,
    touched BIGINT NOT NULL,
    path TEXT COLLATE "C",
    body BYTEA
);

CREATE TABLE repositories (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT COLLATE "C" NOT NULL UNIQUE);

-- Which blobs a repository has.
CREATE TABLE links (
    repository BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    linked BIGINT NOT NULL,
    PRIMARY KEY (repository, digest)
);
CREATE INDEX links_by_digest ON links (digest);

-- `chart` is the version of a Helm chart whose archive was checked.
CREATE TABLE manifests (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    artifact_type TEXT COLLATE "C",
    subject TEXT COLLATE "C",
    annotations TEXT COLLATE "C",
    chart TEXT COLLATE "C",
    size BIGINT NOT NULL,
    body BYTEA NOT NULL,
    UNIQUE (repository, digest)
);
CREATE INDEX manifests_by_chart ON manifests (repository, chart) WHERE chart IS NOT NULL;
CREATE INDEX manifests_by_subject ON manifests (repository, subject) WHERE subject IS NOT NULL;

-- Which blobs a manifest needs.
CREATE TABLE needs (
    repository BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    manifest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, digest, manifest)
);
CREATE INDEX needs_by_manifest ON needs (repository, manifest);

CREATE TABLE tags (
    repository BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (repository, name)
);
CREATE INDEX tags_by_digest ON tags (repository, digest);

-- The charts of indexes. `changed` is the count of the tenant when the row was written.
CREATE TABLE versions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    archive TEXT COLLATE "C" NOT NULL,
    provenance TEXT COLLATE "C",
    manifest TEXT COLLATE "C",
    size BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    metadata TEXT COLLATE "C" NOT NULL,
    entry TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant, name, version),
    UNIQUE (tenant, file)
);
CREATE INDEX versions_by_change ON versions (tenant, changed);
CREATE INDEX versions_by_archive ON versions (archive);
CREATE INDEX versions_by_provenance ON versions (provenance) WHERE provenance IS NOT NULL;

-- Versions that went, for those who hold an older index.
CREATE TABLE removals (
    tenant BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (tenant, name, version)
);
CREATE INDEX removals_by_change ON removals (tenant, changed);

-- Provenance files that came before their charts.
CREATE TABLE provenances (
    tenant BIGINT NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, file)
);
CREATE INDEX provenances_by_digest ON provenances (digest);

-- Bodies that come in parts, each an object of its own.
CREATE TABLE uploads (
    id TEXT COLLATE "C" PRIMARY KEY,
    repository TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    touched BIGINT NOT NULL
);
CREATE TABLE parts (
    upload TEXT COLLATE "C" NOT NULL,
    start BIGINT NOT NULL,
    size BIGINT NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (upload, start)
);

-- Packages that lie in the folder or bucket by themselves; `size` and `modified` tell whether they are the same still.
CREATE TABLE imported (
    path TEXT COLLATE "C" PRIMARY KEY,
    size BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    tenant BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL
);
