//! The page: three files without a build step, and an icon.

use axum::extract::OriginalUri;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse, Response};

const HTML: &str = include_str!("page/dashboard.html");

/// Allows only the dashboard's own files, and no inline scripts.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// The page itself. Its files are below it, wherever it is mounted: links are relative to the requested address,
/// so they work behind a proxy, too.
pub(crate) fn html(OriginalUri(uri): &OriginalUri) -> Response {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    let base = if last.is_empty() { "./".to_owned() } else { format!("./{}/", escaped(last)) };
    let html = HTML.replace("{base}", &base);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

/// A file of the page: its name, its kind, and what is in it.
pub(crate) const FILES: [(&str, &str, &str); 3] = [
    ("/dashboard.css", "text/css; charset=utf-8", include_str!("page/dashboard.css")),
    ("/dashboard.js", "text/javascript; charset=utf-8", include_str!("page/dashboard.js")),
    ("/dashboard.svg", "image/svg+xml", include_str!("page/dashboard.svg")),
];

/// Headers of every answer.
pub(crate) const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // States change at any moment, and files with the version of the program.
    (header::CACHE_CONTROL, "no-store"),
];

/// Escapes text for an HTML attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
