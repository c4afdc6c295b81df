//! A small service: tenants for existing users, a sign-up, a switch, a revocation.
//!
//! ```sh
//! cargo run --example service
//! ```
#![allow(clippy::print_stdout)]

use tenantry::{BackfillOptions, Engine, Request, Resolution, Role, Roster, UserProfile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(folder.path().join("tenancy.db"))?;

    // The users that the application has had for years.
    let users: Roster = [
        UserProfile { key: "1", username: "ann", business_name: "Acme Inc.", ..Default::default() },
        UserProfile { key: "2", username: "aki", business_name: "東京", ..Default::default() },
    ]
    .into_iter()
    .collect();
    let report = engine.backfill(users, &BackfillOptions::default())?;
    println!("{} users had no tenant and got one", report.created);

    // A sign-up, from now on.
    let bob = UserProfile { key: "3", username: "bob", ..Default::default() };
    engine.ensure_tenant(&bob)?;

    // Ann takes Bob in, and Bob switches to her tenant.
    let acme = engine.tenants_of("1")?.remove(0).0;
    engine.join(acme.id, "3", Role::Member)?;
    show(&engine, "3", None)?;
    show(&engine, "3", Some("acme-inc"))?;

    // She changes her mind: his next request is refused, whatever his session holds.
    engine.set_membership_active(acme.id, "3", false)?;
    show(&engine, "3", Some("acme-inc"))?;
    show(&engine, "3", None)?;
    Ok(())
}

fn show(engine: &Engine, user: &str, selected: Option<&str>) -> tenantry::Result<()> {
    let request = Request { user: Some(user), selected, ..Default::default() };
    let session = selected.unwrap_or("nothing");
    match engine.resolve(&request)? {
        Resolution::Tenant { tenant, role, source } => println!(
            "user {user}, session holds {session}: {} as {role}, by {}",
            tenant.name,
            source.as_str()
        ),
        Resolution::None { reason } => {
            println!("user {user}, session holds {session}: no tenant, {}", reason.as_str());
        }
    }
    Ok(())
}
