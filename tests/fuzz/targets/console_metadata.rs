//! What a console says of an app, in a package.
#![no_main]

use rainferry_core::{Code, fuzzing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = fuzzing::console_metadata(bytes) {
        assert_ne!(problem.code, Code::Internal, "{problem:?}");
    }
});
