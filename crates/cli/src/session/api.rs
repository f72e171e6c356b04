//! Records reach their objects through the connection of the cluster.

use std::io::{Cursor, Read};

use cluster::{Client, Error, Request};
use storage::{Api, ApiError, Call, Method};

pub struct Connection(pub Client);

impl Api for Connection {
    fn call(&self, call: &Call<'_>) -> Result<Box<dyn Read + '_>, ApiError> {
        let mut request = Request::new(method(call.method), call.path.as_str());
        request.query = call.query.iter().map(|(name, value)| ((*name).to_string(), value.to_string())).collect();
        request.body = call.body.to_vec();
        request.content_type = call.content_type;
        let response = self.0.request(&request).map_err(refused)?;
        Ok(Box::new(Cursor::new(response.body)))
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
