//! Handles under which the host keeps secrets. The handle is all that is ever saved.

use crate::ids::ConsoleId;

/// The password of a console's user.
pub(crate) fn password(console: &ConsoleId) -> String {
    format!("console/{console}/password")
}

/// The secret key of a store; `region` is empty for a store of the whole console.
pub(crate) fn store_key(console: &ConsoleId, region: &str) -> String {
    format!("console/{console}/store/{region}/secret-key")
}

/// The password of the user of a registry, by its address.
pub(crate) fn registry(address: &str) -> String {
    format!("registry/{address}/password")
}
