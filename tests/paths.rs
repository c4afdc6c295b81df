//! A path is the name of a file and nothing else, whatever SQLite would read into it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use support::{Player, role, say};
use tenantry::{Engine, NewTenant};

#[test]
fn a_child_plays_its_role() {
    support::play(&[("relative", relative)]);
}

/// Names to which SQLite, the shell or a URI gives a meaning.
fn names() -> Vec<OsString> {
    let mut names: Vec<OsString> = [
        ":memory:",
        "file:x.db?mode=memory",
        "file:x.db?mode=memory&cache=shared",
        "file::memory:",
        "with space.db",
        " ",
        "50%.db",
        "%41.db",
        "what?.db",
        "a?mode=ro",
        "a#b.db",
        "it's.db",
        "\"quoted\".db",
        "semi;colon.db",
        "two\nlines.db",
        "-dash.db",
        "~",
        "株式会社.db",
        "e\u{301}.db",
        "no-extension",
        ".hidden",
    ]
    .map(OsString::from)
    .into();
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStringExt;
        names.push(OsString::from_vec(b"not \xff\xfe UTF-8.db".to_vec()));
    }
    names
}

/// Uses the store at `path`, from two engines, and finds all of it in the one file.
fn use_store(path: &Path) {
    let engine = Engine::open(path).unwrap();
    let acme = engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    let other = Engine::open(path).unwrap();
    assert_eq!(other.tenants().unwrap(), [acme]);
    other.create(&NewTenant::named("Globex"), "bob").unwrap();
    assert_eq!(engine.tenants().unwrap().len(), 2);
}

fn files(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn every_name_that_a_file_may_have_is_taken_literally() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        use_store(&folder.path().join(&name));
        assert_eq!(files(folder.path()), [name]);
    }
}

#[test]
fn a_copy_may_have_every_name_too() {
    for name in names() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        std::fs::create_dir(&inside).unwrap();
        let engine = Engine::open(folder.path().join("t.db")).unwrap();
        engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        engine.backup(inside.join(&name)).unwrap();
        assert_eq!(files(&inside), std::slice::from_ref(&name));
        assert_eq!(Engine::open(inside.join(name)).unwrap().tenants().unwrap().len(), 1);
    }
}

/// Goes into a folder of its own: the folder is the process's, and tests share one.
fn relative() {
    let folder = support::store();
    std::env::set_current_dir(&folder).unwrap();
    for name in names() {
        use_store(Path::new(&name));
    }
    use_store(Path::new("./below/../here.db"));
    let engine = Engine::open("stays.db").unwrap();
    std::env::set_current_dir("/").unwrap();
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    say("done");
}

#[test]
fn a_name_without_a_folder_is_a_file_of_the_folder_the_engine_was_opened_in() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("below")).unwrap();
    let mut player = Player::start(&mut role("relative", folder.path()));
    player.expect("done");
    player.finish();
    let mut expected = names();
    expected.extend(["here.db", "stays.db", "below"].map(OsString::from));
    expected.sort();
    assert_eq!(files(folder.path()), expected);
}

#[test]
fn what_can_be_no_path_is_refused_at_once() {
    for path in ["", "a\0b"] {
        assert_eq!(Engine::open(path).unwrap_err().code(), "cannot_open");
    }
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("x".repeat(300))).unwrap();
    assert_eq!(engine.tenants().unwrap_err().code(), "cannot_open");
    assert!(files(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn one_file_by_two_names_is_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real");
    std::fs::create_dir(&real).unwrap();
    let link = |to: &Path, name: &str| -> PathBuf {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(to, &link).unwrap();
        link
    };
    let store = real.join("t.db");
    let (by_folder, by_file) = (link(&real, "folder").join("t.db"), link(&store, "file.db"));
    // The file is not there yet for the first of them.
    let engines = [by_file, store, by_folder].map(|path| Engine::open(path).unwrap());
    for (n, engine) in engines.iter().enumerate() {
        engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        for engine in &engines {
            assert_eq!(engine.tenants().unwrap().len(), n + 1);
        }
    }
    drop(engines);
    assert_eq!(files(&real), ["t.db"]);
}
