//! One query source, three crates: `queries/` is compiled by each back end, which checks its SQL, and by the facade,
//! which only forwards.
//!
//! `#[query]` is [`macro@identity`] in a back end and [`macro@dispatch`] in the facade. The crate knows nothing of
//! databases. Start reading at [`macro@dispatch`].

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, ItemFn, Pat, parse_macro_input};

/// Leaves the function as it is: the back end compiles its body.
#[proc_macro_attribute]
pub fn identity(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Keeps the signature and replaces the body by a match on the connection, which calls the function of the same name,
/// in the module named after this file, of the back end that the connection belongs to.
#[proc_macro_attribute]
pub fn dispatch(_: TokenStream, item: TokenStream) -> TokenStream {
    let file = proc_macro::Span::call_site().file();
    let stem = std::path::Path::new(&file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let module = format_ident!("{stem}");
    let function = parse_macro_input!(item as ItemFn);
    let ItemFn { attrs, vis, sig, .. } = function;
    let name = &sig.ident;
    let arguments = sig.inputs.iter().skip(1).filter_map(|argument| match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(pattern) => Some(pattern.ident.clone()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let arguments: Vec<_> = arguments.collect();
    quote! {
        #(#attrs)*
        #vis #sig {
            match conn {
                crate::Conn::Sqlite(conn) => store_sqlite::queries::#module::#name(&mut **conn, #(#arguments),*).await,
                crate::Conn::Postgres(conn) => store_postgres::queries::#module::#name(&mut **conn, #(#arguments),*).await,
            }
        }
    }
    .into()
}
