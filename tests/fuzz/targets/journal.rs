//! The journal of a job.
#![no_main]

use rainferry_core::{Code, fuzzing};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = fuzzing::journal(bytes) {
        assert_ne!(problem.code, Code::Internal, "{problem:?}");
    }
});
