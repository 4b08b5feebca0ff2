//! Newer versions of the program itself: which address may be asked for one, and what a package must show before anything of it is
//! run or unpacked. Asks nobody and installs nothing; the host does both.

mod address;
mod offline;
mod signed;

pub(crate) use address::may_be_asked;
pub(crate) use offline::beside;
pub(crate) use signed::{prove, takes_updates};
