//! Handles under which the host keeps secrets. The handle is all that is ever saved.

use crate::ids::{ConsoleId, JobId};

/// The password of a console's user.
pub(crate) fn password(console: &ConsoleId) -> String {
    format!("console/{console}/password")
}

/// The secret key of a store; `region` is empty for a store of the whole console.
pub(crate) fn store_key(console: &ConsoleId, region: &str) -> String {
    format!("console/{console}/store/{region}/secret-key")
}

/// What a job needs of an encrypted bundle: its passphrase, or its key. Only until the job ends.
pub(crate) fn bundle_of(job: &JobId) -> String {
    format!("job/{job}/bundle")
}

/// The password of the user of a registry, by its address.
pub(crate) fn registry(address: &str) -> String {
    format!("registry/{address}/password")
}
