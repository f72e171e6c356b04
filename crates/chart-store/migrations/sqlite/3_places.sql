-- Versions are found by the number of their archive's blob: numbers are in the order they came, so new ones are written
-- at the end of the index, while a digest's place is anywhere. No blob goes while a version has its number.
-- Files are found by their content. The file for PostgreSQL differs in types only.
ALTER TABLE versions ADD COLUMN blob INTEGER NOT NULL DEFAULT 0;
UPDATE versions SET blob = coalesce((SELECT id FROM blobs WHERE digest = archive), 0);
DROP INDEX versions_by_archive;
CREATE INDEX versions_by_blob ON versions (blob);
CREATE INDEX imported_by_digest ON imported (digest);
-- A file whose tenant is 0 has a version of an upload, which stays when the file goes.
UPDATE imported SET tenant = 0 WHERE NOT EXISTS (SELECT 1 FROM blobs b WHERE b.digest = imported.digest AND b.path IS NOT NULL);
