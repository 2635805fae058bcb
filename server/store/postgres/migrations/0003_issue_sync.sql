-- Issue sync: links, their events (which are also the log), deliveries seen, what is known of trackers, hooks over there.
-- This file and its namesake for the other database differ in the id columns alone.

-- One link per issue and one per item. next_at is when its first waiting event is due, look_at when both sides are looked
-- at without one; locked_until and version are the lease and the fence of whoever works on it.
create table issue_links (
    id bigint generated always as identity primary key,
    organization_id bigint not null references organizations (id) on delete cascade,
    sentry_id bigint not null references organization_integrations (id) on delete cascade,
    issue_id text not null,
    issue_name text not null,
    issue_title text not null,
    issue_url text not null,
    tracker_id bigint not null references organization_integrations (id) on delete cascade,
    item_key text not null,
    item_name text not null,
    item_title text not null,
    item_url text not null,
    item_project text not null,
    issue_status text not null,
    item_status text not null,
    issue_assignee text,
    item_assignee text,
    writing text,
    next_at bigint,
    look_at bigint not null,
    failures bigint not null,
    locked_until bigint not null,
    version bigint not null,
    created_by text not null,
    created_at bigint not null,
    unique (sentry_id, issue_id),
    unique (tracker_id, item_key)
);
create index issue_links_organization on issue_links (organization_id);
create index issue_links_issue on issue_links (issue_id);
create index issue_links_next_at on issue_links (next_at);
create index issue_links_look_at on issue_links (look_at);

create table sync_events (
    id bigint generated always as identity primary key,
    organization_id bigint not null references organizations (id) on delete cascade,
    tracker_id bigint not null references organization_integrations (id) on delete cascade,
    link_id bigint references issue_links (id) on delete set null,
    subject text not null,
    side text not null,
    aspect text not null,
    payload text not null,
    actor text,
    vendor_at bigint,
    status text not null,
    sentence text,
    attempts bigint not null,
    created_at bigint not null,
    finished_at bigint
);
create index sync_events_organization on sync_events (organization_id);
create index sync_events_tracker on sync_events (tracker_id, id);
create index sync_events_status on sync_events (tracker_id, status, id);
create index sync_events_link on sync_events (link_id, status, id);

-- Deliveries that were taken, so that one which is sent again is not taken again.
create table webhook_deliveries (
    source text not null,
    delivery_id text not null,
    received_at bigint not null,
    primary key (source, delivery_id)
);
create index webhook_deliveries_received_at on webhook_deliveries (received_at);

-- Projects and states of a tracker, as last gathered, and how far gathering is. The version is the fence.
create table project_information (
    installation_id bigint primary key not null references organization_integrations (id) on delete cascade,
    content text,
    gathered_at bigint,
    lease_until bigint not null,
    version bigint not null,
    done bigint not null,
    total bigint not null,
    problem text,
    failed_at bigint
);

-- The hook that a tracker keeps for us. Its secret is a credential.
create table tracker_hooks (
    installation_id bigint primary key not null references organization_integrations (id) on delete cascade,
    hook_id text,
    problem text,
    expires_at bigint,
    checked_at bigint,
    next_check_at bigint not null
);
create index tracker_hooks_hook_id on tracker_hooks (hook_id);
create index tracker_hooks_next_check_at on tracker_hooks (next_check_at);
