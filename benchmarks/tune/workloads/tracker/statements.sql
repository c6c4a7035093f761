-- A tracker's hour in pg_stat_statements' form; the weight is how often each runs. Every statement names its tenant.

-- weight: 1500
SELECT /* issues.one */ id, title, body, status, priority, assignee_id, labels, custom FROM issues
WHERE project_id = $1 AND number = $2 AND tenant_id = $3 AND deleted_at IS NULL;

-- weight: 900
SELECT /* issues.board */ id, number, title, status, priority, assignee_id FROM issues
WHERE tenant_id = $1 AND project_id = $2 AND status IN ('open', 'in_progress', 'blocked') AND deleted_at IS NULL
ORDER BY priority, created_at DESC LIMIT 100;

-- weight: 400
SELECT /* issues.recent */ i.id, i.number, i.title, i.status, i.updated_at, p.key FROM issues i JOIN projects p ON p.id = i.project_id
WHERE i.tenant_id = $1 AND i.deleted_at IS NULL ORDER BY i.created_at DESC, i.id DESC LIMIT 50;

-- weight: 150
SELECT /* issues.recent_next */ i.id, i.number, i.title, i.status, i.updated_at, p.key FROM issues i JOIN projects p ON p.id = i.project_id
WHERE i.tenant_id = $1 AND i.deleted_at IS NULL AND (i.created_at, i.id) < ($2, $3) ORDER BY i.created_at DESC, i.id DESC LIMIT 50;

-- weight: 1200
SELECT /* issues.mine */ id, number, title, status, priority, due_on FROM issues
WHERE tenant_id = $1 AND assignee_id = $2 AND status IN ('open', 'in_progress', 'blocked') AND deleted_at IS NULL ORDER BY priority, due_on NULLS LAST;

-- weight: 120
SELECT /* issues.reported */ id, number, title, status FROM issues
WHERE tenant_id = $1 AND reporter_id = $2 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 50;

-- weight: 30
SELECT /* issues.overdue */ id, number, title, assignee_id, due_on FROM issues
WHERE tenant_id = $1 AND status IN ('open', 'in_progress', 'blocked') AND due_on < current_date AND deleted_at IS NULL ORDER BY due_on LIMIT 100;

-- weight: 300
SELECT /* issues.children */ id, number, title, status FROM issues WHERE parent_id = $1 AND deleted_at IS NULL ORDER BY number;

-- weight: 80
SELECT /* issues.labelled */ id, number, title, status FROM issues
WHERE tenant_id = $1 AND labels @> ARRAY[$2::text] AND deleted_at IS NULL LIMIT 100;

-- weight: 50
SELECT /* issues.of_customer */ id, number, title, status FROM issues
WHERE tenant_id = $1 AND custom ->> 'customer' = $2 AND deleted_at IS NULL;

-- weight: 25
SELECT /* issues.custom */ id, number, title, status FROM issues WHERE tenant_id = $1 AND custom @> $2::jsonb AND deleted_at IS NULL LIMIT 100;

-- weight: 60
SELECT /* issues.search */ id, number, title, status FROM issues
WHERE tenant_id = $1 AND to_tsvector('english', title) @@ websearch_to_tsquery('english', $2) AND deleted_at IS NULL LIMIT 30;

-- weight: 20
SELECT /* issues.find */ id, number, title FROM issues WHERE tenant_id = 3 AND title ILIKE '%webhook w59%' AND deleted_at IS NULL LIMIT 20;

-- weight: 100
SELECT /* issues.counts */ status, count(*) FROM issues WHERE project_id = $1 AND deleted_at IS NULL GROUP BY status;

-- weight: 15
SELECT /* issues.workload */ assignee_id, count(*) FROM issues
WHERE tenant_id = $1 AND status IN ('open', 'in_progress', 'blocked') AND deleted_at IS NULL GROUP BY assignee_id;

-- weight: 3
SELECT /* issues.burn_down */ date_trunc('day', closed_at) AS day, count(*) FROM issues
WHERE tenant_id = $1 AND closed_at >= $2 AND closed_at < $3 GROUP BY 1 ORDER BY 1;

-- weight: 20
SELECT /* issues.unassigned */ id, number, title FROM issues
WHERE tenant_id = $1 AND assignee_id IS NULL AND status = 'open' AND deleted_at IS NULL ORDER BY priority, created_at LIMIT 50;

-- weight: 1500
SELECT /* comments.of_issue */ c.id, c.body, c.created_at, p.name FROM comments c JOIN people p ON p.id = c.author_id
WHERE c.issue_id = $1 AND c.deleted_at IS NULL ORDER BY c.created_at, c.id LIMIT 200;

-- weight: 800
SELECT /* comments.count */ issue_id, count(*) FROM comments WHERE issue_id = ANY ($1) AND deleted_at IS NULL GROUP BY issue_id;

-- weight: 40
SELECT /* comments.by_author */ id, issue_id, body, created_at FROM comments
WHERE tenant_id = $1 AND author_id = $2 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 30;

-- weight: 500
SELECT /* activity.of_issue */ id, actor_id, verb, detail, at FROM activity WHERE issue_id = $1 ORDER BY at DESC LIMIT 50;

-- weight: 300
SELECT /* activity.feed */ id, issue_id, actor_id, verb, detail, at FROM activity
WHERE tenant_id = $1 AND verb <> 'viewed' ORDER BY at DESC, id DESC LIMIT 50;

-- weight: 2
SELECT /* activity.of_week */ tenant_id, verb, count(*) FROM activity WHERE at >= '2026-05-04' AND at < '2026-05-11' GROUP BY tenant_id, verb;

-- weight: 700
SELECT /* watchers.of_issue */ p.id, p.name, p.email FROM watchers w JOIN people p ON p.id = w.person_id WHERE w.issue_id = $1 AND p.deleted_at IS NULL;

-- weight: 90
SELECT /* watchers.issues */ i.id, i.number, i.title, i.status FROM watchers w JOIN issues i ON i.id = w.issue_id
WHERE w.person_id = $1 AND i.deleted_at IS NULL ORDER BY i.updated_at DESC LIMIT 50;

-- weight: 450
SELECT /* people.sign_in */ id, tenant_id, name, role FROM people WHERE lower(email) = lower($1) AND deleted_at IS NULL;

-- weight: 200
SELECT /* people.of_tenant */ id, name, email, role FROM people WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY name LIMIT 100;

-- weight: 150
SELECT /* people.mention */ id, name FROM people WHERE tenant_id = $1 AND lower(name) LIKE 'ab%' AND deleted_at IS NULL ORDER BY name LIMIT 8;

-- weight: 250
SELECT /* projects.of_tenant */ p.id, p.key, p.name, (SELECT count(*) FROM issues i WHERE i.project_id = p.id AND i.status = 'open' AND i.deleted_at IS NULL) AS open
FROM projects p WHERE p.tenant_id = $1 AND NOT p.archived ORDER BY p.name;

-- weight: 15
SELECT /* projects.idle */ p.id, p.key, p.name FROM projects p WHERE p.tenant_id = $1 AND NOT p.archived
AND NOT EXISTS (SELECT FROM issues i WHERE i.project_id = p.id AND i.updated_at > now() - interval '30 days');

-- weight: 12
SELECT /* time.to_bill */ issue_id, sum(minutes) FROM time_entries WHERE tenant_id = $1 AND NOT billed GROUP BY issue_id;

-- weight: 60
SELECT /* time.of_person */ worked_on, sum(minutes) FROM time_entries WHERE person_id = $1 AND worked_on BETWEEN $2 AND $3 GROUP BY worked_on;

-- weight: 250
SELECT /* time.of_issue */ sum(minutes) FROM time_entries WHERE issue_id = $1;

-- weight: 90
INSERT INTO /* issues.open */ issues (tenant_id, project_id, number, title, body, priority, reporter_id, assignee_id, labels)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id;

-- weight: 220
UPDATE /* issues.move */ issues SET status = $3, updated_at = now(), closed_at = $4 WHERE id = $1 AND tenant_id = $2;

-- weight: 120
UPDATE /* issues.assign */ issues SET assignee_id = $3, updated_at = now() WHERE id = $1 AND tenant_id = $2;

-- weight: 12
UPDATE /* issues.delete */ issues SET deleted_at = now() WHERE id = $1 AND tenant_id = $2;

-- weight: 180
INSERT INTO /* comments.write */ comments (tenant_id, issue_id, author_id, body) VALUES ($1, $2, $3, $4);

-- weight: 900
INSERT INTO /* activity.log */ activity (tenant_id, issue_id, actor_id, verb, detail) VALUES ($1, $2, $3, $4, $5);

-- weight: 60
INSERT INTO /* time.enter */ time_entries (tenant_id, issue_id, person_id, minutes, worked_on) VALUES ($1, $2, $3, $4, $5);
