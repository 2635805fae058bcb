-- Times are Unix milliseconds. JSON and sealed secrets are text. Ids never return.
-- This file and its namesake for the other database differ in the id columns alone.

create table users (
    id integer primary key autoincrement not null,
    email text not null unique,
    name text not null,
    password_hash text,
    is_instance_admin boolean not null,
    created_at bigint not null
);

create table sessions (
    id integer primary key autoincrement not null,
    token_hash text not null unique,
    user_id bigint not null references users (id) on delete cascade,
    address text,
    user_agent text,
    created_at bigint not null,
    last_seen_at bigint not null
);
create index sessions_user on sessions (user_id);

create table organizations (
    id integer primary key autoincrement not null,
    name text not null,
    slug text not null unique,
    status text not null,
    default_role text not null,
    flags bigint not null,
    features_off text not null,
    created_at bigint not null
);

create table members (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    user_id bigint not null references users (id) on delete cascade,
    role text not null,
    created_at bigint not null,
    unique (organization_id, user_id)
);
create index members_user on members (user_id);

create table teams (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    slug text not null,
    name text not null,
    created_at bigint not null,
    unique (organization_id, slug)
);

create table team_members (
    team_id bigint not null references teams (id) on delete cascade,
    member_id bigint not null references members (id) on delete cascade,
    role text not null,
    primary key (team_id, member_id)
);
create index team_members_member on team_members (member_id);

create table projects (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    slug text not null,
    name text not null,
    platform text,
    created_at bigint not null,
    unique (organization_id, slug)
);

create table project_teams (
    project_id bigint not null references projects (id) on delete cascade,
    team_id bigint not null references teams (id) on delete cascade,
    primary key (project_id, team_id)
);
create index project_teams_team on project_teams (team_id);

-- The outside account. It is shared by the organizations that installed it and holds no state of theirs.
create table integrations (
    id integer primary key autoincrement not null,
    provider text not null,
    external_id text not null,
    name text not null,
    icon text,
    domain_name text,
    account_type text,
    created_at bigint not null,
    unique (provider, external_id)
);

create table organization_integrations (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    integration_id bigint not null references integrations (id),
    status text not null,
    config text not null,
    config_version bigint not null,
    health text not null,
    health_reason text,
    checked_at bigint,
    healthy_at bigint,
    next_check_at bigint,
    facts text not null,
    installed_by bigint references users (id) on delete set null,
    removal_due_at bigint,
    removed_from text,
    created_at bigint not null,
    unique (organization_id, integration_id)
);
create index organization_integrations_integration on organization_integrations (integration_id);

create table data_keys (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    wrapped text not null,
    created_at bigint not null
);
create index data_keys_organization on data_keys (organization_id);

create table credentials (
    id integer primary key autoincrement not null,
    installation_id bigint not null references organization_integrations (id) on delete cascade,
    field text not null,
    key_id bigint not null references data_keys (id),
    ciphertext text not null,
    version bigint not null,
    updated_at bigint not null,
    unique (installation_id, field)
);

create table health_checks (
    id integer primary key autoincrement not null,
    installation_id bigint not null references organization_integrations (id) on delete cascade,
    health text not null,
    reason text,
    duration_ms bigint not null,
    checked_at bigint not null
);
create index health_checks_installation on health_checks (installation_id, checked_at);

create table audit_entries (
    id integer primary key autoincrement not null,
    organization_id bigint references organizations (id) on delete cascade,
    actor text not null,
    action text not null,
    target_kind text not null,
    target_id text not null,
    summary text not null,
    outcome text not null,
    address text,
    request_id text,
    created_at bigint not null
);
create index audit_entries_organization on audit_entries (organization_id, id);
create index audit_entries_target on audit_entries (target_kind, target_id, id);

create table events (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    topic text not null,
    subject text not null,
    actor text not null,
    created_at bigint not null
);
create index events_organization on events (organization_id, id);

-- unique_key keeps one waiting job per thing; a claimed job is taken again when locked_until has passed.
create table jobs (
    id integer primary key autoincrement not null,
    work text not null,
    unique_key text unique,
    run_at bigint not null,
    attempts bigint not null,
    locked_until bigint not null,
    last_error text,
    created_at bigint not null
);
create index jobs_run_at on jobs (run_at);

create table tokens (
    id integer primary key autoincrement not null,
    organization_id bigint references organizations (id) on delete cascade,
    user_id bigint references users (id) on delete cascade,
    name text not null,
    token_hash text not null unique,
    hint text not null,
    scopes text not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint
);

-- The exact log behind the rate limit. The caller's row is the lock; the log holds accepted requests only.
create table rate_limit_callers (
    caller text primary key not null,
    touched_at bigint not null
);
create table rate_limit_log (
    id integer primary key autoincrement not null,
    caller text not null references rate_limit_callers (caller) on delete cascade,
    accepted_at bigint not null
);
create index rate_limit_log_caller on rate_limit_log (caller, accepted_at);

create table mails (
    id integer primary key autoincrement not null,
    recipient text not null,
    subject text not null,
    body text not null,
    status text not null,
    error text,
    created_at bigint not null
);

create table instance_settings (
    name text primary key not null,
    value text not null
);
