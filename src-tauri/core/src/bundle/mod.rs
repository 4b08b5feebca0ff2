//! Our self-contained bundle file: write, read, verify.
