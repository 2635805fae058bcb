//! Roles and scopes: who may do what. The scope list decides; a role is only a name for a set of scopes.

use serde::{Deserialize, Serialize};

text_enum! {
    /// A permission word, as tokens carry it and as the Sentry API names it.
    pub enum Scope {
        /// See events.
        EventRead = "event:read",
        /// Change events.
        EventWrite = "event:write",
        /// Delete events.
        EventAdmin = "event:admin",
        /// See projects.
        ProjectRead = "project:read",
        /// Change and create projects.
        ProjectWrite = "project:write",
        /// Delete projects.
        ProjectAdmin = "project:admin",
        /// Work with releases.
        ProjectReleases = "project:releases",
        /// See the organization.
        OrgRead = "org:read",
        /// Change the organization.
        OrgWrite = "org:write",
        /// Delete the organization, change its default role.
        OrgAdmin = "org:admin",
        /// Install, configure, pause and remove integrations.
        OrgIntegrations = "org:integrations",
        /// What a CI job needs.
        OrgCi = "org:ci",
        /// See members.
        MemberRead = "member:read",
        /// Invite members.
        MemberInvite = "member:invite",
        /// Change members.
        MemberWrite = "member:write",
        /// Remove members.
        MemberAdmin = "member:admin",
        /// See teams.
        TeamRead = "team:read",
        /// Change and create teams.
        TeamWrite = "team:write",
        /// Delete teams.
        TeamAdmin = "team:admin",
        /// See alerts.
        AlertsRead = "alerts:read",
        /// Change alerts.
        AlertsWrite = "alerts:write",
        /// Read short-lived access tokens of connections; only ever on a token, never in a role.
        IntegrationCredentials = "integration:credentials",
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    /// No scope.
    pub const NONE: Self = Self(0);

    const fn bit(scope: Scope) -> u32 {
        1 << scope as u32
    }

    /// These scopes, and nothing they imply.
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < scopes.len() {
            bits |= Self::bit(scopes[index]);
            index += 1;
        }
        Self(bits)
    }

    /// Whether the scope is in the set.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Whether any of the scopes is in the set: an action lists the scopes of which one suffices.
    pub fn has_any(self, scopes: &[Scope]) -> bool {
        self.0 & Self::of(scopes).0 != 0
    }

    /// What both sets have: a user token is capped by the user's role.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What either set has.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What this set has and the other lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The set with everything its scopes imply: `admin` holds `write` holds `read`; `org:admin` holds
    /// `org:integrations`; `member:write` holds `member:invite`.
    #[must_use]
    pub fn expanded(self) -> Self {
        use Scope::*;
        const IMPLIED: &[(Scope, &[Scope])] = &[
            (EventAdmin, &[EventWrite, EventRead]),
            (EventWrite, &[EventRead]),
            (ProjectAdmin, &[ProjectWrite, ProjectRead]),
            (ProjectWrite, &[ProjectRead]),
            (OrgAdmin, &[OrgWrite, OrgRead, OrgIntegrations]),
            (OrgWrite, &[OrgRead]),
            (MemberAdmin, &[MemberWrite, MemberInvite, MemberRead]),
            (MemberWrite, &[MemberInvite, MemberRead]),
            (MemberInvite, &[MemberRead]),
            (TeamAdmin, &[TeamWrite, TeamRead]),
            (TeamWrite, &[TeamRead]),
            (AlertsWrite, &[AlertsRead]),
        ];
        IMPLIED.iter().filter(|(scope, _)| self.has(*scope)).fold(self, |all, (_, more)| all.or(Self::of(more)))
    }

    /// The scopes, in the order of [`Scope`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }
}

impl Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Scope>::deserialize(deserializer)?.into_iter().collect())
    }
}

json_column!(Scopes);

text_enum! {
    /// A member's role in an organization, lowest first.
    pub enum Role {
        /// Sees integrations, works in own projects.
        Member = "member",
        /// And installs integrations, manages projects and teams.
        Admin = "admin",
        /// And manages members and most settings.
        Manager = "manager",
        /// And everything else.
        Owner = "owner",
    }
}

impl Role {
    /// The scopes of this role.
    pub const fn scopes(self) -> Scopes {
        use Scope::*;
        const MEMBER: Scopes = Scopes::of(&[
            EventRead,
            EventWrite,
            EventAdmin,
            ProjectRead,
            ProjectReleases,
            OrgRead,
            MemberRead,
            MemberInvite,
            TeamRead,
            AlertsRead,
            AlertsWrite,
        ]);
        const ADMIN: Scopes =
            MEMBER.or(Scopes::of(&[ProjectWrite, ProjectAdmin, TeamWrite, TeamAdmin, OrgIntegrations]));
        const MANAGER: Scopes = ADMIN.or(Scopes::of(&[MemberWrite, MemberAdmin, OrgWrite]));
        const OWNER: Scopes = MANAGER.or(Scopes::of(&[OrgAdmin]));
        match self {
            Self::Member => MEMBER,
            Self::Admin => ADMIN,
            Self::Manager => MANAGER,
            Self::Owner => OWNER,
        }
    }
}

text_enum! {
    /// A member's role in a team, lowest first.
    pub enum TeamRole {
        /// Works in the team's projects.
        Contributor = "contributor",
        /// And manages the team and its projects.
        Admin = "admin",
    }
}

/// What a caller wants to do, as the scopes of which one suffices. `who` completes "… can do this".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Any of these.
    pub any: &'static [Scope],
    /// Who has one of them, for the refusal.
    pub who: &'static str,
}

impl Need {
    /// See the organization.
    pub const ORG_READ: Self = Self { any: &[Scope::OrgRead, Scope::OrgWrite, Scope::OrgAdmin], who: "Members" };
    /// Change the organization.
    pub const ORG_WRITE: Self = Self { any: &[Scope::OrgWrite, Scope::OrgAdmin], who: "Managers and owners" };
    /// See integrations.
    pub const INTEGRATIONS_READ: Self =
        Self { any: &[Scope::OrgRead, Scope::OrgWrite, Scope::OrgAdmin, Scope::OrgIntegrations], who: "Members" };
    /// Install, configure and pause integrations.
    pub const INTEGRATIONS_WRITE: Self =
        Self { any: &[Scope::OrgWrite, Scope::OrgAdmin, Scope::OrgIntegrations], who: "Admins, managers and owners" };
    /// Read short-lived access tokens of connections.
    pub const CREDENTIALS: Self =
        Self { any: &[Scope::IntegrationCredentials], who: "Tokens with the scope integration:credentials" };
    /// Remove integrations.
    pub const INTEGRATIONS_REMOVE: Self =
        Self { any: &[Scope::OrgAdmin, Scope::OrgIntegrations], who: "Admins, managers and owners" };

    /// Link issues with items of trackers, and create items for them.
    pub const ISSUE_LINKS: Self =
        Self { any: &[Scope::EventWrite, Scope::EventAdmin, Scope::OrgIntegrations], who: "Members" };

    /// The refusal.
    pub fn refusal(self) -> String {
        format!("{} of this organization can do this. Ask one of them.", self.who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_the_lower_ones() {
        for pair in Role::ALL.windows(2) {
            assert_eq!(pair[0].scopes().without(pair[1].scopes()), Scopes::NONE, "{} in {}", pair[0], pair[1]);
        }
        assert!(!Role::Member.scopes().has_any(Need::INTEGRATIONS_WRITE.any));
        assert!(Role::Admin.scopes().has_any(Need::INTEGRATIONS_WRITE.any));
        assert!(!Role::Owner.scopes().has(Scope::IntegrationCredentials));
        assert_eq!(Role::Owner.scopes().expanded(), Role::Owner.scopes());
    }

    #[test]
    fn a_wider_scope_implies_the_narrower_ones() {
        let all = Scopes::of(&[Scope::OrgAdmin]).expanded();
        assert_eq!(serde_json::to_string(&all).unwrap(), r#"["org:read","org:write","org:admin","org:integrations"]"#);
        assert!(Scopes::of(&[Scope::MemberAdmin]).expanded().has(Scope::MemberInvite));
        assert!(!Scopes::of(&[Scope::OrgIntegrations]).expanded().has(Scope::OrgRead));
    }
}
