//! The system's copy of SQLite, beside the one in tenantry.

// It is called as C calls it.
#![allow(unsafe_code, clippy::expect_used)]

use std::ffi::{CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use libloading::{Library, Symbol};

/// Another copy of SQLite, with a connection to a file.
pub(crate) struct Stranger {
    library: Library,
    connection: *mut c_void,
}

type Open = unsafe extern "C" fn(*const c_char, *mut *mut c_void) -> c_int;
type Exec = unsafe extern "C" fn(
    *mut c_void,
    *const c_char,
    *const c_void,
    *const c_void,
    *const c_void,
) -> c_int;
type Close = unsafe extern "C" fn(*mut c_void) -> c_int;

impl Stranger {
    pub(crate) fn open(path: &Path) -> Self {
        // SAFETY: the functions are those of sqlite3.h, with its arguments.
        unsafe {
            let library = Library::new("libsqlite3.so.0")
                .expect("these tests need the system's SQLite: apt-get install libsqlite3-0");
            let path = CString::new(path.to_str().unwrap()).unwrap();
            let mut connection = ptr::null_mut();
            let open: Symbol<'_, Open> = library.get(b"sqlite3_open").unwrap();
            assert_eq!(open(path.as_ptr(), &raw mut connection), 0);
            Self { library, connection }
        }
    }

    pub(crate) fn exec(&self, sql: &str) {
        let sql = CString::new(sql).unwrap();
        let none = ptr::null();
        // SAFETY: as above; the connection is open.
        let code = unsafe {
            let exec: Symbol<'_, Exec> = self.library.get(b"sqlite3_exec").unwrap();
            exec(self.connection, sql.as_ptr(), none, none, none)
        };
        assert_eq!(code, 0, "{sql:?}");
    }

    pub(crate) fn close(self) {
        // SAFETY: as above.
        unsafe {
            let close: Symbol<'_, Close> = self.library.get(b"sqlite3_close").unwrap();
            assert_eq!(close(self.connection), 0);
        }
    }
}
