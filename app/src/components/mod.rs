//! Components: they take values and callbacks and never fetch. One file per family.

pub mod access_card;
pub mod activity_card;
pub mod add_integration;
pub mod buttons;
pub mod clock;
pub mod combobox;
pub mod copy_field;
pub mod detailed_view;
pub mod dialog;
pub mod fields;
#[cfg(all(test, feature = "ssr"))]
mod fixtures;
pub mod form_field;
pub mod frame;
pub mod health_card;
pub mod icons;
pub mod information_card;
pub mod install;
pub mod installation_form;
pub mod installed_integration;
pub mod integration_main_settings;
pub mod issue_sync;
pub mod notes;
pub mod page;
pub mod permissions_card;
pub mod provider_app_form;
pub mod remove_dialog;
pub mod request_form;
pub mod requests_card;
pub mod search;
pub mod settings;
pub mod status_mark;
pub mod theme;
pub mod tile;
pub mod time;
pub mod toasts;

pub use buttons::{Button, ButtonKind, ButtonSize, LinkButton};
pub use clock::Clock;
pub use copy_field::CopyField;
pub use dialog::Dialog;
pub use fields::{
    Checkbox, FieldRow, NumberField, SecretArea, SecretField, SelectField, Switch, TextArea, TextField, ValueControl,
};
pub use icons::{Icon, Symbol};
pub use notes::{Alert, AlertKind, Empty, ErrorNote, Refusal, Skeleton};
pub use page::{Card, Crumbs, DocumentTitle, PageHead, Tab, Tabs};
pub use status_mark::{HealthMark, StatusMark};
pub use tile::Tile;
pub use time::TimeAgo;
pub use toasts::{Toaster, Toasts};
