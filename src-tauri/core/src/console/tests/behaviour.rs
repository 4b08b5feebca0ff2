//! What the client does around a call: logging in, waiting, refusing.
