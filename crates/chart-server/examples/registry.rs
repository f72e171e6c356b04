//! A registry without anything around it: `registry ADDRESS FOLDER`. For runs of other people's test suites by hand.

use std::sync::Arc;

use chart_server::oci::{Open, Registry, Rules};
use chart_store::{Config, Store};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(folder)) = (arguments.next(), arguments.next()) else {
        return eprintln!("usage: registry ADDRESS FOLDER");
    };
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(async {
        let store = Store::open(Config::folder(folder)).await.expect("a store");
        let listener = tokio::net::TcpListener::bind(address).await.expect("a port");
        let registry = Registry::new(store, Arc::new(Open), Rules::default());
        let routes = axum::Router::new().fallback(move |request| registry.clone().answer(request));
        axum::serve(listener, routes).await.expect("a server");
    });
}
