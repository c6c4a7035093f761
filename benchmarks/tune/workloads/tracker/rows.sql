-- 400 tenants of very different sizes: 2,400 projects, 250 k issues, 350 k comments, 500 k entries in the activity log.
SET session_replication_role = replica;  -- the rows below hold what foreign keys ask for
SELECT setseed(0.33);

INSERT INTO tenants (id, slug, name, plan, created_at)
SELECT g, 'tenant-' || g, 'Tenant ' || g, CASE WHEN g % 12 = 0 THEN 'enterprise' WHEN g % 3 = 0 THEN 'team' ELSE 'free' END,
       '2023-01-01'::timestamptz + g * interval '2 days'
FROM generate_series(1, 400) g;

INSERT INTO people (id, tenant_id, email, name, role, invited_at, deleted_at)
SELECT g, 1 + floor(400 * power(random(), 3))::int, 'First.Last' || g || '@Tenant.example',
       initcap(substr(md5(g::text), 1, 6)) || ' ' || initcap(substr(md5('l' || g % 3000), 1, 8)),
       CASE WHEN g % 40 = 0 THEN 'admin' ELSE 'member' END, '2023-01-01'::timestamptz + g * interval '60 minutes',
       CASE WHEN random() < 0.08 THEN '2026-02-01'::timestamptz END
FROM generate_series(1, 20000) g;

INSERT INTO projects (id, tenant_id, key, name, lead_id, archived)
SELECT g, 1 + floor(400 * power(random(), 2.5))::int, 'P' || g, 'Project ' || g, 1 + g * 7 % 20000, random() < 0.25
FROM generate_series(1, 2400) g;

INSERT INTO issues (id, tenant_id, project_id, number, title, body, status, priority, reporter_id, assignee_id, parent_id, labels, custom,
                    due_on, created_at, updated_at, closed_at, deleted_at)
SELECT i.g, p.tenant_id, p.id, i.g,
       (ARRAY['Fix', 'Add', 'Remove', 'Investigate', 'Document'])[1 + i.g % 5] || ' ' || (ARRAY['login', 'export', 'invoice', 'search', 'upload',
       'report', 'webhook', 'cache', 'layout', 'import'])[1 + floor(10 * power(i.r, 2))::int] || ' w' || floor(6000 * power(random(), 2))::int,
       'Steps: ' || repeat(md5((i.g % 9000)::text) || ' ', 1 + i.g % 4),
       CASE WHEN i.g > 235000 THEN CASE WHEN random() < 0.55 THEN 'open' ELSE 'in_progress' END
            WHEN random() < 0.05 THEN 'open' WHEN random() < 0.02 THEN 'blocked' WHEN random() < 0.08 THEN 'wont_fix' ELSE 'done' END,
       1 + floor(5 * sqrt(random()))::int % 5, 1 + floor(20000 * power(random(), 2))::bigint,
       CASE WHEN random() < 0.7 THEN 1 + floor(20000 * power(random(), 2))::bigint END,
       CASE WHEN i.g > 5000 AND random() < 0.12 THEN i.g - 1 - floor(4000 * random())::bigint END,
       CASE WHEN random() < 0.5 THEN ARRAY['l' || floor(120 * power(random(), 3))::int, 'l' || (120 + floor(60 * random())::int)] ELSE '{}' END,
       CASE WHEN random() < 0.4 THEN jsonb_build_object('customer', 'c' || floor(3000 * power(random(), 2))::int, 'severity', 's' || (i.g % 4)) ELSE '{}' END,
       CASE WHEN random() < 0.3 THEN '2025-01-10'::date + (i.g / 470)::int + floor(40 * random())::int END,
       '2025-01-01'::timestamptz + i.g * interval '188 seconds',
       '2025-01-01'::timestamptz + i.g * interval '188 seconds' + power(random(), 4) * interval '60 days',
       CASE WHEN i.g < 235000 THEN '2025-01-05'::timestamptz + i.g * interval '188 seconds' END,
       CASE WHEN random() < 0.03 THEN '2026-03-01'::timestamptz END
FROM (SELECT g, random() AS r, 1 + floor(2400 * power(random(), 2))::bigint AS project FROM generate_series(1, 250000) g) i
JOIN projects p ON p.id = i.project ORDER BY i.g;

INSERT INTO comments (id, tenant_id, issue_id, author_id, body, created_at, deleted_at)
SELECT c.g, i.tenant_id, i.id, 1 + floor(20000 * power(random(), 2))::bigint, 'Comment ' || md5(c.g::text) || repeat(' indeed', c.g % 12),
       i.created_at + power(random(), 2) * interval '30 days', CASE WHEN random() < 0.02 THEN '2026-03-01'::timestamptz END
FROM (SELECT g, 1 + floor(250000 * power(random(), 0.8))::bigint AS issue FROM generate_series(1, 350000) g) c
JOIN issues i ON i.id = c.issue ORDER BY c.g;

INSERT INTO activity (id, tenant_id, issue_id, actor_id, verb, detail, at)
SELECT a.g, i.tenant_id, i.id, 1 + floor(20000 * power(random(), 2))::bigint,
       (ARRAY['commented', 'commented', 'moved', 'assigned', 'edited', 'viewed', 'viewed', 'viewed'])[1 + a.g % 8],
       jsonb_build_object('from', 's' || a.g % 5, 'to', 's' || a.g % 4), '2025-01-01'::timestamptz + a.g * interval '94 seconds'
FROM (SELECT g, least(250000, 1 + floor(g / 2.0 * (1 - 0.2 * power(random(), 3)))::bigint) AS issue FROM generate_series(1, 500000) g) a
JOIN issues i ON i.id = a.issue ORDER BY a.g;

INSERT INTO watchers (issue_id, person_id)
SELECT DISTINCT 1 + floor(250000 * sqrt(random()))::bigint, 1 + floor(20000 * power(random(), 2))::bigint FROM generate_series(1, 200000);

INSERT INTO time_entries (tenant_id, issue_id, person_id, minutes, worked_on, billed)
SELECT i.tenant_id, i.id, 1 + floor(20000 * power(random(), 3))::bigint, 15 * (1 + floor(16 * power(random(), 2))::int),
       (i.created_at + random() * interval '20 days')::date, i.id < 240000
FROM issues i WHERE i.id % 2 = 0 ORDER BY i.id;

SET session_replication_role = origin;
