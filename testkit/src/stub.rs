use crate::{Asked, Canned};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

struct Script<F>(F, Asked);

impl<F: Fn(&str, usize) -> Canned + Send + Sync> Respond for Script<F> {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let name = request.url.path().rsplit('/').next().unwrap_or_default();
        let canned = self.0(name, self.1.note(name, text(request)));
        let answer = ResponseTemplate::new(canned.status).set_body_bytes(canned.body);
        let add = |answer: ResponseTemplate, (name, value): &(String, String)| {
            answer.append_header(name.as_str(), value.as_str())
        };
        canned.headers.iter().fold(answer, add)
    }
}

/// The request as it was on the wire, but for the spelling of the names of headers.
fn text(request: &Request) -> String {
    let query = request
        .url
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    let mut text = format!(
        "{} {}{query} HTTP/1.1\r\n",
        request.method,
        request.url.path()
    );
    for (name, value) in &request.headers {
        text.push_str(&format!(
            "{name}: {}\r\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    text + "\r\n" + &String::from_utf8_lossy(&request.body)
}

/// Starts a server that answers with `script(name, number of requests of this name so far)`. Its
/// address, and what it was asked.
pub async fn stub(
    script: impl Fn(&str, usize) -> Canned + Send + Sync + 'static,
) -> (String, Asked) {
    let (server, asked) = (MockServer::start().await, Asked::default());
    Mock::given(any())
        .respond_with(Script(script, asked.clone()))
        .mount(&server)
        .await;
    let base = server.uri();
    // The server ends with its value, which has to live as long as the test.
    tokio::spawn(async move {
        let _server = server;
        std::future::pending::<()>().await;
    });
    (base, asked)
}
