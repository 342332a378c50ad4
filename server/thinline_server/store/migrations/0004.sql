-- Small parts lie in their row: the commit that names one makes it durable, and no file is synced for it.

ALTER TABLE blobs ADD COLUMN data BLOB; -- encoded; NULL where the blob store has it
