//! The table of contents of a package.
#![no_main]

use rainferry_core::{Code, fuzzing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = fuzzing::package_directory(bytes) {
        assert_ne!(problem.code, Code::Internal, "{problem:?}");
    }
});
