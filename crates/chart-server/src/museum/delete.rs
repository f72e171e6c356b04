//! Deletion of a version.

use axum::http::StatusCode;
use axum::response::Response;

use crate::answer::{self, Fault};
use crate::app::App;
use crate::route::Version;

/// `DELETE /api/charts/NAME/VERSION`: exactly this version, with its signature.
pub async fn version(app: &App, tenant: &str, version: &Version) -> Result<Response, Fault> {
    app.store.delete_chart(tenant, &version.name, &version.version).await?;
    Ok(answer::json(StatusCode::OK, r#"{"deleted":true}"#))
}
