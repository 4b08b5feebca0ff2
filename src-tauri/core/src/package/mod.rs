//! The platform's backup package: a zip read over ranged reads, into one typed `AppModel`.
