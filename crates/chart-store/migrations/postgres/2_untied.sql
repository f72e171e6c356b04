-- Charts with versions that the registry does not have yet: `versions.manifest` is empty for those, until somebody asks
-- for the chart's repository, which has no row so long. The file for SQLite differs in types only; here nothing is put off.
CREATE TABLE untied (
    tenant BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, name)
);
