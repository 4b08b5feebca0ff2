//! Simulated clusters.
#![allow(dead_code)]
mod clock;
mod era;
mod error;
mod fault;
mod image;
mod noise;
mod serve;
mod state;
mod store;
mod ticket;
mod zip;
