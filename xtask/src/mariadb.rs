//! Where MariaDB is; the tests start it themselves.

use std::path::{Path, PathBuf};

use crate::shell;

/// The server's program: from `PATH`, else where Debian puts it, which is on the path of the super-user only.
pub fn server() -> Option<PathBuf> {
    shell::which("mariadbd").or_else(|| {
        let debian = Path::new("/usr/sbin/mariadbd");
        debian.is_file().then(|| debian.to_path_buf())
    })
}
