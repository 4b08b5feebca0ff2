//! Rainferry's commands, typed: arguments in, `core::api` called, lines or JSON out. No webkit, for servers and scripts.

mod args;
mod backups;
mod commands;
mod consoles;
mod copies;
mod demo;
mod members;
mod out;
mod passphrases;
mod reference;
mod registries;
mod report;
mod samples;
mod storage;
mod watch;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let mut filter = tracing_subscriber::EnvFilter::from_default_env();
    // The samples' store tells every question it cannot answer as an error of its own.
    if let Ok(silence) = "s3s=off".parse() {
        filter = filter.add_directive(silence);
    }
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let out = out::Out::new(args.json);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            out.problem(&rainferry_core::Problem::new(rainferry_core::Code::Internal, format!("No threads: {error}")));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(args, &out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            out.problem(&problem);
            ExitCode::from(out::exit_code(problem.code))
        }
    }
}
