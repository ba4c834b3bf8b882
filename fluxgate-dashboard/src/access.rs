//! Who may do what.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem_details::ProblemDetails;

/// What a request may do; see [`Dashboard::authorize`](crate::Dashboard::authorize).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Nothing: it is answered with 403.
    Forbidden,
    /// Look at the breakers.
    ReadOnly,
    /// Look at them, and command them.
    Control,
}

pub(crate) type Authorize = Arc<dyn Fn(&Parts) -> Access + Send + Sync>;

/// Lets a request through with its [`Access`] among its extensions, or answers in its place.
pub(crate) async fn check(State(authorize): State<Authorize>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // User code: if it panics, the request must not get in.
    let Ok(access) = catch_unwind(AssertUnwindSafe(|| authorize(&parts))) else {
        let detail = "the function given to `authorize` panicked, so access is denied";
        return ProblemDetails::new(StatusCode::INTERNAL_SERVER_ERROR, "Access could not be checked", detail)
            .into_response();
    };
    if let Some(problem) = refusal(access, &parts) {
        return problem.into_response();
    }
    parts.extensions.insert(access);
    next.run(Request::from_parts(parts, body)).await
}

fn refusal(access: Access, parts: &Parts) -> Option<ProblemDetails> {
    let changes = parts.method != Method::GET && parts.method != Method::HEAD;
    let detail = match access {
        Access::Forbidden => "you may not see the breakers of this program".to_owned(),
        Access::ReadOnly if changes => {
            "you may view the breakers but not command them; `authorize` permits that with `Access::Control`"
                .to_owned()
        }
        Access::Control if changes => other_site(&parts.headers, &parts.uri)?,
        Access::ReadOnly | Access::Control => return None,
    };
    Some(ProblemDetails::new(StatusCode::FORBIDDEN, "Forbidden", detail))
}

/// Why a request that changes something does not come from the dashboard's own page, if it comes from a page at all.
///
/// Browsers state a request's origin in `Sec-Fetch-Site`, but only over trusted connections (HTTPS, or to this machine).
/// Otherwise there is `Origin`, which every browser sends with each POST of a script or form. A request with neither is not a browser's: it
/// carries nothing that its sender could not send anyway, and `authorize` has to identify the sender.
fn other_site(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let text = |value: &HeaderValue| value.to_str().map(str::to_ascii_lowercase).unwrap_or_default();
    if let Some(site) = headers.get("sec-fetch-site").map(text) {
        // `none` is the user's address bar. A sibling subdomain may belong to anybody.
        let is_own = site == "same-origin" || site == "none";
        return (!is_own).then(|| "the request was made by a page of another site".to_owned());
    }
    let origin = text(headers.get(ORIGIN)?);
    // In HTTP/2, the host is part of the URI.
    let host = headers.get(HOST).map(text).or_else(|| Some(uri.authority()?.as_str().to_ascii_lowercase()));
    let host = host.unwrap_or_default();
    (!is_at(&origin, &host)).then(|| {
        format!(
            "the request was made by a page of `{origin}`, and its `Host` is `{host}`; if they are the same site, the proxy between \
             them has to pass on the browser's `Host`"
        )
    })
}

/// Whether an origin has this host.
fn is_at(origin: &str, host: &str) -> bool {
    // A page without an origin of its own says `null`, which names no host.
    let Some((scheme, from)) = origin.split_once("://") else { return false };
    // Browsers leave out the usual port, but some proxies add it.
    let usual = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    !host.is_empty() && from.strip_suffix(usual).unwrap_or(from) == host.strip_suffix(usual).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::other_site;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn allows(headers: &[(&'static str, &'static str)], uri: &'static str) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        other_site(&headers, &Uri::from_static(uri)).is_none()
    }

    #[test]
    fn sec_fetch_site_decides_where_it_is_sent() {
        for (site, expected) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false), ("", false)]
        {
            // This header takes precedence over all others.
            let headers = [("sec-fetch-site", site), ("origin", "http://shop:80"), ("host", "shop:80")];
            assert_eq!(allows(&headers, "/"), expected, "{site}");
        }
    }

    #[test]
    fn without_sec_fetch_site_the_origin_must_be_the_host() {
        for (origin, host, expected) in [
            ("http://shop.internal", "shop.internal", true),
            ("http://Shop.internal:8080", "shop.internal:8080", true),
            ("https://shop.internal", "shop.internal", true),
            ("http://[::1]:80", "[::1]:80", true),
            ("http://shop.internal", "shop.internal:80", true),
            ("https://shop.internal", "shop.internal:443", true),
            ("http://shop.internal", "shop.internal:443", false),
            ("http://shop.internal", "shop.internal:8080", false),
            ("http://shop.internal:8081", "shop.internal:8080", false),
            ("http://evil.example", "shop.internal", false),
            ("http://shop.internal.evil.example", "shop.internal", false),
            ("http://shop.internal@evil.example", "shop.internal", false),
            ("null", "shop.internal", false),
            ("null", "null", false),
            ("", "", false),
        ] {
            assert_eq!(allows(&[("origin", origin), ("host", host)], "/"), expected, "{origin} {host}");
        }
        assert!(allows(&[("origin", "http://shop")], "http://shop/x"), "the host of HTTP/2");
        assert!(!allows(&[("origin", "http://shop")], "/x"), "no host at all");
    }

    #[test]
    fn a_request_with_neither_header_is_not_a_browsers() {
        assert!(allows(&[("host", "shop.internal")], "/"));
    }
}
