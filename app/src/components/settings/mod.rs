//! The settings of an installation: a field with what stands beside it ([`field`]), its control by kind ([`control`]), what
//! it knows of itself ([`state`]), and the kinds that are made of rows ([`rows`]).

pub mod async_select;
mod contest;
pub mod control;
pub mod field;
pub mod rows;
pub mod state;
