-- Made by hand against EXPLAIN of the loaded tracker, before any advice was seen. Budget: 116 MiB.

-- An issue and what hangs on it.
CREATE INDEX ON comments (issue_id) WHERE deleted_at IS NULL;
CREATE INDEX ON activity (issue_id);
CREATE INDEX ON issues (parent_id) WHERE parent_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX ON time_entries (issue_id) INCLUDE (minutes);
CREATE INDEX ON people (id) INCLUDE (name, email, deleted_at);  -- names without the rows
CREATE INDEX ON projects (id) INCLUDE (key);

-- Lists: the few open issues in partial indexes, the newest of a tenant from the index alone.
CREATE INDEX ON issues (tenant_id, created_at DESC, id DESC) INCLUDE (number, title, status, updated_at, project_id) WHERE deleted_at IS NULL;
CREATE INDEX ON issues (assignee_id) WHERE status IN ('open', 'in_progress', 'blocked') AND deleted_at IS NULL;
CREATE INDEX ON issues (tenant_id, due_on) WHERE status IN ('open', 'in_progress', 'blocked') AND deleted_at IS NULL;
CREATE INDEX ON issues (tenant_id, priority, created_at) WHERE assignee_id IS NULL AND status = 'open' AND deleted_at IS NULL;
CREATE INDEX ON issues (reporter_id) WHERE deleted_at IS NULL;
CREATE INDEX ON issues (project_id, status) WHERE deleted_at IS NULL;
CREATE INDEX ON issues (tenant_id);  -- met by bitmap with every search below
CREATE INDEX ON activity (tenant_id, at DESC, id DESC) WHERE verb <> 'viewed';
CREATE INDEX ON comments (author_id) WHERE deleted_at IS NULL;
CREATE INDEX ON watchers (person_id);
CREATE INDEX ON projects (tenant_id) INCLUDE (id, key, name) WHERE NOT archived;

-- Search.
CREATE INDEX ON issues USING gin (labels) WHERE deleted_at IS NULL;
CREATE INDEX ON issues ((custom ->> 'customer'));
CREATE INDEX ON issues USING gin (custom jsonb_path_ops) WHERE deleted_at IS NULL;
CREATE INDEX ON issues USING gin (to_tsvector('english', title)) WHERE deleted_at IS NULL;
CREATE INDEX ON issues USING gin (title gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX ON people (lower(email));
CREATE INDEX ON people (tenant_id, name) INCLUDE (id, email, role) WHERE deleted_at IS NULL;
CREATE INDEX ON people (tenant_id, lower(name) text_pattern_ops) WHERE deleted_at IS NULL;

-- Reports.
CREATE INDEX ON issues (tenant_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ON issues (updated_at);
CREATE INDEX ON activity (at);
CREATE INDEX ON time_entries (person_id, worked_on) INCLUDE (minutes);
CREATE INDEX ON time_entries (tenant_id) INCLUDE (issue_id, minutes) WHERE NOT billed;
