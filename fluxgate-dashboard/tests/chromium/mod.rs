//! A browser, driven by `chromedriver`.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::server::Server;

/// Chromium, with one page.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    client: reqwest::Client,
}

impl Browser {
    /// Opens the dashboard of a server.
    pub(crate) async fn open(server: &Server) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver is installed");
        let lines = BufReader::new(driver.stdout.take().expect("piped")).lines();
        let port = lines
            .map(|line| line.expect("text"))
            .find_map(|line| {
                Some(line.split_once("started successfully on port ")?.1.trim_end_matches('.').to_owned())
            })
            .expect("it says its port");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1300,800",
        ];
        let options = json!({"args": arguments});
        // On a busy machine, what a test waits for takes longer: this only ends what will never happen.
        let patience = json!({"script": 300_000});
        let wanted =
            json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": patience}}});
        let base = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { driver, session: base, client: reqwest::Client::new() };
        let session = browser.ask("", &wanted).await["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/{session}", browser.session);
        browser.ask("/url", &json!({"url": format!("{}/breakers", server.address())})).await;
        browser
    }

    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.session)).body(body.to_string());
        let answer = request.send().await.expect("an answer").text().await.expect("text");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{body}\n{answer}");
        answer["value"].clone()
    }

    /// Runs a function body in the page and returns its result.
    pub(crate) async fn run(&self, script: &str, arguments: Value) -> Value {
        let script = format!("{HELPERS}{script}");
        self.ask("/execute/sync", &json!({"script": script, "args": arguments})).await
    }

    /// Waits until an expression is true in the page, checking each frame.
    pub(crate) async fn until(&self, expression: &str, arguments: Value) {
        let script = format!(
            "{HELPERS}const done = arguments[arguments.length - 1];
             const look = () => {expression} ? done(true) : requestAnimationFrame(look);
             look();"
        );
        self.ask("/execute/async", &json!({"script": script, "args": arguments})).await;
    }

    /// Asks the browser itself, not the page.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.ask("/goog/cdp/execute", &json!({"cmd": command, "params": parameters})).await
    }

    /// All pages that show a dashboard, hidden ones too.
    pub(crate) async fn pages(&self) -> Vec<Value> {
        let targets = self.devtools("Target.getTargets", json!({})).await;
        let targets = targets["targetInfos"].as_array().expect("a list").iter();
        targets
            .filter(|target| target["url"].as_str().expect("an address").ends_with("/breakers"))
            .cloned()
            .collect()
    }

    /// Waits until this many dashboards are open and have this title, without showing them.
    pub(crate) async fn until_titles_are(&self, pages: usize, title: &str) {
        loop {
            let shown = self.pages().await;
            if shown.len() == pages && shown.iter().all(|page| page["title"] == title) {
                return;
            }
        }
    }

    pub(crate) async fn close(mut self) {
        let _ = self.client.delete(&self.session).send().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
    }
}

const HELPERS: &str = r##"
    const name = (name) => [...document.querySelectorAll("#rows button.name:not(.fold)")].find((button) => button.title === name);
    const row = (called) => name(called)?.closest("[role=row]");
    const says = (called, text) => row(called)?.innerText.includes(text) ?? false;
    const fold = (family) => [...document.querySelectorAll("#rows button.fold")].find((button) => button.title === family);
    const family = (called) => fold(called)?.closest("[role=row]");
    const lines = () => Number(document.querySelector("#table").getAttribute("aria-rowcount")) - 1;
    const button = (command) => document.querySelector(`button.command[data-command=${command}]`);
"##;
