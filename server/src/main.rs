//! The binary: reads the command line, runs it, and answers with an exit code.

fn main() -> std::process::ExitCode {
    patchbay_server::cli::main()
}
