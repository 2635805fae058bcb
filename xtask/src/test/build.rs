//! What the browser tests run on: a copy of the build, which another build in the same target folder cannot change under
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::leptos::Profile;

/// The copy; it is removed when this is dropped.
pub struct Build(TempDir);

impl Build {
    /// Copies what the stage `build` built.
    pub fn copy() -> Result<Self> {
        let profile = Profile::Dev;
        if !profile.binary().is_file() || !profile.hashes().is_file() || !profile.site().join("pkg").is_dir() {
            bail!("nothing is built; run `cargo xtask test build e2e`");
        }
        let build = Self(tempfile::Builder::new().prefix("patchbay-build-").tempdir()?);
        copy_file(&profile.binary(), &build.binary())?;
        copy_file(&profile.hashes(), &build.0.path().join("hash.txt"))?;
        copy_folder(&profile.site(), &build.site())?;
        Ok(build)
    }

    /// The server's binary.
    pub fn binary(&self) -> PathBuf {
        self.0.path().join("patchbay")
    }

    /// The files that the browser loads.
    pub fn site(&self) -> PathBuf {
        self.0.path().join("site")
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            copy_file(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Copies bytes and permissions.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_copied_with_everything_below_it() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("pkg")).unwrap();
        fs::write(from.join("pkg/patchbay.css"), "main{}").unwrap();
        copy_folder(&from, &to).unwrap();
        fs::write(from.join("pkg/patchbay.css"), "body{}").unwrap();
        assert_eq!(fs::read_to_string(to.join("pkg/patchbay.css")).unwrap(), "main{}");
    }
}
