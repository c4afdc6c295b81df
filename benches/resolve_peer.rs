//! The peer of `benches/python/resolve.py`: answers the same requests in Rust, turn by turn.
//!
//! Given the path of a store and a number of users, it asks for users 0, 1, 2 ... at each line of
//! standard input, and prints the median time of one request in seconds.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod support;

use std::io::BufRead;

use support::{median, time};
use tenantry::{Engine, Request};

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    // By `make bench`, with all others: there is nothing to do.
    let Some(store) = arguments.next() else { return };
    let users: usize = arguments.next().unwrap().parse().unwrap();
    let keys: Vec<String> = (0..users).map(|key| key.to_string()).collect();
    let engine = Engine::open(store).unwrap();
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        let mut times: Vec<f64> = keys
            .iter()
            .map(|key| {
                let request = Request { user: Some(key), ..Request::default() };
                time(|| engine.resolve(&request).unwrap()).as_secs_f64()
            })
            .collect();
        println!("{:e}", median(&mut times));
    }
}
