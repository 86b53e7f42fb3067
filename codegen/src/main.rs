//! The program `statusquo`, for any repository. `statusquo help` lists the commands.

use std::process::ExitCode;

use statusquo_codegen::cli::Program;

fn main() -> ExitCode {
    let program = Program {
        name: "statusquo",
        workspace: None,
    };
    program.run()
}
