//! The metadata of an application package.
#![no_main]

use rainferry_core::{Code, fuzzing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = fuzzing::import_package(bytes) {
        assert_ne!(problem.code, Code::Internal, "{problem:?}");
    }
});
