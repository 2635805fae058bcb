//! Fields whose value is made of rows: mappers, tables and pairs.

mod editor;
mod mapper;
mod mapper_row;
mod pairs;
#[cfg(all(test, feature = "ssr"))]
mod rendered;
mod shape;
mod state;
mod table;
#[cfg(test)]
mod tests;

pub use editor::RowsEditor;
pub use mapper::MapperControl;
pub use pairs::PairsControl;
pub use shape::{ROW, Shape, without_overlap};
pub use state::{Cells, Row, RowsState};
pub use table::TableControl;
