//! Installing: the button that starts, what is said before ([`preflight`]), and the steps ([`flow`], [`step`]).

pub mod flow;
pub mod form;
pub mod preflight;
pub mod start_button;
pub mod step;
