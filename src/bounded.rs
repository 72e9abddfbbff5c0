//! Reads files that others may have made: regular files alone, and none that is larger than expected.
//!
//! A path may lead to a device that never ends, to a pipe into which nobody writes, or to a file that is larger than
//! memory. So a file is opened in a way that cannot wait, and only what was opened is looked at: between a check and a
//! second opening somebody could put another file in its place.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

pub(crate) const KIB: u64 = 1024;
pub(crate) const MIB: u64 = 1024 * KIB;

/// The bytes of a regular file, which may be named by a link.
///
/// # Errors
/// It cannot be read, is no regular file, or has more than `most` bytes; nothing of such a file is read.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_with(path, most, OFlags::NONBLOCK)
}

/// The same of a file that must not be named by a link. Links among the folders above it are followed.
///
/// # Errors
/// Those of [`read`], and that it is a link.
pub(crate) fn read_no_follow(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_with(path, most, OFlags::NONBLOCK | OFlags::NOFOLLOW)
}

/// Whether a path is a link that leads out of this folder.
///
/// # Errors
/// Where it leads cannot be looked up.
pub(crate) fn leads_out(folder: &Path, path: &Path) -> io::Result<bool> {
    if !path.is_symlink() {
        return Ok(false);
    }
    // The folder of a bare name is the present one.
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    Ok(!path.canonicalize()?.starts_with(folder.canonicalize()?))
}

fn read_with(path: &Path, most: u64, flags: OFlags) -> io::Result<Vec<u8>> {
    // The library adds O_CLOEXEC by itself.
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    let file = opened.map_err(|error| match rustix::io::Errno::from_io_error(&error) {
        // A link that is not followed, and a socket, cannot be opened at all.
        Some(rustix::io::Errno::LOOP) if flags.contains(OFlags::NOFOLLOW) => not_regular(),
        Some(rustix::io::Errno::NXIO) => not_regular(),
        _ => error,
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(not_regular());
    }
    if metadata.len() > most {
        return Err(too_large(most));
    }
    whole(&file, metadata.len(), most)
}

/// A file may grow while it is read, and those of `/proc` have a length of 0.
fn whole(file: &File, length: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        Ok(bytes)
    } else {
        Err(too_large(most))
    }
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")
}

fn too_large(most: u64) -> io::Error {
    let most = if most < MIB {
        format!("{} KiB", most / KIB)
    } else {
        format!("{} MiB", most / MIB)
    };
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it has more than {most}"),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    const GIB: u64 = 1024 * MIB;

    /// What both ways of reading say of a file.
    fn both(path: &Path, most: u64) -> [Result<Vec<u8>, String>; 2] {
        [read, read_no_follow].map(|read| read(path, most).map_err(|error| error.to_string()))
    }

    #[track_caller]
    fn assert_refused(path: &Path, why: &str) {
        assert_eq!(both(path, MIB), [Err(why.to_owned()), Err(why.to_owned())]);
    }

    #[test]
    fn a_regular_file_is_read_up_to_the_bound_and_not_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for length in [0, 1, KIB] {
            let bytes = vec![b'x'; usize::try_from(length).unwrap()];
            fs::write(&path, &bytes).unwrap();
            assert_eq!(both(&path, KIB), [Ok(bytes.clone()), Ok(bytes)]);
        }
        fs::write(&path, vec![b'x'; 1025]).unwrap();
        let told = "it has more than 1 KiB".to_owned();
        assert_eq!(both(&path, KIB), [Err(told.clone()), Err(told)]);
    }

    #[test]
    fn a_file_that_is_larger_than_memory_is_refused_by_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sparse");
        File::create(&path).unwrap().set_len(64 * GIB).unwrap();
        assert_refused(&path, "it has more than 1 MiB");
    }

    #[test]
    fn a_file_that_does_not_tell_its_length_is_read_no_further_than_the_bound() {
        let path = Path::new("/proc/self/environ");
        if let Ok(all) = fs::read(path).map(|bytes| bytes.len())
            && all > 10
        {
            assert!(fs::metadata(path).unwrap().len() < 10);
            assert!(read(path, 10).is_err());
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let told = "it is no regular file";
        assert_refused(folder.path(), told);
        assert_refused(Path::new("/dev/zero"), told);
        let fifo = folder.path().join("fifo");
        let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
        assert!(made.success());
        assert_refused(&fifo, told);
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        assert_refused(&socket, told);
    }

    #[test]
    fn a_link_is_followed_by_one_way_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "x").unwrap();
        symlink(&file, &link).unwrap();
        assert_eq!(
            both(&link, KIB),
            [Ok(b"x".to_vec()), Err("it is no regular file".to_owned())]
        );
        fs::remove_file(&file).unwrap();
        symlink("/dev/zero", &file).unwrap();
        assert_eq!(
            read(&link, KIB).unwrap_err().to_string(),
            "it is no regular file"
        );
    }
}
