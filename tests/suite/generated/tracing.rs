//! The `tracing` spans of client and server requests.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use statusquo::{
    Client, Status,
    client::{Redirects, RetryPolicy},
    mock::Mock,
    server::{Limits, router, serve},
};
use statusquo_tests::{
    fault_server::{Fault, FaultServer},
    http1::request,
};
use tokio::net::TcpListener;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Registry,
    layer::{Context, Layer, SubscriberExt},
};

type Fields = BTreeMap<&'static str, String>;

/// Records the ids and fields of all request spans, in the order of their creation.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<(u64, Fields)>>>);

/// Collects the values of a span as text.
struct FieldVisitor<'a>(&'a mut Fields);

impl Visit for FieldVisitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        if attributes.metadata().name() == "HTTP request" {
            let mut fields = Fields::new();
            attributes.record(&mut FieldVisitor(&mut fields));
            self.0.lock().unwrap().push((id.into_u64(), fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        // Ids are reused after a span is closed, so the latest span with this id is meant.
        if let Some((_, fields)) = spans
            .iter_mut()
            .rev()
            .find(|(span_id, _)| *span_id == id.into_u64())
        {
            values.record(&mut FieldVisitor(fields));
        }
    }
}

/// Runs a future, and returns its output and the spans of the requests in it.
fn spans<F: Future>(future: F) -> (F::Output, Vec<Fields>) {
    let recorder = Recorder::default();
    let subscriber = Registry::default().with(recorder.clone());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let output = tracing::subscriber::with_default(subscriber, || runtime.block_on(future));
    let spans = recorder.0.lock().unwrap();
    let spans = spans.iter().map(|(_, fields)| fields.clone());
    (output, spans.collect())
}

#[test]
fn each_client_attempt_has_a_span_with_opentelemetry_names() {
    let (port, spans) = spans(async {
        let faults = vec![
            Fault::status(503, ""),
            Fault::status(302, "location: /there?api_key=secret\r\n"),
            Fault::status(204, ""),
            Fault::Close,
        ];
        let server = FaultServer::serve(faults).await.unwrap();
        let policy = RetryPolicy::new().max_attempts(2).sleeper(|_| async {});
        let client = Client::builder().base_url(&server.url);
        let client = client.redirects(Redirects::All).retry(policy);
        let client = client.build().unwrap();
        client.get_status(Status::Ok).success().await.unwrap();
        let call = client.get_status(Status::Ok).with_retry(None);
        call.send().await.unwrap_err();
        server.url.rsplit(':').next().unwrap().to_owned()
    });
    let common = [
        ("http.request.method", "GET"),
        ("openapi.operation.id", "getStatus"),
        ("otel.kind", "client"),
        ("server.address", "127.0.0.1"),
        ("server.port", port.as_str()),
    ];
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let operation_fields = || {
        let path = "/status/{codes}";
        [
            ("url.template", path.to_owned()),
            ("otel.name", format!("GET {path}")),
        ]
    };
    let version = || [("network.protocol.version", "1.1".to_owned())];
    let expected = [
        vec![
            ("http.response.status_code", "503".to_owned()),
            ("error.type", "503".to_owned()),
            ("otel.status_code", "ERROR".to_owned()),
            ("url.full", url("/status/200")),
        ],
        vec![
            ("http.request.resend_count", "1".to_owned()),
            ("http.response.status_code", "302".to_owned()),
            ("url.full", url("/status/200")),
        ],
        // A span of a redirected request has no path template because the target is not the operation's path.
        vec![
            ("http.request.resend_count", "2".to_owned()),
            ("http.response.status_code", "204".to_owned()),
            ("otel.name", "GET".to_owned()),
            ("url.full", url("/there?api_key=REDACTED")),
        ],
        vec![
            ("error.type", "transport".to_owned()),
            ("otel.status_code", "ERROR".to_owned()),
            ("url.full", url("/status/200")),
        ],
    ];
    assert_eq!(spans.len(), expected.len());
    for ((number, fields), mut expected) in spans.iter().enumerate().zip(expected) {
        if number != 2 {
            expected.extend(operation_fields());
        }
        if number < 3 {
            expected.extend(version());
        }
        let common = common
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        assert_eq!(*fields, expected.into_iter().chain(common).collect());
    }
}

#[test]
fn each_server_response_has_a_span_with_opentelemetry_names() {
    let ((), spans) = spans(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = serve(listener, router(Mock), Limits::default());
        tokio::spawn(async move { server.await });
        for (method, target) in [
            ("GET", "/status/503?secret=a"),
            ("HEAD", "/status/404"),
            ("GET", "/nowhere"),
        ] {
            request(address, method, target).await;
        }
    });
    let field = |number: usize, name: &str| spans[number].get(name).map(String::as_str);
    for (number, expected) in [
        [
            ("http.request.method", Some("GET")),
            ("http.route", Some("/status/{codes}")),
            ("openapi.operation.id", Some("getStatus")),
            ("otel.name", Some("GET /status/{codes}")),
            ("http.response.status_code", Some("503")),
            ("error.type", Some("503")),
            ("url.path", Some("/status/503")),
        ],
        [
            ("http.request.method", Some("HEAD")),
            ("http.route", Some("/status/{codes}")),
            // HEAD is handled by the operation for GET.
            ("openapi.operation.id", Some("getStatus")),
            ("otel.name", Some("HEAD /status/{codes}")),
            ("http.response.status_code", Some("404")),
            ("error.type", None),
            ("url.path", Some("/status/404")),
        ],
        [
            ("http.request.method", Some("GET")),
            ("http.route", None),
            ("openapi.operation.id", None),
            ("otel.name", Some("GET")),
            ("http.response.status_code", Some("404")),
            ("error.type", None),
            ("url.path", Some("/nowhere")),
        ],
    ]
    .into_iter()
    .enumerate()
    {
        for (name, value) in expected {
            assert_eq!(field(number, name), value, "{name} {:?}", spans[number]);
        }
        for (name, value) in [
            ("otel.kind", "server"),
            ("client.address", "127.0.0.1"),
            ("network.protocol.version", "1.1"),
        ] {
            assert_eq!(field(number, name), Some(value), "{name}");
        }
        assert!(!format!("{:?}", spans[number]).contains("secret"));
    }
    assert_eq!(spans.len(), 3);
}
