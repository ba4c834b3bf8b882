//! The page: files without a build step.

use axum::extract::OriginalUri;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse, Response};

const HTML: &str = include_str!("page/dashboard.html");

/// Allows only the dashboard's own files, and no inline scripts.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// The page itself. Its files are below it, wherever it is mounted: links are relative to the requested address,
/// so they also work behind a proxy.
pub(crate) fn html(OriginalUri(uri): &OriginalUri) -> Response {
    let last = uri.path().rsplit('/').next().unwrap_or_default();
    let base = if last.is_empty() { "./".to_owned() } else { format!("./{}/", escaped(last)) };
    let html = HTML.replace("{base}", &base);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A file of the page: its address, its kind, and what is in it. Breakers named like one of the first three need a `=` in theirs; the
/// others are where no breaker can be.
pub(crate) const FILES: [(&str, &str, &str); 12] = [
    ("/dashboard.css", CSS, include_str!("page/dashboard.css")),
    ("/dashboard.js", JAVASCRIPT, include_str!("page/dashboard.js")),
    ("/dashboard.svg", "image/svg+xml", include_str!("page/dashboard.svg")),
    ("/dashboard/announcement.js", JAVASCRIPT, include_str!("page/dashboard/announcement.js")),
    ("/dashboard/data.js", JAVASCRIPT, include_str!("page/dashboard/data.js")),
    ("/dashboard/dialogs.js", JAVASCRIPT, include_str!("page/dashboard/dialogs.js")),
    ("/dashboard/lists.js", JAVASCRIPT, include_str!("page/dashboard/lists.js")),
    ("/dashboard/page.js", JAVASCRIPT, include_str!("page/dashboard/page.js")),
    ("/dashboard/stream.js", JAVASCRIPT, include_str!("page/dashboard/stream.js")),
    ("/dashboard/strip.js", JAVASCRIPT, include_str!("page/dashboard/strip.js")),
    ("/dashboard/table.js", JAVASCRIPT, include_str!("page/dashboard/table.js")),
    ("/dashboard/words.js", JAVASCRIPT, include_str!("page/dashboard/words.js")),
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
