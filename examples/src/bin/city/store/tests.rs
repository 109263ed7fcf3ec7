use super::*;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_state_is_for_its_owner_alone() {
    let path = std::env::temp_dir().join(format!("city-state-{}.redb", std::process::id()));
    let _ = fs::remove_file(&path);
    let mode = || fs::metadata(&path).expect("a file").permissions().mode() & 0o777;
    drop(Store::open(&path).expect("a new state"));
    assert_eq!(mode(), 0o600);
    // One of an earlier version.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
    drop(Store::open(&path).expect("the state"));
    assert_eq!(mode(), 0o600);
    fs::remove_file(&path).expect("it is there");
}
