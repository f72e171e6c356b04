//! Records reach their objects through the connection of the cluster.

use std::io::{self, Read};

use cluster::{Client, Error, METADATA_ONLY, Request};
use storage::{Api, ApiError, Call, Method};

pub struct Connection(pub Client);

impl Api for Connection {
    fn call(&self, call: &Call<'_>) -> Result<Box<dyn Read + '_>, ApiError> {
        let mut request = Request::new(method(call.method), call.path.as_str());
        request.query = call.query.iter().map(|(name, value)| ((*name).to_string(), value.to_string())).collect();
        request.body = call.body.to_vec();
        request.content_type = call.content_type;
        match call.method {
            // A list may be longer than what should be in memory.
            Method::Get => Ok(Box::new(self.0.open_answer(&request).map_err(refused)?)),
            // Nobody reads what was written, a megabyte perhaps, but the connection is used again only after the answer.
            Method::Post | Method::Put | Method::Patch => {
                let request = request.accept(METADATA_ONLY);
                self.0.request(&request).map(|_| Box::new(io::empty()) as Box<dyn Read>).map_err(refused)
            }
            Method::Delete => self.0.request(&request).map(|_| Box::new(io::empty()) as Box<dyn Read>).map_err(refused),
        }
    }
}

fn method(method: Method) -> cluster::Method {
    match method {
        Method::Get => cluster::Method::Get,
        Method::Post => cluster::Method::Post,
        Method::Put => cluster::Method::Put,
        Method::Patch => cluster::Method::Patch,
        Method::Delete => cluster::Method::Delete,
    }
}

fn refused(error: Error) -> ApiError {
    let text = error.to_string();
    match error.api() {
        Some(api) => ApiError {
            code: api.code,
            reason: api.reason.clone(),
            text,
            continue_token: api.details.pointer("/continue").and_then(|token| token.as_str()).map(str::to_string),
        },
        None => ApiError::plain(text),
    }
}
