//! The HTTP API of a Rainbond console, with its eras and quirks.
