//! What the tests with real processes share: children, chance, and looks into the file.

// Each test crate uses a part of it.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tenantry::{Engine, Roster, UserProfile};

const ROLE: &str = "TENANTRY_TEST_ROLE";

/// The test that a child runs. Every crate that starts children has one of this name, and it does
/// nothing but call [`play`].
const ENTRY: &str = "a_child_plays_its_role";

/// Plays the role that this process was started for and ends it; returns if there is none.
pub(crate) fn play(roles: &[(&str, fn())]) {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let found = roles.iter().find(|(name, _)| *name == role);
    let (_, play) = found.unwrap_or_else(|| panic!("no role {role}"));
    play();
    std::process::exit(0);
}

/// This test binary, to be started again in a role.
pub(crate) fn role(name: &str, store: &Path) -> Command {
    role_within(&[], name, store)
}

/// The same, started by another command, which gets it behind its own arguments.
pub(crate) fn role_within(command: &[&str], name: &str, store: &Path) -> Command {
    let this = std::env::current_exe().unwrap();
    let words = command.iter().map(OsStr::new).chain([this.as_os_str()]);
    let mut words = words.collect::<Vec<_>>().into_iter();
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .args([ENTRY, "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, name)
        .env("STORE", store)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// A child that is playing, and the lines it says.
pub(crate) struct Player {
    pub(crate) child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Player {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next line that the role said; none at its end.
    pub(crate) fn hear(&mut self) -> Option<String> {
        // The rest is libtest's.
        self.lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(SAID).map(str::to_owned))
    }

    /// Waits for the role to say just this.
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.hear().as_deref(), Some(line));
    }

    /// Tells the child something that it [`listen`]s for.
    pub(crate) fn tell(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
    }

    /// Everything it said until it ended, which it must do without a panic.
    pub(crate) fn finish(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        let mut said = Vec::new();
        while let Some(line) = self.hear() {
            said.push(line);
        }
        let status = self.child.wait().unwrap();
        assert!(status.success(), "a child ended with {status}: {said:?}");
        said
    }

    /// Kills it at once.
    pub(crate) fn kill(mut self) -> Killed {
        self.child.kill().unwrap();
        let mut said = Vec::new();
        while let Some(line) = self.hear() {
            said.push(line);
        }
        let status = self.child.wait().unwrap();
        // By a signal, or by itself before that.
        assert!(matches!(status.code(), None | Some(0)), "{status}");
        Killed { amid: !status.success(), said }
    }
}

/// What became of a child that was killed.
pub(crate) struct Killed {
    /// Whether it was still playing.
    pub(crate) amid: bool,
    /// What it had said that was not heard yet.
    pub(crate) said: Vec<String>,
}

/// Marks the lines of a role among those of libtest.
const SAID: &str = "\u{1}";

/// In a child: says a line to the parent. Not by `println`, which libtest may catch.
pub(crate) fn say(line: impl std::fmt::Display) {
    let mut stdout = std::io::stdout().lock();
    // libtest leaves a line of its own open.
    write!(stdout, "\n{SAID}{line}\n").unwrap();
    stdout.flush().unwrap();
}

/// In a child: the next line that the parent told; none at the end.
pub(crate) fn listen() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).unwrap();
    (read > 0).then(|| line.trim_end().to_owned())
}

/// In a child: what the parent put into the environment.
pub(crate) fn arg(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// In a child: the path of the store.
pub(crate) fn store() -> PathBuf {
    std::env::var_os("STORE").unwrap().into()
}

/// In a child: an engine over the store.
pub(crate) fn engine() -> Engine {
    Engine::open(store()).unwrap()
}

/// A folder in memory where there is one, for tests that commit often and never crash.
pub(crate) fn quick_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Numbers by chance, the same for the same seed (splitmix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A time shorter than `most`.
    pub(crate) fn time(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap().max(1)))
    }

    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }
}

/// The first users of the file of ten thousand.
pub(crate) fn users(count: usize) -> Roster {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/users_b_10k.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut users = Roster::new();
    for record in reader.records().take(count) {
        let record = record.unwrap();
        users.push(&UserProfile {
            key: &record[0],
            username: &record[1],
            business_name: &record[2],
            business_domain: &record[3],
            tier: &record[4],
        });
    }
    assert_eq!(users.len(), count);
    users
}

/// A connection of our own that only reads. May write what a killed process left to be repaired.
pub(crate) fn look(path: &Path) -> Connection {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    conn.busy_timeout(Duration::from_secs(20)).unwrap();
    conn.pragma_update(None, "query_only", true).unwrap();
    conn
}

/// Copies a store that nobody has open, with all that a killed process left beside it, to look at
/// it there: repairs are the engine's to make.
pub(crate) fn copy_as_is(path: &Path, to: &Path) {
    for suffix in ["", "-journal", "-wal"] {
        let name = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let _ = std::fs::remove_file(name(to));
        if name(path).exists() {
            std::fs::copy(name(path), name(to)).unwrap();
        }
    }
}

/// The first column of the only row.
pub(crate) fn number(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Every row of every table, all columns but the times, and but what tells stores from each other.
pub(crate) fn dump(path: &Path) -> String {
    dump_columns(path, |column| !column.ends_with("_at") && column != "uid")
}

/// Every row of every table with the columns that are wanted, in the order of the rows.
pub(crate) fn dump_columns(path: &Path, wanted: impl Fn(&str) -> bool) -> String {
    let conn = look(path);
    let names = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    };
    let mut text = String::new();
    for table in names("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") {
        let mut columns = names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        columns.retain(|column| wanted(column));
        if columns.is_empty() {
            columns.push("count(*)".to_owned());
        }
        let columns = columns.join(", ");
        writeln!(text, "{table} ({columns})").unwrap();
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
        let mut statement = conn.prepare(&sql).unwrap();
        let width = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..width {
                match row.get_ref(at).unwrap() {
                    ValueRef::Text(value) => {
                        write!(text, "\t{:?}", str::from_utf8(value).unwrap()).unwrap();
                    }
                    value => write!(text, "\t{value:?}").unwrap(),
                }
            }
            text.push('\n');
        }
    }
    text
}

/// Fails unless file and rows are sound.
pub(crate) fn assert_sound(path: &Path) {
    let engine = Engine::open(path).unwrap();
    assert_eq!(engine.check_file().unwrap(), [""; 0]);
    assert_eq!(engine.verify(None).unwrap(), []);
}

/// Fails at the first line in which two dumps differ.
#[track_caller]
pub(crate) fn assert_same(found: &str, expected: &str) {
    let mut lines = found.lines().zip(expected.lines());
    if let Some((found, expected)) = lines.find(|(found, expected)| found != expected) {
        panic!("found    {found}\nexpected {expected}");
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}
