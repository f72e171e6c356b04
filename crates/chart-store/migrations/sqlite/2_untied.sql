-- Charts with versions that the registry does not have yet: `versions.manifest` is empty for those, until somebody asks
-- for the chart's repository, which has no row so long. The file for PostgreSQL differs in types only.
CREATE TABLE untied (
    tenant INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) WITHOUT ROWID;
