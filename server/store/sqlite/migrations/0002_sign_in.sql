-- Signing in at providers: grants, running pipelines, the instance's apps, install requests, circuit breakers.
-- This file and its namesake for the other database differ in the id columns alone.

-- The tokens themselves are credentials. The version is the fence of refreshing: whoever takes the lease raises it, and
-- only who holds the newest may write.
create table grants (
    installation_id bigint primary key not null references organization_integrations (id) on delete cascade,
    version bigint not null,
    requested_scopes text not null,
    granted_scopes text,
    expires_at bigint,
    refresh_expires_at bigint,
    refresh_at bigint,
    failures bigint not null,
    problem text,
    refreshed_at bigint not null,
    lease_until bigint not null,
    warned boolean not null
);
create index grants_refresh_at on grants (refresh_at);

-- A run of an install pipeline. Everything it knows is sealed.
create table pipelines (
    id text primary key not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    provider text not null,
    bound_to text not null,
    state_hash text unique,
    key_id bigint not null references data_keys (id),
    ciphertext text not null,
    version bigint not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index pipelines_bound_to on pipelines (bound_to, organization_id);

-- Data keys of the instance itself.
create table instance_keys (
    id integer primary key autoincrement not null,
    wrapped text not null,
    created_at bigint not null
);

create table provider_apps (
    provider text primary key not null,
    config text not null,
    updated_at bigint not null
);

create table provider_app_secrets (
    provider text not null references provider_apps (provider) on delete cascade,
    field text not null,
    key_id bigint not null references instance_keys (id),
    ciphertext text not null,
    version bigint not null,
    primary key (provider, field)
);

create table install_requests (
    id integer primary key autoincrement not null,
    organization_id bigint not null references organizations (id) on delete cascade,
    provider text not null,
    user_id bigint not null references users (id) on delete cascade,
    message text not null,
    status text not null,
    created_at bigint not null,
    decided_by text,
    decided_at bigint,
    unique (organization_id, provider, user_id)
);

create table circuits (
    provider text primary key not null,
    failures bigint not null,
    open_until bigint not null
);
