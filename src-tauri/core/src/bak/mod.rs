//! The platform's `.bak` record (a ticket): bytes in, structs out. No I/O here.
