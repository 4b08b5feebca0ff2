//! What Rainferry promises, tested from outside.
