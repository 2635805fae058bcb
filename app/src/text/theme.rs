//! The theme switch.

/// The group.
pub const LEGEND: &str = "Theme";
/// As the system has it.
pub const SYSTEM: &str = "System";
/// Always light.
pub const LIGHT: &str = "Light";
/// Always dark.
pub const DARK: &str = "Dark";
