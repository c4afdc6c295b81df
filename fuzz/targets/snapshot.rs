//! What parses as a snapshot is written back equal, and an engine imports and exports it.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tenantry::{Engine, Snapshot};

static ENGINE: LazyLock<(TempDir, Engine)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(folder.path().join("tenancy.db")).expect("a path");
    (folder, engine)
});

fuzz_target!(|json: &str| {
    let Ok(mut snapshot) = Snapshot::from_json(json) else {
        return;
    };
    let again = Snapshot::from_json(&snapshot.to_json()).expect("its own JSON");
    assert_eq!(again, snapshot);

    let (_, engine) = &*ENGINE;
    assert_eq!(engine.import(&snapshot).expect("a checked snapshot"), snapshot.tenants.len());
    let mut exported = engine.export(&snapshot.user_key).expect("a checked user key");
    exported.exported_at = snapshot.exported_at;
    assert_eq!(comparable(exported), comparable(snapshot.clone()));

    // Leaves nothing behind.
    snapshot.tenants.clear();
    engine.import(&snapshot).expect("an empty snapshot");
    assert_eq!(engine.tenants().expect("a sound store"), []);
});

/// In one order, and without times: the store keeps microseconds, and a snapshot any fraction.
fn comparable(mut snapshot: Snapshot) -> Snapshot {
    snapshot.tenants.sort_by(|a, b| a.slug.cmp(&b.slug));
    for tenant in &mut snapshot.tenants {
        tenant.retired_slugs.sort();
        tenant.created_at = snapshot.exported_at;
        tenant.updated_at = snapshot.exported_at;
    }
    snapshot
}
