//! `veil://localhost/GRANT`: the one way pixels reach the window, once per grant.
//!
//! It must never answer anything but a [`Veiled`] picture, and answers every request exactly once.

use std::time::Duration;

use casement_core::view::{self, Veiled};
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, UriSchemeContext, UriSchemeResponder, Wry};

use crate::desk::Desk;

/// Longer than the airlock may take.
const TIME: Duration = Duration::from_secs(12);

/// Answers a request of the window.
pub(crate) fn answer(
    context: UriSchemeContext<'_, Wry>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    let from_main = context.webview_label() == crate::WINDOW;
    let grant = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        let fetched = async {
            let console = app.state::<Desk>().try_console().await?;
            view::fetch(&console, &grant).await.ok()
        };
        let response = match tokio::time::timeout(TIME, fetched).await {
            _ if !from_main => nothing(StatusCode::NOT_FOUND),
            Ok(Some(veiled)) => picture(&veiled),
            Ok(None) => nothing(StatusCode::NOT_FOUND),
            Err(_) => nothing(StatusCode::GATEWAY_TIMEOUT),
        };
        responder.respond(response);
    });
}

fn picture(veiled: &Veiled) -> Response<Vec<u8>> {
    let mut response = Response::new(veiled.png().to_vec());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/png"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}

fn nothing(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}
