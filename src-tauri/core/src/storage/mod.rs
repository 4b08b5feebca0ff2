//! Object stores: what we need of S3, OSS and a local folder, and no more.
